"""What becomes of exemplars that are taken back: their texts leave every reply and pair that read them.

They are gone from `exemplar_rows_live` at once, and from whatever is written out. The texts in other rows go by a task
that starts on commit, in short batches; a sweep now and then finds what a lost task, or a worker that was just then
writing, has left.
"""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.db.models.signals import post_delete
from django.dispatch import receiver

from config.celery import app as celery_app
from inference_worker.contracts import FORGET_EXEMPLARS
from personas.chat.exemplar_ids import PAIR, SFT_ROW, sources_of
from personas.chat.models import ExemplarUse, Reply
from personas.curation.exemplars import batches, sources_standing, without_texts
from personas.curation.models import PreferencePair, SftRow
from personas.privacy.models import Visitor
from personas.privacy.signals import consent_withdrawn


def exemplars_forget_on_commit(*, sources: Collection[str]) -> None:
    """Have the texts of these rows of the desk ("pair-12") taken out of whatever read them."""
    if sources:
        args = [sorted(sources)]
        transaction.on_commit(lambda: celery_app.send_task(FORGET_EXEMPLARS, args=args), robust=True)


@receiver(consent_withdrawn)
def _consent_was_withdrawn(visitor: Visitor, **kwargs: Any) -> None:
    let_in = PreferencePair.objects.filter(visitor=visitor, is_exemplar=True).values_list("pk", flat=True)
    exemplars_forget_on_commit(sources=[f"{PAIR}-{pk}" for pk in let_in])


@receiver(post_delete, sender=PreferencePair)
def _pair_was_deleted(instance: PreferencePair, **kwargs: Any) -> None:
    """It goes with its visitor, their conversation or their vote."""
    if instance.is_exemplar:
        exemplars_forget_on_commit(sources=[f"{PAIR}-{instance.pk}"])


@receiver(post_delete, sender=SftRow)
def _sft_row_was_deleted(instance: SftRow, **kwargs: Any) -> None:
    exemplars_forget_on_commit(sources=[f"{SFT_ROW}-{instance.pk}"])


def exemplars_forget(*, sources: Collection[str]) -> int:
    """Clear the texts of those among these rows that are taken back now. How many replies and pairs lost some."""
    taken_back = set(sources) - sources_standing(sources)
    return sum(_forget_in_replies(source) + _forget_in_pairs(source) for source in sorted(taken_back))


def exemplars_sweep() -> int:
    """The same for every row of the desk whose texts stand anywhere."""
    sources = set(ExemplarUse.objects.values_list("source", flat=True).distinct())
    for exemplars in PreferencePair.objects.exclude(exemplars=[]).values_list("exemplars", flat=True).iterator():
        sources |= sources_of([one for one in exemplars if "reply" in one])
    return exemplars_forget(sources=sources)


def _forget_in_replies(source: str) -> int:
    """By the table of uses: there are as many replies as visitors write."""
    uses = list(ExemplarUse.objects.filter(source=source).values_list("pk", "reply"))
    for some in batches(uses):
        with transaction.atomic():
            _clear(Reply, [reply for _use, reply in some], source)
            ExemplarUse.objects.filter(pk__in=[use for use, _reply in some]).delete()
    return len(uses)


def _forget_in_pairs(source: str) -> int:
    """By their text: there are no more pairs than curators can read."""
    written = PreferencePair.objects.alias(written=Cast("exemplars", TextField()))
    readers = list(written.filter(written__contains=f'"{source}-').values_list("pk", flat=True))
    return sum(_clear(PreferencePair, some, source) for some in batches(readers))


@transaction.atomic
def _clear(model: Any, ids: Collection[Any], source: str) -> int:
    rows = list(model.objects.select_for_update().filter(pk__in=ids))
    changed = []
    for row in rows:
        before, row.exemplars = row.exemplars, without_texts(row.exemplars, source)
        if row.exemplars != before:
            changed.append(row)
    model.objects.bulk_update(changed, ["exemplars"])
    return len(changed)
