"""Three roles, each a group: curators judge pairs and grade replies, operators run the machine, administrators do that
and manage staff.

The groups hold what is written here: `load_personas`, which every start runs, brings them up to date.
"""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

CURATORS, OPERATORS, ADMINISTRATORS = "큐레이터", "운영자", "관리자"

JUDGE = [
    "curation.view_preferencepair",
    "curation.change_preferencepair",
    "thumbs.view_thumb",
    "thumbs.change_thumb",
    "grading.view_gradinground",
    "grading.add_grade",
    "quiz.view_itemreport",
]
OPERATE = [
    *JUDGE,
    "curation.adjudicate_preferencepair",
    "curation.exchange_preferencepair",
    "curation.view_decision",
    "curation.*_sftrow",
    "grading.*",
    "registry.*",
    "switch.*",
    "ratings.view_ratingreport",
    "care.*",
    "chat.view_lostreply",
    "quiz.*",
    "django_celery_beat.*",
]
ADMINISTER = [*OPERATE, "auth.*", "axes.*"]

ROLES = {CURATORS: JUDGE, OPERATORS: OPERATE, ADMINISTRATORS: ADMINISTER}


def roles_refresh() -> None:
    """Make the groups, and give each exactly the permissions of its role."""
    for name, patterns in ROLES.items():
        group, _made = Group.objects.get_or_create(name=name)
        group.permissions.set(_permissions(patterns))


def curators() -> Group:
    """The group of those who judge pairs, grade replies, see how the test's questions measure, and nothing else."""
    roles_refresh()
    return Group.objects.get(name=CURATORS)


def _permissions(patterns: list[str]) -> list[Permission]:
    wanted = Q()
    for pattern in patterns:
        app, codename = pattern.split(".")
        before, star, after = codename.partition("*")
        of_app = Q(content_type__app_label=app)
        wanted |= of_app & (Q(codename__startswith=before, codename__endswith=after) if star else Q(codename=codename))
    return list(Permission.objects.filter(wanted))
