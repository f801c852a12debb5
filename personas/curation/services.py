"""How rows come in: preference pairs from votes and files, examples for SFT from files."""

import json
import secrets
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from personas.chat.models import Reply
from personas.chat.selectors import messages_for_model
from personas.curation.exemplars import exemplars_standing
from personas.curation.flagging import pairs_flag
from personas.curation.models import PreferencePair, SftRow
from personas.curation.row_files import Line
from personas.curation.sft_rows import examples_read
from personas.curation.trl_rows import Exemplar, Message, Row, rows_read
from personas.registry.models import Persona
from personas.registry.selectors import version_among
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
    pair, made = PreferencePair.objects.get_or_create(
        vote=vote,
        defaults={
            "prompt": messages_for_model(comparison.turn),
            "chosen": texts[0],
            "rejected": texts[1],
            "source": PreferencePair.Source.VOTE,
            "exemplars": chosen.exemplars,
            "opinions_wanted": opinions_to_ask(),
            **_lineage(vote, learner, chosen, rejected),
        },
    )
    if made:
        pairs_flag(pairs=[pair])
    return pair


def opinions_to_ask() -> int:
    """Two for the share of pairs that the setting names, drawn by lot; one for the others."""
    return 2 if secrets.randbelow(100) < settings.CURATION_OVERLAP else 1


def _lineage(vote: Vote, persona: Persona, chosen: Reply, rejected: Reply) -> dict[str, Any]:
    return {
        "persona": persona,
        "visitor": vote.visitor,
        "consent_at": vote.visitor.training_consent_at,
        "chosen_version": version_among(persona=persona, adapters=chosen.adapters),
        "rejected_version": version_among(persona=persona, adapters=rejected.adapters),
        "sampling": {name: how_drawn(reply) for name, reply in (("chosen", chosen), ("rejected", rejected))},
    }


def how_drawn(reply: Reply) -> dict[str, Any]:
    """All that a reply's words hang on, beside its prompt."""
    return {**reply.sampling, "adapters": reply.adapters}


@transaction.atomic
def pairs_import(*, lines: Iterable[Line], persona: str | None = None, status: str = Status.PENDING) -> tuple[int, int]:
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
    standing = exemplars_standing([row.exemplars for row in rows])
    for row, exemplars in zip(rows, standing, strict=True):
        owner = personas[row.persona]
        fingerprint = _fingerprint(owner.pk, row.prompt, row.chosen, row.rejected)
        if fingerprint not in seen:
            seen.add(fingerprint)
            new.append(_imported(owner, row, exemplars, status))
    bulk_create_with_history(new, PreferencePair, batch_size=500)
    pairs_flag(pairs=new)
    return len(new), len(rows) - len(new)


@transaction.atomic
def sft_rows_import(*, lines: Iterable[Line], persona: str | None = None) -> tuple[int, int]:
    """Make examples from SFT rows, all or none; how many were new, and how many were there already.

    Raises RowsRefused, which names every bad line and field.
    """
    personas = {found.slug: found for found in Persona.objects.all()}
    examples = examples_read(lines, known=set(personas), persona=persona)
    seen = {_fingerprint(row.persona_id, row.messages) for row in SftRow.objects.iterator()}
    new = []
    for example in examples:
        owner = personas[example.persona]
        fingerprint = _fingerprint(owner.pk, example.messages)
        if fingerprint not in seen:
            seen.add(fingerprint)
            new.append(SftRow(persona=owner, messages=example.messages, category=example.category))
    bulk_create_with_history(new, SftRow, batch_size=500)
    return len(new), len(examples) - len(new)


def _fingerprint(persona_id: int, *content: str | list[Message]) -> str:
    return json.dumps([persona_id, *content], sort_keys=True)


def _imported(persona: Persona, row: Row, exemplars: list[Exemplar], status: str) -> PreferencePair:
    """`exemplars`: those that no desk has taken back; what another site's desk let in cannot be taken back here."""
    return PreferencePair(
        persona=persona,
        prompt=row.prompt,
        chosen=row.chosen,
        rejected=row.rejected,
        exemplars=exemplars,
        source=PreferencePair.Source.IMPORT,
        status=status,
        opinions_wanted=opinions_to_ask(),
        reviewed_at=timezone.now() if status != Status.PENDING else None,
    )
