"""Enrolling, checking a code, recovery codes, and taking the second factor off again."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

RECOVERY_CODES = 10
NAME = "second factor"


class CodeRefused(Exception):
    """A code that opens nothing. `message` says what to do."""

    message: str | Promise = _("숫자가 맞지 않습니다. 인증 앱에 지금 보이는 여섯 자리를 적어 주세요.")


class CodeTooSoon(CodeRefused):
    message = _("잇달아 틀려서 잠시 막았습니다. 조금 기다렸다가 새 숫자로 다시 해 주세요.")


def second_factor_of(user: User) -> TOTPDevice | None:
    """The app that the user has enrolled."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def recovery_codes_left(user: User) -> int:
    """How many recovery codes have not been used."""
    return StaticToken.objects.filter(device__user=user, device__confirmed=True).count()


@transaction.atomic
def enrolment_begin(*, user: User) -> TOTPDevice:
    """The app about to be enrolled: the same one until its first code is right, so that a reload changes no picture."""
    User.objects.select_for_update().get(pk=user.pk)
    device, _made = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": NAME})
    return device


def enrolment_confirm(*, user: User, code: str) -> tuple[TOTPDevice, list[str]]:
    """The first right code makes the app count. With it come recovery codes, which are shown this once.

    Raises CodeRefused and CodeTooSoon.
    """
    device = enrolment_begin(user=user)
    _verify(device, code)
    with transaction.atomic():
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        return device, _recovery_codes_make(user)


def code_check(*, user: User, code: str) -> Device:
    """The enrolled app, or the paper with recovery codes, that this code belongs to; a recovery code is used up.

    Raises CodeRefused and CodeTooSoon.
    """
    kind = TOTPDevice if len(code) == 6 and code.isdecimal() else StaticDevice
    device = kind.objects.filter(user=user, confirmed=True).first()
    if device is None:
        raise CodeRefused
    _verify(device, code)
    return device


def recovery_codes_renew(*, user: User, code: str) -> list[str]:
    """New recovery codes in the place of the old ones. Raises as `code_check` does."""
    code_check(user=user, code=code)
    with transaction.atomic():
        return _recovery_codes_make(user)


def second_factor_remove(*, user: User) -> None:
    """Forget the app and the recovery codes: the password alone opens the door again."""
    for kind in (TOTPDevice, StaticDevice):
        kind.objects.filter(user=user).delete()


def _verify(device: Device, code: str) -> None:
    """Each wrong code makes the next one wait longer, and each right one counts once: the row is locked."""
    with transaction.atomic():
        locked = type(device).objects.select_for_update().get(pk=device.pk)
        is_allowed, _why = locked.verify_is_allowed()
        is_right = is_allowed and locked.verify_token(code.strip().lower())
    if not is_allowed:  # outside: a refusal must not undo the count
        raise CodeTooSoon
    if not is_right:
        raise CodeRefused


def _recovery_codes_make(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name=NAME)
    codes = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes
