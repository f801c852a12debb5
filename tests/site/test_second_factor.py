"""A second factor for staff: off until somebody enrols, and then no way round it."""

import pytest
from django.contrib.auth.models import User
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.second_factor.services import (
    CodeRefused,
    CodeTooSoon,
    code_check,
    enrolment_begin,
    enrolment_confirm,
    second_factor_of,
)

pytestmark = pytest.mark.django_db

PAGE, CHECK, DESK = "/admin/second-factor/", "/admin/second-factor/check/", "/admin/curation/preferencepair/"
PASSWORD = "a password of the tests"


def shown_on(device: TOTPDevice, steps_ahead: int = 0) -> str:
    """The six digits that the app shows now, or so many half minutes later."""
    return f"{totp(device.bin_key, drift=steps_ahead):06d}"


@pytest.fixture
def enrolled(curator) -> tuple[TOTPDevice, list[str]]:
    """The curator's app and recovery codes; its first code was some minutes ago."""
    device = enrolment_begin(user=curator)
    made = enrolment_confirm(user=curator, code=shown_on(device))
    TOTPDevice.objects.update(last_t=-1)
    return made


@pytest.fixture
def logged_in(client, curator):
    """A browser past the password."""
    client.post("/admin/login/", {"username": curator.username, "password": PASSWORD})
    return client


def test_without_one_the_password_opens_the_desk(logged_in):
    assert logged_in.get(DESK).status_code == 200


def test_the_page_shows_a_picture_that_a_reload_does_not_change(logged_in, curator):
    page = logged_in.get(PAGE).content.decode()
    assert "<svg" in page and 'role="img"' in page
    assert logged_in.get(PAGE).content.decode().count("<path") == page.count("<path")
    assert TOTPDevice.objects.get().key and not second_factor_of(curator)


def test_a_first_right_code_turns_it_on_and_shows_ten_recovery_codes_once(logged_in, curator):
    logged_in.get(PAGE)
    page = logged_in.post(PAGE, {"deed": "enrol", "code": shown_on(TOTPDevice.objects.get())}).content.decode()
    codes = set(StaticToken.objects.values_list("token", flat=True))
    assert len(codes) == 10 and all(f"<code>{code}</code>" in page for code in codes)
    assert not any(code in logged_in.get(PAGE).content.decode() for code in codes)
    assert logged_in.get(DESK).status_code == 200, "whoever enrols has just shown a code"


def test_a_wrong_first_code_turns_nothing_on(logged_in, curator):
    logged_in.get(PAGE)
    page = logged_in.post(PAGE, {"deed": "enrol", "code": "000000"}).content.decode()
    assert "숫자가 맞지 않습니다" in page and second_factor_of(curator) is None


def test_after_the_password_every_page_leads_to_the_question(logged_in, enrolled):
    for page in (DESK, PAGE, "/admin/", f"{DESK}queue/"):
        answer = logged_in.get(page)
        assert answer.status_code == 302 and answer["Location"].startswith(CHECK)
    assert logged_in.post(PAGE, {"deed": "remove", "code": "x"})["Location"].startswith(CHECK)
    assert "인증 앱의 숫자" in logged_in.get(CHECK).content.decode()


def test_the_code_of_the_app_leads_where_one_was_going(logged_in, enrolled):
    answer = logged_in.post(CHECK, {"code": shown_on(enrolled[0]), "next": DESK})
    assert answer["Location"] == DESK
    assert logged_in.get(DESK).status_code == 200


def test_it_leads_nowhere_else(logged_in, enrolled):
    answer = logged_in.post(CHECK, {"code": shown_on(enrolled[0]), "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/admin/"


def test_the_session_gets_another_name_with_the_code(logged_in, enrolled):
    before = logged_in.session.session_key
    logged_in.post(CHECK, {"code": shown_on(enrolled[0])})
    assert logged_in.session.session_key != before


def test_a_wrong_code_opens_nothing_and_says_what_to_do(logged_in, enrolled):
    assert "숫자가 맞지 않습니다" in logged_in.post(CHECK, {"code": "000000"}).content.decode()
    assert logged_in.get(DESK).status_code == 302


def test_a_code_counts_once(curator, enrolled):
    code = shown_on(enrolled[0])
    code_check(user=curator, code=code)
    with pytest.raises(CodeRefused):
        code_check(user=curator, code=code)


def test_an_old_code_does_not_count(curator, enrolled):
    with pytest.raises(CodeRefused):
        code_check(user=curator, code=shown_on(enrolled[0], steps_ahead=-20))


def test_guessing_is_slowed_down_even_for_the_right_code(curator, enrolled):
    for _ in range(3):
        with pytest.raises(CodeRefused):
            code_check(user=curator, code="000000")
    with pytest.raises(CodeTooSoon):
        code_check(user=curator, code=shown_on(enrolled[0]))


def test_a_recovery_code_opens_once_however_often_the_app_was_used(curator, enrolled):
    code = enrolled[1][0]
    for step in range(2):
        TOTPDevice.objects.update(last_t=-1)
        code_check(user=curator, code=shown_on(TOTPDevice.objects.get(), steps_ahead=step))
    code_check(user=curator, code=code.upper())
    with pytest.raises(CodeRefused):
        code_check(user=curator, code=code)


def test_a_code_of_somebody_else_opens_nothing(second_curator, enrolled):
    with pytest.raises(CodeRefused):
        code_check(user=second_curator, code=shown_on(enrolled[0]))


@pytest.fixture
def second_curator(db) -> User:
    return User.objects.create_user("second", is_staff=True)


@pytest.mark.parametrize("deed", ["renew", "remove"])
def test_codes_are_renewed_and_it_is_taken_off_with_a_fresh_code_alone(logged_in, curator, enrolled, deed):
    logged_in.post(CHECK, {"code": enrolled[1][0]})
    logged_in.post(PAGE, {"deed": deed, "code": "000000"})
    assert second_factor_of(curator) and StaticToken.objects.count() == 9
    TOTPDevice.objects.update(throttling_failure_count=0)
    logged_in.post(PAGE, {"deed": deed, "code": shown_on(enrolled[0])})
    assert (second_factor_of(curator) is None) == (deed == "remove")
    assert StaticToken.objects.count() == (0 if deed == "remove" else 10)


def test_where_all_must_nobody_sees_the_admin_before_they_enrolled(logged_in, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    assert logged_in.get(DESK)["Location"] == PAGE
    assert logged_in.get(PAGE).status_code == 200
    logged_in.post(PAGE, {"deed": "enrol", "code": shown_on(TOTPDevice.objects.get())})
    assert logged_in.get(DESK).status_code == 200


def test_one_can_leave_without_a_code(logged_in, enrolled):
    assert logged_in.post("/admin/logout/").status_code == 200
    assert logged_in.get(DESK)["Location"].startswith("/admin/login/")


def test_visitors_and_strangers_are_not_asked(client, enrolled):
    assert client.get("/").status_code == 200
    assert client.get(PAGE)["Location"].startswith("/admin/login/")
    assert client.get(CHECK)["Location"].startswith("/admin/login/")


def test_an_administrator_helps_somebody_who_lost_their_phone(client, admin_user, curator, enrolled):
    client.force_login(admin_user)
    chosen = {"action": "take_off_second_factor", "_selected_action": [curator.pk]}
    assert "두 번째 확인을 껐습니다: curator" in client.post("/admin/auth/user/", chosen, follow=True).content.decode()
    assert second_factor_of(curator) is None and not StaticToken.objects.exists()


def test_secrets_are_in_no_page_of_the_admin(client, admin_user):
    client.force_login(admin_user)
    assert client.get("/admin/otp_totp/totpdevice/").status_code == 404
    assert client.get("/admin/otp_static/staticdevice/").status_code == 404
