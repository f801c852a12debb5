"""Adapter versions come in and the champion pointer moves. The seed is in shipped.py, training runs in runs.py."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from config.celery import app as celery
from inference_worker import contracts
from personas.registry.adapter_folder import manifest_hash, weights_verify
from personas.registry.models import AdapterVersion, ChampionMove, DatasetSnapshot, Persona
from personas.registry.selectors import champion_before, champion_on_base

# Any: a type checker without Django's stubs takes its members for tuples.
Reason: Any = ChampionMove.Reason


class ChampionRefused(Exception):
    """The pointer may not move there. The message says why."""


def adapter_version_register(
    *, persona: Persona, path: Path, manifest: Mapping[str, Any], snapshot: DatasetSnapshot | None = None
) -> AdapterVersion:
    """Make the persona's next version from a finished adapter folder, which must never change from here on.

    Raises AdapterRefused: the manifest lacks a hash, or the weights are not those it names.
    """
    base_hash = manifest_hash(path, manifest, "base_hash")
    weights_sha256 = manifest_hash(path, manifest, "weights_sha256")
    weights_verify(path, weights_sha256)
    with transaction.atomic():
        Persona.objects.select_for_update().get(pk=persona.pk)
        last = AdapterVersion.objects.filter(persona=persona).aggregate(last=Max("number"))["last"] or 0
        return AdapterVersion.objects.create(
            persona=persona,
            number=last + 1,
            base_hash=base_hash,
            path=_portable(path),
            weights_sha256=weights_sha256,
            snapshot=snapshot,
            manifest=dict(manifest),
        )


def _portable(path: Path) -> str:
    path = path.resolve()
    return str(path.relative_to(settings.BASE_DIR) if path.is_relative_to(settings.BASE_DIR) else path)


def champion_promote(
    *, persona: Persona, version: AdapterVersion, by: User | None = None, reason: str = Reason.MANUAL
) -> bool:
    """Point the persona at this version; new replies pin it from the next one on. False if it points there already.

    Raises ChampionRefused for another persona's version or one for another base than the present champion's, and
    AdapterRefused where its weights are damaged or gone.
    """
    if version.persona_id != persona.pk:
        raise ChampionRefused(_("다른 페르소나의 버전입니다: {version}.").format(version=version))
    weights_verify(version.folder, version.weights_sha256)
    with transaction.atomic():
        present = Persona.objects.select_for_update().get(pk=persona.pk).champion
        if present == version:
            return False
        # A shipped adapter may come with a new base; the worker has the last word (champions_fit_base).
        if present and present.base_hash != version.base_hash and reason != Reason.SHIPPED:
            raise ChampionRefused(_("다른 기반 모델의 버전입니다: {version}.").format(version=version))
        _champion_move(persona, present, version, reason, by)
    return True


def champion_roll_back(*, persona: Persona, by: User | None = None) -> AdapterVersion:
    """Point the persona back at the champion before this one, and return it.

    Raises ChampionRefused where there was none, and AdapterRefused where its weights are damaged or gone.
    """
    with transaction.atomic():
        locked = Persona.objects.select_for_update().get(pk=persona.pk)
        version = champion_before(locked)
        if version is None:
            raise ChampionRefused(_("되돌릴 앞 버전이 없습니다: {persona}.").format(persona=persona))
        champion_promote(persona=locked, version=version, by=by, reason=Reason.ROLLBACK)
    persona.champion = version
    return version


@transaction.atomic
def champions_fit_base(*, base_hash: str) -> None:
    """Make every champion one that this base can serve: the last one made for it, else none.

    The worker calls it when it has loaded its base. Without a champion the base answers with the style prompt.
    """
    for persona in Persona.objects.select_for_update():
        present = persona.champion
        if present is None or present.base_hash != base_hash:
            fitting = champion_on_base(persona, base_hash)
            if fitting != present:
                _champion_move(persona, present, fitting, Reason.BASE, by=None)


def _champion_move(
    persona: Persona, previous: AdapterVersion | None, version: AdapterVersion | None, reason: str, by: User | None
) -> None:
    move = ChampionMove.objects.create(persona=persona, version=version, previous=previous, reason=reason, by=by)
    Persona.objects.filter(pk=persona.pk).update(champion=version)
    Persona.objects.filter(pk=persona.pk, candidate=version).update(candidate=None)
    persona.champion = version
    if version and reason not in (Reason.SHIPPED, Reason.BASE):  # those come while no worker listens yet
        send = partial(celery.send_task, contracts.GREET_CHAMPION, args=[move.pk], retry=False)
        transaction.on_commit(send, robust=True)


def champion_ready(*, move: ChampionMove) -> None:
    """Note that a worker has the new champion loaded and has written a reply with it. The first one counts."""
    ChampionMove.objects.filter(pk=move.pk, ready_at=None).update(ready_at=timezone.now())


def candidate_stand(*, version: AdapterVersion) -> None:
    """Make this version its persona's candidate: visitors' comparisons are shared between it and the champion.

    Raises ChampionRefused where it is the champion itself or for another base than it, and AdapterRefused where its
    weights are damaged or gone.
    """
    champion = version.persona.champion
    if champion == version:
        raise ChampionRefused(_("이미 현재 버전입니다: {version}.").format(version=version))
    if champion and champion.base_hash != version.base_hash:
        raise ChampionRefused(_("다른 기반 모델의 버전입니다: {version}.").format(version=version))
    weights_verify(version.folder, version.weights_sha256)
    Persona.objects.filter(pk=version.persona_id).update(candidate=version)


def candidate_dismiss(*, persona: Persona) -> None:
    """Stop comparing the candidate with the champion. It stays registered. Raises ChampionRefused without one."""
    if not Persona.objects.filter(pk=persona.pk, candidate__isnull=False).update(candidate=None):
        raise ChampionRefused(_("견주고 있는 후보가 없습니다: {persona}.").format(persona=persona))
