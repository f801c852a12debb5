"""How rows come in: preference pairs from votes and files, examples for SFT from files."""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from personas.chat.models import Reply
from personas.chat.selectors import messages_for_model
from personas.curation.exemplars import exemplars_standing
from personas.curation.flagging import IN_ONE_TRANSACTION, looks_write, pairs_flag, pairs_look
from personas.curation.models import PreferencePair, SftRow
from personas.curation.row_files import Line
from personas.curation.sft_rows import Example, examples_read
from personas.curation.trl_rows import Exemplar, Message, Row, rows_read
from personas.in_pieces import in_pieces
from personas.registry.models import Persona
from personas.registry.selectors import version_among
from personas.voting.models import Vote

Status: Any = PreferencePair.Status  # Any: a type checker without Django's stubs takes its members for tuples
Progress = Callable[[int, int, int], None]  # rows in all, rows looked at, rows that were new


def nobody_asks(total: int, done: int, new: int) -> None:
    """The progress that nobody wants to see."""


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


def pairs_import(
    *,
    lines: Iterable[Line],
    persona: str | None = None,
    status: str = Status.PENDING,
    progress: Progress = nobody_asks,
) -> tuple[int, int]:
    """Make pairs from TRL preference rows; how many were new, and how many were there already.

    All rows are read before one is written. Then they are written in pieces, each with its flags in a transaction of
    its own; whoever is interrupted asks again, and what is there already is not made twice.

    Raises RowsRefused, which names every bad line and field.
    """
    personas = {found.slug: found for found in Persona.objects.all()}
    rows = rows_read(lines, known=set(personas), persona=persona)
    made = 0
    for number, piece in enumerate(in_pieces(rows, IN_ONE_TRANSACTION)):
        standing = exemplars_standing([row.exemplars for row in piece])
        new = pairs_unknown(
            pairs=[
                _imported(personas[row.persona], row, exemplars, status)
                for row, exemplars in zip(piece, standing, strict=True)
            ]
        )
        looks = pairs_look(pairs=new)
        with transaction.atomic():
            bulk_create_with_history(new, PreferencePair)
            looks_write(looks=looks)
        made += len(new)
        progress(len(rows), number * IN_ONE_TRANSACTION + len(piece), made)
    return made, len(rows) - made


def pairs_unknown(*, pairs: list[PreferencePair]) -> list[PreferencePair]:
    """Those of the imported pairs that are not there yet, each once."""
    keys = [pair.content_key for pair in pairs]
    seen = set(PreferencePair.objects.filter(content_key__in=keys).values_list("content_key", flat=True))
    fresh = {pair.content_key: pair for pair in reversed(pairs) if pair.content_key not in seen}
    return list(reversed(fresh.values()))


def sft_rows_import(
    *, lines: Iterable[Line], persona: str | None = None, progress: Progress = nobody_asks
) -> tuple[int, int]:
    """Make examples from SFT rows, as `pairs_import` makes pairs; how many were new, and how many were there already.

    Raises RowsRefused, which names every bad line and field.
    """
    personas = {found.slug: found for found in Persona.objects.all()}
    examples = examples_read(lines, known=set(personas), persona=persona)
    seen = _known_examples()
    made = 0
    for number, piece in enumerate(in_pieces(examples, IN_ONE_TRANSACTION)):
        new = [
            SftRow(persona=personas[example.persona], messages=example.messages, category=example.category)
            for example in piece
            if _is_first(_fingerprint(personas[example.persona].pk, example.messages), seen)
        ]
        bulk_create_with_history(new, SftRow)
        made += len(new)
        progress(len(examples), number * IN_ONE_TRANSACTION + len(piece), made)
    return made, len(examples) - made


def examples_unknown(*, examples: list[Example]) -> int:
    """How many of the examples are not there yet, each counted once."""
    ids = dict(Persona.objects.values_list("slug", "pk"))
    seen = _known_examples()
    return sum(_is_first(_fingerprint(ids[example.persona], example.messages), seen) for example in examples)


def _known_examples() -> set[str]:
    return {_fingerprint(row.persona_id, row.messages) for row in SftRow.objects.iterator()}


def _is_first(fingerprint: str, seen: set[str]) -> bool:
    if fingerprint in seen:
        return False
    seen.add(fingerprint)
    return True


def _fingerprint(persona_id: int, *content: str | list[Message]) -> str:
    return json.dumps([persona_id, *content], sort_keys=True)


def content_key(persona_id: int, prompt: list[Message], chosen: str, rejected: str) -> str:
    """What tells an imported row from every other, in 64 characters."""
    return hashlib.sha256(_fingerprint(persona_id, prompt, chosen, rejected).encode()).hexdigest()


def pairs_of_rows(rows: list[Row]) -> list[PreferencePair]:
    """The pairs that such rows would make; nothing is written."""
    personas = {found.slug: found for found in Persona.objects.all()}
    return [_imported(personas[row.persona], row, [], Status.PENDING) for row in rows]


def _imported(persona: Persona, row: Row, exemplars: list[Exemplar], status: str) -> PreferencePair:
    """`exemplars`: those that no desk has taken back; what another site's desk let in cannot be taken back here."""
    return PreferencePair(
        persona=persona,
        prompt=row.prompt,
        chosen=row.chosen,
        rejected=row.rejected,
        exemplars=exemplars,
        source=PreferencePair.Source.IMPORT,
        content_key=content_key(persona.pk, row.prompt, row.chosen, row.rejected),
        status=status,
        opinions_wanted=opinions_to_ask(),
        reviewed_at=timezone.now() if status != Status.PENDING else None,
    )
