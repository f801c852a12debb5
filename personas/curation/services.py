"""What happens to preference pairs: made from votes or files, judged by curators."""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from personas.chat.models import Reply
from personas.chat.selectors import messages_for_model
from personas.curation.models import PreferencePair
from personas.curation.trl_rows import Message, Row, rows_read
from personas.registry.models import AdapterVersion, Persona
from personas.voting.models import Vote

Status: Any = PreferencePair.Status  # Any: a type checker without Django's stubs takes its members for tuples


def pair_from_vote(*, vote: Vote) -> PreferencePair | None:
    """The pending pair that an A or B vote makes; the same one however often it is asked for.

    None for a tie or "both bad", and where one text is empty or both are equal: such votes teach nothing. None too
    where the comparison has no learner.
    """
    comparison = vote.comparison
    if vote.choice == Vote.Choice.A:
        chosen, rejected = comparison.reply_a, comparison.reply_b
    elif vote.choice == Vote.Choice.B:
        chosen, rejected = comparison.reply_b, comparison.reply_a
    else:
        return None
    learner = comparison.learner
    if learner is None:
        return None
    texts = chosen.text.strip(), rejected.text.strip()
    if not all(texts) or texts[0] == texts[1]:
        return None
    pair, _made = PreferencePair.objects.get_or_create(
        vote=vote,
        defaults={
            "prompt": messages_for_model(comparison.turn),
            "chosen": texts[0],
            "rejected": texts[1],
            "source": PreferencePair.Source.VOTE,
            **_lineage(vote, learner, chosen, rejected),
        },
    )
    return pair


def _lineage(vote: Vote, persona: Persona, chosen: Reply, rejected: Reply) -> dict[str, Any]:
    return {
        "persona": persona,
        "visitor": vote.visitor,
        "consent_at": vote.visitor.training_consent_at,
        "chosen_version": _version_of(chosen, persona),
        "rejected_version": _version_of(rejected, persona),
        "sampling": {
            name: {**reply.sampling, "adapters": reply.adapters}
            for name, reply in (("chosen", chosen), ("rejected", rejected))
        },
    }


def _version_of(reply: Reply, persona: Persona) -> AdapterVersion | None:
    """The persona's own version behind a reply; none where the base alone wrote it."""
    return AdapterVersion.objects.filter(pk__in=[pk for pk, _weight in reply.adapters], persona=persona).first()


def pairs_approve(*, pairs: Iterable[int], by: User) -> int:
    """Approve the pending ones among these ids; how many that were. Nothing is decided twice."""
    return _pairs_move(pairs, (Status.PENDING,), Status.APPROVED, by)


def pairs_reject(*, pairs: Iterable[int], by: User) -> int:
    """Reject the pending ones among these ids; how many that were. Nothing is decided twice."""
    return _pairs_move(pairs, (Status.PENDING,), Status.REJECTED, by)


def pairs_reopen(*, pairs: Iterable[int], by: User) -> int:
    """Put decided pairs back into the queue; how many that were. Snapshots already made keep them."""
    return _pairs_move(pairs, (Status.APPROVED, Status.REJECTED), Status.PENDING, by)


@transaction.atomic
def _pairs_move(pairs: Iterable[int], before: tuple[str, ...], after: str, by: User) -> int:
    moved = list(PreferencePair.objects.select_for_update().filter(pk__in=list(pairs), status__in=before))
    decided = after != Status.PENDING
    for pair in moved:
        pair.status = after
        pair.reviewed_by = by if decided else None
        pair.reviewed_at = timezone.now() if decided else None
    fields = ["status", "reviewed_by", "reviewed_at"]
    bulk_update_with_history(moved, PreferencePair, fields, batch_size=500, default_user=by)
    return len(moved)


@transaction.atomic
def pair_edit(*, pair: PreferencePair, chosen: str, rejected: str, by: User) -> PreferencePair:
    """Reword the two replies. The history keeps the earlier wording.

    Raises ValidationError where one is empty or both are equal.
    """
    pair_texts_check(chosen, rejected)
    current = PreferencePair.objects.select_for_update().get(pk=pair.pk)
    current.chosen, current.rejected = chosen.strip(), rejected.strip()
    current._history_user = by
    current.save(update_fields=["chosen", "rejected"])
    return current


def pair_texts_check(chosen: str, rejected: str) -> None:
    """Raises ValidationError unless these two texts can teach a difference."""
    if not chosen.strip() or not rejected.strip():
        raise ValidationError(_("두 답 모두 비워 둘 수 없습니다."))
    if chosen.strip() == rejected.strip():
        raise ValidationError(_("두 답이 같으면 배울 것이 없습니다."))


@transaction.atomic
def pairs_import(*, lines: Iterable[str], persona: str | None = None, status: str = Status.PENDING) -> tuple[int, int]:
    """Make pairs from TRL preference rows, all or none; how many were new, and how many were there already.

    Raises RowsRefused, which names every bad line and field.
    """
    personas = {found.slug: found for found in Persona.objects.all()}
    rows = rows_read(lines, known=set(personas), persona=persona)
    seen = {
        _fingerprint(pair.persona_id, pair.prompt, pair.chosen, pair.rejected)
        for pair in PreferencePair.objects.filter(source=PreferencePair.Source.IMPORT).iterator()
    }
    new = []
    for row in rows:
        owner = personas[row.persona]
        fingerprint = _fingerprint(owner.pk, row.prompt, row.chosen, row.rejected)
        if fingerprint not in seen:
            seen.add(fingerprint)
            new.append(_imported(owner, row, status))
    bulk_create_with_history(new, PreferencePair, batch_size=500)
    return len(new), len(rows) - len(new)


def _fingerprint(persona_id: int, prompt: list[Message], chosen: str, rejected: str) -> str:
    return json.dumps([persona_id, prompt, chosen, rejected], sort_keys=True)


def _imported(persona: Persona, row: Row, status: str) -> PreferencePair:
    return PreferencePair(
        persona=persona,
        prompt=row.prompt,
        chosen=row.chosen,
        rejected=row.rejected,
        source=PreferencePair.Source.IMPORT,
        status=status,
        reviewed_at=timezone.now() if status != Status.PENDING else None,
    )
