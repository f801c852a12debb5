"""Immutable training sets: approved pairs, frozen into a file that is named by its content."""

import hashlib
import os
from collections import Counter
from pathlib import Path

from django.conf import settings
from django.db import transaction

from personas.curation.selectors import pairs_trainable
from personas.curation.trl_rows import row_write
from personas.registry.models import DatasetSnapshot, Persona


def snapshot_make(*, persona: Persona) -> DatasetSnapshot | None:
    """Freeze the persona's trainable pairs; None where there is none. The same content gives the same snapshot again.

    A file that is there already is never opened for writing; one that was deleted is written again.
    """
    pairs = list(pairs_trainable(persona=persona).order_by("pk"))
    if not pairs:
        return None
    content = "".join(row_write(pair, pair=pair.pk) for pair in pairs).encode()
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
                "rows": len(pairs),
                "path": str(path),
                "sources": dict(Counter(pair.source for pair in pairs)),
            },
        )
        if made:
            snapshot.pairs.set(pairs)
    return snapshot


def _write_atomically(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    draft.write_bytes(content)
    draft.replace(file)
