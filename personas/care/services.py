"""Care begins, answers and ends. Nothing here asks a model."""

import secrets
import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.timezone import localdate

from moderation.written import Answer, answers_for
from personas.care.models import Care, CareCount, CareTurn
from personas.care.selectors import numbers, turns_to_forget
from personas.care.steps import Step, step_for
from personas.chat.models import Reply, Turn
from personas.chat.selectors import said_before


@transaction.atomic
def turn_care(*, turn: Turn, step: Step) -> CareTurn:
    """Note that this turn is answered in care, and begin care where the step says so. Noted twice, it counts once."""
    cared, is_new = CareTurn.objects.get_or_create(
        turn=turn, defaults={"kind": step.kind, "who": step.who, "acute": step.acute}
    )
    if is_new and step.begins:
        _begin(turn.conversation.visitor_id, step)
    if is_new and step.ends:
        care_end(visitor_id=turn.conversation.visitor_id)
    if is_new and (step.begins or step.kind in ("sexual", "underage")):
        _count(step.kind)
    return cared


def _begin(visitor_id: uuid.UUID, step: Step) -> None:
    now = timezone.now()
    state = {"kind": step.kind, "who": step.who, "acute": step.acute, "danger_at": now, "ended_at": None}
    Care.objects.update_or_create(visitor_id=visitor_id, defaults=state, create_defaults={**state, "began_at": now})


def _count(kind: str) -> None:
    row, _made = CareCount.objects.get_or_create(day=localdate(), kind=kind)
    CareCount.objects.filter(pk=row.pk).update(count=F("count") + 1)


def answer_give(*, cared: CareTurn, persona: str) -> str:
    """A written answer that fits the turn, in this persona's voice, and none that this visitor was given before in the
    same talk while another fits."""
    fitting = answers_for(persona, cared.kind, cared.who, cared.acute)
    given = _given_in(cared.turn)
    answer = secrets.choice([one for one in fitting if one.key not in given] or _longest_ago(fitting, given))
    cared.answers = [*cared.answers, answer.key]
    cared.save(update_fields=["answers"])
    return answer.filled(numbers())


def _given_in(turn: Turn) -> list[str]:
    """Keys of the answers of this talk, oldest first."""
    mine = CareTurn.objects.filter(turn__conversation=turn.conversation_id).order_by("created_at")
    return [key for keys in mine.values_list("answers", flat=True) for key in keys]


def _longest_ago(fitting: Sequence[Answer], given: list[str]) -> list[Answer]:
    newest = {key: at for at, key in enumerate(given)}
    return [min(fitting, key=lambda one: newest[one.key])]


@transaction.atomic
def reply_care(*, reply_id: str) -> str | None:
    """The written answer that a queued reply has to be, looked at again before the engine; None for a model's to write.

    Care may have begun in another talk since it was queued.
    """
    reply = Reply.objects.select_related("persona", "turn__conversation__persona").filter(pk=reply_id).first()
    if reply is None:
        return None
    turn = reply.turn
    step = step_for(visitor_id=turn.conversation.visitor_id, text=turn.text, before=said_before(turn))
    if step is None:
        return None
    return answer_give(cared=turn_care(turn=turn, step=step), persona=reply.speaker.slug)


def stand_in(*, persona: str, fault: str) -> str:
    """What people wrote for the place of a reply that a model could not write without saying what it must not."""
    kind = {"means": "harmful_help", "sexual": "sexual"}.get(fault, "stand_in")
    return secrets.choice(answers_for(persona, kind)).filled(numbers())


def care_end(*, visitor_id: uuid.UUID) -> None:
    """The visitor has said that they are safe."""
    Care.objects.filter(visitor_id=visitor_id, ended_at=None).update(ended_at=timezone.now())


def words_forget() -> int:
    """Delete what was said in care once it was kept as long as /privacy/ says. How many turns were emptied."""
    old = turns_to_forget(before=timezone.now() - timedelta(days=settings.CARE_KEPT_DAYS))
    turns = list(old.values_list("turn_id", flat=True))
    with transaction.atomic():
        Turn.objects.filter(pk__in=turns).update(text="")
        Reply.objects.filter(turn__in=turns).update(text="")
        return CareTurn.objects.filter(turn__in=turns).update(is_forgotten=True)
