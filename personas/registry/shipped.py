"""The personas and adapters that come with the repository, brought into the database."""

import json
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction

from personas.registry.adapter_folder import folder_keep, manifest_hash, manifest_read, weights_verify
from personas.registry.models import AdapterVersion, Persona
from personas.registry.services import Reason, adapter_version_register, champion_promote

PERSONAS_FILE = settings.BASE_DIR / "personas" / "content" / "personas.json"
SHIPPED = settings.BASE_DIR / "personas" / "shipped"


def persona_load_all(*, file: Path = PERSONAS_FILE) -> list[Persona]:
    """Make the personas that are missing, and return those. One that exists is left as its operators made it."""
    made = []
    with transaction.atomic():
        for row in json.loads(file.read_text(encoding="utf-8")):
            if not Persona.objects.filter(slug=row["slug"]).exists():
                persona = Persona(**row)
                persona.full_clean()
                persona.save()
                made.append(persona)
    return made


def shipped_load_all() -> Iterator[AdapterVersion]:
    """Register the shipped adapters that are not known yet; yields each one.

    A newer shipped adapter becomes a further version: nothing that replies were pinned to is altered. It becomes the
    champion where there is none, or where the champion is itself a shipped one.

    Raises AdapterRefused for damaged files.
    """
    for persona in Persona.objects.all():
        newest = max((SHIPPED / persona.slug).glob("v*/manifest.json"), key=_number, default=None)
        if newest is not None:
            version = _shipped_load(persona, newest.parent)
            if version is not None:
                yield version


def _number(manifest: Path) -> int:
    number = manifest.parent.name.removeprefix("v")
    return int(number) if number.isdigit() else 0


def _shipped_load(persona: Persona, source: Path) -> AdapterVersion | None:
    manifest = manifest_read(source)
    weights = manifest_hash(source, manifest, "weights_sha256")
    if AdapterVersion.objects.filter(persona=persona, weights_sha256=weights).exists():
        return None
    weights_verify(source, weights)
    # The working tree changes with every pull; a version must not.
    kept = folder_keep(source, settings.VAR_DIR / "adapters" / persona.slug / f"shipped-{weights[:12]}")
    version = adapter_version_register(persona=persona, path=kept, manifest=manifest)
    last_move = persona.champion_moves.first()
    if last_move is None or last_move.reason == Reason.SHIPPED:
        champion_promote(persona=persona, version=version, reason=Reason.SHIPPED)
    return version


def sft_adapter_folder(persona: Persona) -> Path:
    """The persona's fixed SFT adapter, from which every night starts: the shipped version itself where that is what SFT
    made, without a round of preferences after it. Raises AdapterRefused where there is none."""
    folder = SHIPPED / persona.slug / "sft"
    if not folder.is_dir():
        folder = max((SHIPPED / persona.slug).glob("v*/manifest.json"), key=_number, default=folder / "x").parent
    manifest_read(folder)
    return folder
