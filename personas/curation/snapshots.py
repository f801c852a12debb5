"""Immutable training sets: approved pairs and thumbs, frozen into a file that is named by its content."""

import hashlib
import os
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from personas.care.selectors import is_turn_in_care
from personas.chat.selectors import messages_for_model
from personas.curation.dangers import holds_danger
from personas.curation.exemplars import exemplars_standing
from personas.curation.models import PreferencePair
from personas.curation.selectors import pairs_trainable
from personas.curation.trl_rows import row_write
from personas.registry.models import DatasetSnapshot, Persona
from personas.thumbs.models import Thumb
from personas.thumbs.selectors import thumbs_for_night
from personas.thumbs.trl_rows import row_write as thumb_row_write

THUMB = "thumb"
SOURCES = {**dict(PreferencePair.Source.choices), THUMB: _("엄지")}


def snapshot_make(*, persona: Persona, among: DatasetSnapshot | None = None) -> DatasetSnapshot | None:
    """Freeze the persona's trainable pairs, and the thumbs where a night trains on them; None where there is neither.

    Rows in which somebody is in danger are looked for once more, whatever flags say. The same content gives the same
    snapshot again. A file that is there already is never opened for writing; one that was deleted is written again.
    `among` leaves only rows that an earlier snapshot had, less those withdrawn since.
    """
    pairs = [pair for pair in pairs_trainable(persona=persona).order_by("pk") if not _is_dangerous_pair(pair)]
    thumbs = [thumb for thumb in thumbs_for_night(persona=persona) if not _is_dangerous_thumb(thumb)]
    if among is not None:
        pairs, thumbs = _also_in(among.pairs, pairs), _also_in(among.thumbs, thumbs)
    if not pairs and not thumbs:
        return None
    rows = _rows(pairs, thumbs)
    content = "".join(rows).encode()
    sha256 = hashlib.sha256(content).hexdigest()
    file = settings.VAR_DIR / "datasets" / f"{persona.slug}-{sha256[:12]}.jsonl"
    if not file.exists():
        _write_atomically(file, content)
    with transaction.atomic():
        path = file.relative_to(settings.BASE_DIR) if file.is_relative_to(settings.BASE_DIR) else file
        snapshot, made = DatasetSnapshot.objects.get_or_create(
            persona=persona,
            sha256=sha256,
            defaults={
                "rows": len(rows),
                "path": str(path),
                "sources": dict(Counter([pair.source for pair in pairs] + [THUMB] * len(thumbs))),
            },
        )
        if made:
            snapshot.pairs.set(pairs)
            snapshot.thumbs.set(thumbs)
    return snapshot


def _is_dangerous_pair(pair: PreferencePair) -> bool:
    return holds_danger(pair.prompt, pair.chosen, pair.rejected)


def _is_dangerous_thumb(thumb: Thumb) -> bool:
    return is_turn_in_care(turn_id=thumb.reply.turn_id) or holds_danger(
        messages_for_model(thumb.reply.turn), thumb.reply.text
    )


def _rows(pairs: list[PreferencePair], thumbs: list[Thumb]) -> list[str]:
    """A line each, with the exemplars that are not taken back by now."""
    exemplars = exemplars_standing([pair.exemplars for pair in pairs] + [thumb.reply.exemplars for thumb in thumbs])
    of_pairs, of_thumbs = exemplars[: len(pairs)], exemplars[len(pairs) :]
    return [row_write(pair, read, pair=pair.pk) for pair, read in zip(pairs, of_pairs, strict=True)] + [
        thumb_row_write(thumb, read) for thumb, read in zip(thumbs, of_thumbs, strict=True)
    ]


def _also_in(had: Any, rows: list[Any]) -> list[Any]:
    known = set(had.values_list("pk", flat=True))
    return [row for row in rows if row.pk in known]


def thumbs_in(snapshot: DatasetSnapshot) -> int:
    """How many of its rows are thumbs."""
    return snapshot.sources.get(THUMB, 0)


def _write_atomically(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    draft.write_bytes(content)
    draft.replace(file)
