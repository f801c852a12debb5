"""Nobody gives themselves or others more than they have: rules over accounts and groups in the admin.

Permissions say who may change accounts at all. These rules say whose, and to what: an account or a group is out
of reach for whoever lacks any right that it holds, and only rights that one holds can be given.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db.models import QuerySet


def permissions_of(user: User) -> set[int]:
    """The ids of every permission that a user holds, their own and their groups'; a superuser holds all."""
    if user.is_superuser:
        return set(Permission.objects.values_list("pk", flat=True))
    return {*user.user_permissions.values_list("pk", flat=True), *_of_groups(user)}


def _of_groups(user: User) -> QuerySet[Any]:
    return Permission.objects.filter(group__user=user).values_list("pk", flat=True)


def is_within(*, account: User, of: User) -> bool:
    """Whether an account holds nothing that `of` lacks."""
    if of.is_superuser:
        return True
    return not account.is_superuser and permissions_of(account) <= permissions_of(of)


def groups_within(*, of: User) -> QuerySet[Group]:
    """The groups that hold nothing that `of` lacks."""
    lacking = Permission.objects.exclude(pk__in=permissions_of(of))
    return Group.objects.exclude(permissions__in=lacking)


def permissions_within(*, of: User) -> QuerySet[Permission]:
    """What `of` may give."""
    return Permission.objects.filter(pk__in=permissions_of(of))
