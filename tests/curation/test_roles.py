"""Who may do what among the staff, and how often a wrong password may be tried."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.utils import timezone

from personas.curation.roles import ADMINISTRATORS, CURATORS, OPERATORS, roles_refresh

LOGIN = "/admin/login/"
PASSWORD = "a password of the tests"
PAIRS = "/admin/curation/preferencepair/"
PAGES = {
    PAIRS: {CURATORS, OPERATORS, ADMINISTRATORS},
    f"{PAIRS}queue/": {CURATORS, OPERATORS, ADMINISTRATORS},
    f"{PAIRS}agreement/": {CURATORS, OPERATORS, ADMINISTRATORS},
    f"{PAIRS}import/": {OPERATORS, ADMINISTRATORS},
    "/admin/curation/decision/": {OPERATORS, ADMINISTRATORS},
    "/admin/curation/sftrow/": {OPERATORS, ADMINISTRATORS},
    "/admin/registry/trainingrun/": {OPERATORS, ADMINISTRATORS},
    "/admin/registry/adapterversion/": {OPERATORS, ADMINISTRATORS},
    "/admin/django_celery_beat/periodictask/": {OPERATORS, ADMINISTRATORS},
    "/admin/auth/user/": {ADMINISTRATORS},
    "/admin/axes/accessattempt/": {ADMINISTRATORS},
}


@pytest.fixture
def staff(db) -> dict[str, User]:
    """One of each role."""
    roles_refresh()
    people = {}
    for name in (CURATORS, OPERATORS, ADMINISTRATORS):
        people[name] = User.objects.create_user(name, password=PASSWORD, is_staff=True)
        people[name].groups.add(Group.objects.get(name=name))
    return people


@pytest.mark.parametrize("role", [CURATORS, OPERATORS, ADMINISTRATORS])
def test_each_role_opens_its_pages_and_no_others(client, staff, role):
    client.force_login(staff[role])
    opened = {page for page in PAGES if client.get(page).status_code == 200}
    assert opened == {page for page, roles in PAGES.items() if role in roles}


def test_a_role_that_lost_a_permission_gets_it_back_and_an_extra_one_goes(staff, personas):
    group = Group.objects.get(name=CURATORS)
    before = set(group.permissions.values_list("codename", flat=True))
    group.permissions.set(Group.objects.get(name=OPERATORS).permissions.all()[:3])
    call_command("load_personas", verbosity=0)
    assert set(group.permissions.values_list("codename", flat=True)) == before


def try_to_log_in(client, password: str, **headers):
    return client.post(LOGIN, {"username": CURATORS, "password": password}, **headers)


def test_five_wrong_passwords_make_one_wait_even_with_the_right_one(client, staff):
    for _ in range(5):
        answer = try_to_log_in(client, "wrong")
    assert answer.status_code == 429 and "15분" in answer.content.decode()
    assert try_to_log_in(client, PASSWORD).status_code == 429


def test_another_address_can_still_log_in_under_the_name(client, staff):
    for _ in range(6):
        try_to_log_in(client, "wrong")
    assert try_to_log_in(client, PASSWORD, REMOTE_ADDR="10.1.2.3").status_code == 302


def test_after_a_quarter_of_an_hour_one_may_try_again(client, staff):
    for _ in range(5):
        try_to_log_in(client, "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert try_to_log_in(client, PASSWORD).status_code == 302


def test_a_wrong_password_or_two_are_forgotten_with_the_right_one(client, staff):
    for _ in range(3):
        for _ in range(3):
            try_to_log_in(client, "wrong")
        assert try_to_log_in(client, PASSWORD).status_code == 302


def test_a_session_ends_and_every_click_prolongs_it(client, staff, settings):
    client.force_login(staff[CURATORS])
    assert client.get(PAIRS).cookies["sessionid"]["max-age"] == settings.SESSION_COOKIE_AGE == 8 * 3600
    session = client.session
    session.set_expiry(-1)
    session.save()
    assert client.get(PAIRS).status_code == 302


def test_a_visitor_gets_no_session(client, db):
    assert "sessionid" not in client.get("/").cookies
