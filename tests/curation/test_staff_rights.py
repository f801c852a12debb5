"""Nobody among the staff gives themselves or others more than they have, and every page of the admin is somebody's."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User

from personas.curation.roles import ADMINISTRATORS, CURATORS, OPERATORS, roles_refresh

PASSWORD = "a password of the tests"
OF_SUPERUSERS_ALONE: set[str] = set()  # admin models that no role sees


@pytest.fixture
def administrator(client, db) -> User:
    """Staff of the highest role, who is no superuser; the client is logged in as them."""
    roles_refresh()
    user = User.objects.create_user("administrator", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=ADMINISTRATORS))
    client.force_login(user)
    return user


@pytest.fixture
def root(db) -> User:
    return User.objects.create_superuser("root", password=PASSWORD)


def account_form(user: User, **changes) -> dict:
    dates = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    kept = {"username": user.username, "is_active": "on", "is_staff": "on", "groups": [g.pk for g in user.groups.all()]}
    return {**kept, **dates, **changes}


def test_an_administrator_cannot_make_themselves_superuser(client, administrator):
    page = f"/admin/auth/user/{administrator.pk}/change/"
    answer = client.post(page, account_form(administrator, is_superuser="on"))
    assert answer.status_code == 302
    administrator.refresh_from_db()
    assert not administrator.is_superuser


def test_nobody_gives_a_permission_that_they_lack(client, administrator):
    colleague = User.objects.create_user("colleague", is_staff=True)
    lacking = Permission.objects.exclude(group__user=administrator).first()
    client.post(f"/admin/auth/user/{colleague.pk}/change/", account_form(colleague, user_permissions=[lacking.pk]))
    assert not colleague.user_permissions.exists()


def test_a_group_beyond_ones_own_rights_cannot_be_joined_or_changed(client, administrator):
    beyond = Group.objects.create(name="beyond")
    beyond.permissions.add(Permission.objects.exclude(group__user=administrator).first())
    client.post(f"/admin/auth/user/{administrator.pk}/change/", account_form(administrator, groups=[beyond.pk]))
    assert beyond not in administrator.groups.all()
    assert client.post(f"/admin/auth/group/{beyond.pk}/change/", {"name": "mine"}).status_code == 403


@pytest.mark.parametrize("page", ["password", "delete"])
def test_a_superusers_account_is_out_of_reach(client, administrator, root, page):
    address = f"/admin/auth/user/{root.pk}/{page}/"
    data = {"password1": "x" * 20, "password2": "x" * 20, "post": "yes"}
    assert client.get(address).status_code == 403
    assert client.post(address, data).status_code == 403
    root.refresh_from_db()
    assert root.check_password(PASSWORD)


def test_a_superuser_is_not_deleted_among_many(client, administrator, root):
    chosen = {"action": "delete_selected", "_selected_action": [root.pk], "post": "yes"}
    client.post("/admin/auth/user/", chosen)
    assert User.objects.filter(pk=root.pk).exists()


def test_an_administrator_still_looks_after_colleagues(client, administrator):
    colleague = User.objects.create_user("colleague", is_staff=True)
    curators = Group.objects.get(name=CURATORS)
    client.post(f"/admin/auth/user/{colleague.pk}/change/", account_form(colleague, groups=[curators.pk]))
    assert list(colleague.groups.all()) == [curators]


def test_every_page_of_the_admin_is_some_roles(db):
    roles_refresh()
    held = {
        f"{permission.content_type.app_label}.{permission.codename}"
        for permission in Permission.objects.filter(group__name__in=[CURATORS, OPERATORS, ADMINISTRATORS])
    }
    unseen = {
        model._meta.label_lower
        for model in admin.site._registry
        if f"{model._meta.app_label}.view_{model._meta.model_name}" not in held
    }
    assert unseen == OF_SUPERUSERS_ALONE


@pytest.mark.parametrize("role", [OPERATORS, ADMINISTRATORS])
@pytest.mark.parametrize("page", ["/admin/switch/switchmove/", "/admin/ratings/ratingreport/"])
def test_who_runs_the_site_sees_the_switch_and_the_ratings(client, db, role, page):
    roles_refresh()
    user = User.objects.create_user("somebody", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    assert client.get(page).status_code == 200
