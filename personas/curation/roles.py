"""The curators' group: they judge pairs, see how the test's questions measure, and nothing else."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

CURATORS = "큐레이터"


def curators() -> Group:
    """The group, made on first use. Its staff may read, approve, reject and edit pairs, and read item reports."""
    group, made = Group.objects.get_or_create(name=CURATORS)
    if made:
        pairs = Q(content_type__app_label="curation", codename__in=["view_preferencepair", "change_preferencepair"])
        reports = Q(content_type__app_label="quiz", codename="view_itemreport")
        group.permissions.set(Permission.objects.filter(pairs | reports))
    return group
