"""The nightly run of one persona: approved pairs and thumbs in, perhaps a new champion out.

How a candidate is trained and judged is the worker's business: it passes `train`, and this file stays free of torch.
"""

import json
import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from config.celery import app as celery
from inference_worker import contracts
from personas.curation.selectors import clean_version_before, removed_rows
from personas.curation.snapshots import snapshot_make, thumbs_in
from personas.registry.gate_report import failed_reasons, terminal_lines
from personas.registry.heartbeat import beating
from personas.registry.models import TrainingRun
from personas.registry.runs import (
    RunLost,
    run_finish_candidate,
    run_finish_failed,
    run_finish_promoted,
    run_finish_refused,
    run_finish_skipped,
    run_heartbeat,
    run_learn_from,
    run_note,
    run_start,
    run_take_up,
)
from personas.registry.selectors import champion_for, persona_get, personas_active
from personas.registry.services import Reason, adapter_version_register, champion_promote
from personas.registry.shipped import sft_adapter_folder

logger = logging.getLogger(__name__)
Report = Callable[[str], None]
Trigger: Any = TrainingRun.Trigger  # Any: a type checker without Django's stubs takes its members for tuples


@dataclass(frozen=True)
class CandidateRequest:
    """What a trainer is given. Every night starts from the same SFT adapter, never from last night's.

    `pairs_file` holds the snapshot's rows as JSON lines: pairs (personas.curation.trl_rows), then thumbs where a night
    trains on them (personas.thumbs.trl_rows). `output` does not exist yet.
    What lies in `checkpoints` was left by a trainer that died over the very same rows: go on from there.
    Call `progress` with a small dict at every step: it is the run's heartbeat, and it raises where the run was
    cancelled or has lost its lease.
    """

    persona_slug: str
    sft_adapter: Path
    champion: Path | None
    pairs_file: Path
    output: Path
    checkpoints: Path
    progress: Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class CandidateOutcome:
    """What a trainer hands back: a finished adapter folder, its manifest, and how it did at the gate.

    `folder` is the request's `output`. For `gate_report` see personas.registry.gate_report; all figures are finite.
    """

    folder: Path
    manifest: dict[str, Any]
    metrics: dict[str, Any]
    gate_report: dict[str, Any]


Train = Callable[[CandidateRequest], CandidateOutcome]


def nightly_request() -> None:
    """Ask for tonight's run of every public persona. Each is a task of its own: one that dies takes no other along."""
    night = localdate().isoformat()
    for persona in personas_active():
        celery.send_task(contracts.RETRAIN, args=[persona.slug, str(Trigger.NIGHTLY), night])


def retrain(
    *,
    persona_slug: str,
    trigger: str,
    train: Train,
    dry_run: bool = False,
    night: date | None = None,
    report: Report = logger.info,
) -> TrainingRun:
    """Snapshot, train, judge, promote or refuse; the finished run comes back, whatever became of it.

    A dry run trains and judges, but registers and promotes nothing.

    Raises PersonaUnknown, RunAlreadyRunning and NightTaken; what breaks later ends up in the run's `error`.
    """
    run = run_start(persona=persona_get(slug=persona_slug), trigger=trigger, dry_run=dry_run, night=night)
    report(f"run {run.pk}: {persona_slug}, started by {trigger}{', dry run' if dry_run else ''}")
    return _go_through(run, train, report)


def resume(*, run_id: int, attempt: int, train: Train, report: Report = logger.info) -> TrainingRun | None:
    """Take up a run whose trainer has died, from its last checkpoint. None where that is nobody's business any more.

    It learns from the first attempt's rows, less what was withdrawn since: what was approved meanwhile is for the next
    night, and a run is about the same rows however often its trainer dies.
    """
    run = run_take_up(run_id=run_id, attempt=attempt)
    if run is None:
        return None
    report(f"run {run.pk}: {run.persona.slug}, taken up again, attempt {attempt}")
    run_note(run=run, text=_("{attempt}번째 시도가 이어받았습니다.").format(attempt=attempt))
    return _go_through(run, train, report)


def _go_through(run: TrainingRun, train: Train, report: Report) -> TrainingRun:
    _sweep_checkpoints()
    try:
        _train_and_judge(run, train, report)
    except BaseException as error:
        _fail(run, error)
        if not isinstance(error, Exception):
            raise
    finally:
        _clear_up(run)
    report(f"run {run.pk}: {run.status}{_because(run)}")
    return run


def _clear_up(run: TrainingRun) -> None:
    if run.status == TrainingRun.Status.RUNNING:
        return  # another trainer has taken it up, and goes on in these folders
    shutil.rmtree(_checkpoint_folder(run), ignore_errors=True)
    if run.candidate_id is None:
        shutil.rmtree(_output_folder(run), ignore_errors=True)  # half-made, or a rehearsal's


def _sweep_checkpoints() -> None:
    """Remove what trainers left that died and were given up: nobody goes on from there."""
    going_on = {_checkpoint_folder(run) for run in TrainingRun.objects.filter(status=TrainingRun.Status.RUNNING)}
    for folder in _checkpoint_root().glob("run-*"):
        if folder not in going_on:
            shutil.rmtree(folder, ignore_errors=True)


def _output_folder(run: TrainingRun) -> Path:
    return settings.VAR_DIR / "adapters" / run.persona.slug / f"run-{run.pk}"


def _checkpoint_root() -> Path:
    return settings.VAR_DIR / "checkpoints"


def _checkpoint_folder(run: TrainingRun) -> Path:
    return _checkpoint_root() / f"run-{run.pk}"


def _train_and_judge(run: TrainingRun, train: Train, report: Report) -> None:
    run_learn_from(run=run, snapshot=snapshot_make(persona=run.persona, among=run.snapshot))
    thumbs = thumbs_in(run.snapshot) if run.snapshot else 0
    pairs = run.snapshot.rows - thumbs if run.snapshot else 0
    report(f"snapshot: {run.snapshot.file if run.snapshot else 'none'}, {pairs} pairs, {thumbs} thumbs")
    if run.snapshot is None or not (thumbs or pairs >= settings.MIN_TRAINING_PAIRS):
        reason = _("승인되고 동의된 쌍이 {rows}개뿐입니다. {least}개부터 학습합니다.")
        run_finish_skipped(run=run, reason=reason.format(rows=pairs, least=settings.MIN_TRAINING_PAIRS))
        if not run.dry_run:
            _unlearn_by_stepping_back(run)
        return
    champion = champion_for(run.persona)
    report(f"champion: {champion.label if champion else 'none'}")
    note = _("쌍 {pairs}개와 엄지 {thumbs}개로 배우고, {champion} 버전과 견줍니다.")
    run_note(run=run, text=note.format(pairs=pairs, thumbs=thumbs, champion=champion.label if champion else "SFT"))
    request = CandidateRequest(
        persona_slug=run.persona.slug,
        sft_adapter=sft_adapter_folder(run.persona),
        champion=champion.folder if champion else None,
        pairs_file=run.snapshot.file,
        output=_output_folder(run),
        checkpoints=_checkpoint_folder(run) / run.snapshot.sha256[:12],
        progress=lambda progress: run_heartbeat(run=run, progress=progress),
    )
    with beating(run):
        outcome = train(request)
    report(f"recipe: {json.dumps(outcome.manifest.get('settings'))}")
    for line in terminal_lines(outcome.gate_report):
        report(line)
    (_rehearse if run.dry_run else _decide)(run, outcome)


@transaction.atomic
def _decide(run: TrainingRun, outcome: CandidateOutcome) -> None:
    candidate = adapter_version_register(
        persona=run.persona,
        path=outcome.folder,
        manifest={**outcome.manifest, "metrics": outcome.metrics},
        snapshot=run.snapshot,
    )
    if outcome.gate_report["passed"]:
        finish = run_finish_candidate if _is_to_be_compared_first(run) else run_finish_promoted
        finish(run=run, candidate=candidate, gate_report=outcome.gate_report)
    else:
        reason = failed_reasons(outcome.gate_report)
        run_finish_refused(run=run, candidate=candidate, gate_report=outcome.gate_report, reason=reason)
        _unlearn_by_stepping_back(run)


def _is_to_be_compared_first(run: TrainingRun) -> bool:
    """Whether visitors judge before the champion goes. One that learned from withdrawn rows goes at once."""
    champion = champion_for(run.persona)
    return bool(run.persona.canary_percent and champion and not removed_rows(champion.snapshot))


def _unlearn_by_stepping_back(run: TrainingRun) -> None:
    """Where no version came of a night, and the champion learned from rows since withdrawn, an older one that never
    saw them speaks again."""
    champion = champion_for(run.persona)
    if champion is None or not removed_rows(champion.snapshot):
        return
    clean = clean_version_before(champion)
    if clean is not None:
        champion_promote(persona=run.persona, version=clean, reason=Reason.CONSENT)
        logger.info("%s learned from withdrawn rows: %s speaks again", champion.label, clean.label)


def _rehearse(run: TrainingRun, outcome: CandidateOutcome) -> None:
    if outcome.gate_report["passed"]:
        reason = _("연습 실행: 관문은 통과했고, 등록도 승격도 하지 않았습니다.")
        run_finish_skipped(run=run, reason=reason, gate_report=outcome.gate_report)
    else:
        reason = failed_reasons(outcome.gate_report)
        run_finish_refused(run=run, candidate=None, gate_report=outcome.gate_report, reason=reason)


def _fail(run: TrainingRun, error: BaseException) -> None:
    if isinstance(error, RunLost):
        logger.warning("%s", error)
    else:
        logger.error("run %s of %s failed", run.pk, run.persona.slug, exc_info=error)
    try:
        run_finish_failed(run=run, error=f"{type(error).__name__}: {error}")
    except RunLost:
        run.refresh_from_db()  # whoever cancelled it or took it over has marked it


def _because(run: TrainingRun) -> str:
    why = run.error or run.reason
    return f" ({why})" if why else ""
