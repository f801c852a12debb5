"""Where staff enrol, show a code after their password, and renew their recovery codes."""

from base64 import b32encode
from typing import Any

import django_otp
import segno
from django.contrib import admin, messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_otp.models import Device

from config.second_factor.services import (
    CodeRefused,
    code_check,
    enrolment_begin,
    enrolment_confirm,
    recovery_codes_left,
    recovery_codes_renew,
    second_factor_of,
    second_factor_remove,
)


@never_cache
@staff_member_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """One's own second factor: to enrol, or, once enrolled, to renew recovery codes or to take it off."""
    codes: list[str] = []
    if request.method == "POST":
        try:
            codes = _carry_out(request, request.POST.get("deed", ""), request.POST.get("code", ""))
        except CodeRefused as refusal:
            messages.error(request, refusal.message)
    context = {**admin.site.each_context(request), "title": _("두 번째 확인"), "codes": codes}
    return render(request, "admin/second_factor/own.html", context | _state(request))


def _carry_out(request: HttpRequest, deed: str, code: str) -> list[str]:
    """The recovery codes to show, if the deed made any. Raises CodeRefused."""
    match deed, second_factor_of(request.user) is not None:
        case "enrol", False:
            device, codes = enrolment_confirm(user=request.user, code=code)
            _let_in(request, device)
            messages.success(request, _("두 번째 확인을 켰습니다. 다음 로그인부터 숫자를 묻습니다."))
            return codes
        case "renew", True:
            return recovery_codes_renew(user=request.user, code=code)
        case "remove", True:
            code_check(user=request.user, code=code)
            second_factor_remove(user=request.user)
            messages.success(request, _("두 번째 확인을 껐습니다."))
    return []


def _state(request: HttpRequest) -> dict[str, Any]:
    if second_factor_of(request.user):
        return {"is_enrolled": True, "codes_left": recovery_codes_left(request.user)}
    device = enrolment_begin(user=request.user)
    picture = segno.make(device.config_url).svg_inline(scale=5, border=3, light="white")
    return {"picture": mark_safe(picture), "secret": b32encode(device.bin_key).decode()}  # noqa: S308  segno's own SVG


@never_cache
@staff_member_required
def second_factor_check(request: HttpRequest) -> HttpResponse:
    """The page after the password: a code opens the rest."""
    if second_factor_of(request.user) is None or request.user.is_verified():  # type: ignore[union-attr]
        return redirect(_destination(request))
    refusal = None
    if request.method == "POST":
        try:
            _let_in(request, code_check(user=request.user, code=request.POST.get("code", "")))
            return redirect(_destination(request))
        except CodeRefused as error:
            refusal = error.message
    context = {**admin.site.each_context(request), "title": _("두 번째 확인"), "refusal": refusal}
    context["next"] = _destination(request)
    return render(request, "admin/second_factor/check.html", context)


def _let_in(request: HttpRequest, device: Device) -> None:
    request.session.cycle_key()
    django_otp.login(request, device)


def _destination(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else "admin:index"
