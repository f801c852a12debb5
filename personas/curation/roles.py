"""The curators' group: they judge pairs and see nothing else."""

from django.contrib.auth.models import Group, Permission

CURATORS = "큐레이터"


def curators() -> Group:
    """The group, made on first use. Someone in it who is staff may read, approve, reject and edit pairs."""
    group, made = Group.objects.get_or_create(name=CURATORS)
    if made:
        group.permissions.set(
            Permission.objects.filter(
                content_type__app_label="curation", codename__in=["view_preferencepair", "change_preferencepair"]
            )
        )
    return group
