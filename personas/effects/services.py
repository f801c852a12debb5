"""Replies before and after: asked for by the visitor, written once by the worker, kept."""

from functools import partial

from django.db import transaction

from config.celery import app as celery
from inference_worker import contracts
from personas.curation.models import PreferencePair
from personas.effects.models import VoteEffect
from personas.registry.models import ChampionMove


@transaction.atomic
def effect_request(*, pair: PreferencePair, move: ChampionMove) -> VoteEffect:
    """The vote's replies before and after; written by the worker the first time, and once more where that failed."""
    effect, made = VoteEffect.objects.get_or_create(pair=pair, defaults={"move": move})
    failed = VoteEffect.objects.filter(pk=effect.pk, status=VoteEffect.Status.FAILED)
    if made or failed.update(status=VoteEffect.Status.QUEUED):
        effect.refresh_from_db()
        transaction.on_commit(
            partial(celery.send_task, contracts.VOTE_EFFECT, args=[effect.pk], retry=False), robust=True
        )
    return effect


def effect_write(*, effect: VoteEffect, before: str, after: str) -> None:
    """Keep both replies."""
    waiting = VoteEffect.objects.filter(pk=effect.pk, status=VoteEffect.Status.QUEUED)
    waiting.update(before=before, after=after, status=VoteEffect.Status.DONE)


def effect_fail(*, effect: VoteEffect) -> None:
    """They could not be written; the visitor may ask again."""
    waiting = VoteEffect.objects.filter(pk=effect.pk, status=VoteEffect.Status.QUEUED)
    waiting.update(status=VoteEffect.Status.FAILED)
