"""Adapter versions come in, the champion pointer moves, training runs begin and end. The seed is in shipped.py."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from config.celery import app as celery
from inference_worker import contracts
from personas.registry.adapter_folder import manifest_hash, weights_verify
from personas.registry.models import AdapterVersion, ChampionMove, DatasetSnapshot, Persona, TrainingRun
from personas.registry.selectors import champion_before, champion_on_base

# Any: a type checker without Django's stubs takes their members for tuples.
Reason: Any = ChampionMove.Reason
Status: Any = TrainingRun.Status
HEARTBEAT_EVERY = timedelta(seconds=5)  # progress that comes faster is not written
HEARTBEAT_LOST = timedelta(minutes=10)  # a run that says nothing for this long has lost its process


class ChampionRefused(Exception):
    """The pointer may not move there. The message says why."""


class RunAlreadyRunning(Exception):
    """The persona is being trained already."""

    def __init__(self, persona: Persona) -> None:
        super().__init__(_("이미 학습 중입니다: {persona}. 끝난 뒤에 다시 시작해 주세요.").format(persona=persona))


class RunLost(Exception):
    """This run was given up for dead and another may have started: it must stop and write nothing."""


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
    ChampionMove.objects.create(persona=persona, version=version, previous=previous, reason=reason, by=by)
    Persona.objects.filter(pk=persona.pk).update(champion=version)
    persona.champion = version


def run_start(*, persona: Persona, trigger: str, dry_run: bool = False) -> TrainingRun:
    """Take the persona's lease. Raises RunAlreadyRunning while another run holds it."""
    now = timezone.now()
    try:
        with transaction.atomic():
            TrainingRun.objects.filter(
                persona=persona, status=Status.RUNNING, heartbeat_at__lt=now - HEARTBEAT_LOST
            ).update(
                status=Status.FAILED,
                error=_("소식이 끊겨 끝난 것으로 보고, 다음 실행이 이어받았습니다."),
                finished_at=now,
            )
            return TrainingRun.objects.create(persona=persona, trigger=trigger, dry_run=dry_run)
    except IntegrityError:
        raise RunAlreadyRunning(persona) from None


def run_heartbeat(*, run: TrainingRun, progress: Mapping[str, Any]) -> None:
    """Say that the run lives and how far it is. Written every few seconds at most. Raises RunLost."""
    run.progress = dict(progress)
    if timezone.now() - run.heartbeat_at >= HEARTBEAT_EVERY:
        run.heartbeat_at = timezone.now()
        _write(run, progress=run.progress, heartbeat_at=run.heartbeat_at)


def run_finish_promoted(*, run: TrainingRun, candidate: AdapterVersion, gate_report: Mapping[str, Any]) -> None:
    """The candidate passed the gate: it becomes the champion in the same transaction. Raises RunLost."""
    with transaction.atomic():
        _finish(run, Status.PROMOTED, candidate=candidate, gate_report=dict(gate_report))
        champion_promote(persona=run.persona, version=candidate, reason=Reason.GATE)


def run_finish_refused(
    *, run: TrainingRun, candidate: AdapterVersion | None, gate_report: Mapping[str, Any], reason: str
) -> None:
    """The gate refused the candidate (None in a rehearsal, which registers nothing). Raises RunLost."""
    _finish(run, Status.REFUSED, candidate=candidate, gate_report=dict(gate_report), reason=reason)


def run_finish_skipped(*, run: TrainingRun, reason: str, gate_report: Mapping[str, Any] | None = None) -> None:
    """Nothing was promoted and nothing went wrong. Raises RunLost."""
    _finish(run, Status.SKIPPED, reason=reason, gate_report=dict(gate_report or {}))


def run_finish_failed(*, run: TrainingRun, error: str) -> None:
    """Something broke; the champion stays. Raises RunLost."""
    _finish(run, Status.FAILED, error=error)


def _finish(run: TrainingRun, status: str, **values: Any) -> None:
    _write(run, status=status, finished_at=timezone.now(), progress=run.progress, snapshot=run.snapshot, **values)
    run.refresh_from_db()


def _write(run: TrainingRun, **values: Any) -> None:
    if not TrainingRun.objects.filter(pk=run.pk, status=Status.RUNNING).update(**values):
        raise RunLost(f"Run {run.pk} of {run.persona.slug} was given up for dead and taken over.")


def run_request(*, persona: Persona, trigger: str) -> None:
    """Ask the trainer for a run, after this transaction. Raises kombu's OperationalError where Redis is away."""
    transaction.on_commit(lambda: celery.send_task(contracts.RETRAIN, args=[persona.slug, trigger], retry=False))
