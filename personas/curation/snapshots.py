"""Immutable training sets: approved pairs and thumbs, frozen into a file that is named by its content."""

import hashlib
import os
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from personas.curation.models import PreferencePair
from personas.curation.selectors import pairs_trainable
from personas.curation.trl_rows import row_write
from personas.registry.models import DatasetSnapshot, Persona
from personas.thumbs.selectors import thumbs_for_night
from personas.thumbs.trl_rows import row_write as thumb_row_write

THUMB = "thumb"
SOURCES = {**dict(PreferencePair.Source.choices), THUMB: _("엄지")}


def snapshot_make(*, persona: Persona, among: DatasetSnapshot | None = None) -> DatasetSnapshot | None:
    """Freeze the persona's trainable pairs, and the thumbs where a night trains on them; None where there is neither.

    The same content gives the same snapshot again. A file that is there already is never opened for writing; one that
    was deleted is written again. `among` leaves only rows that an earlier snapshot had, less those withdrawn since.
    """
    pairs, thumbs = list(pairs_trainable(persona=persona).order_by("pk")), thumbs_for_night(persona=persona)
    if among is not None:
        pairs, thumbs = _also_in(among.pairs, pairs), _also_in(among.thumbs, thumbs)
    if not pairs and not thumbs:
        return None
    rows = [row_write(pair, pair=pair.pk) for pair in pairs] + [thumb_row_write(thumb) for thumb in thumbs]
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
