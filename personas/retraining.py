"""The nightly run of one persona: approved pairs in, perhaps a new champion out.

How a candidate is trained and judged is the worker's business: it passes `train`, and this file stays free of torch.
"""

import json
import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from personas.curation.snapshots import snapshot_make
from personas.registry.gate_report import failed_reasons, terminal_lines
from personas.registry.models import TrainingRun
from personas.registry.selectors import champion_for, persona_get, personas_active
from personas.registry.services import (
    RunAlreadyRunning,
    RunLost,
    adapter_version_register,
    run_finish_failed,
    run_finish_promoted,
    run_finish_refused,
    run_finish_skipped,
    run_heartbeat,
    run_start,
)
from personas.registry.shipped import sft_adapter_folder

logger = logging.getLogger(__name__)
Report = Callable[[str], None]
Trigger: Any = TrainingRun.Trigger  # Any: a type checker without Django's stubs takes its members for tuples


@dataclass(frozen=True)
class CandidateRequest:
    """What a trainer is given. Every night starts from the same SFT adapter, never from last night's.

    `pairs_file` holds the snapshot's rows as JSON lines (personas.curation.trl_rows). `output` does not exist yet.
    Call `progress` with a small dict at least every few minutes: it is the run's heartbeat, and it raises where the run
    has lost its lease.
    """

    persona_slug: str
    sft_adapter: Path
    champion: Path | None
    pairs_file: Path
    output: Path
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


def nightly(*, train: Train, report: Report = logger.info) -> list[TrainingRun]:
    """Retrain every public persona, one after the other. One that fails doesn't keep the next from its turn."""
    runs, trigger = [], Trigger.NIGHTLY
    for persona in personas_active():
        try:
            runs.append(retrain(persona_slug=persona.slug, trigger=trigger, train=train, report=report))
        except RunAlreadyRunning as error:
            report(str(error))
    return runs


def retrain(
    *, persona_slug: str, trigger: str, train: Train, dry_run: bool = False, report: Report = logger.info
) -> TrainingRun:
    """Snapshot, train, judge, promote or refuse; the finished run comes back, whatever became of it.

    A dry run trains and judges, but registers and promotes nothing.

    Raises PersonaUnknown and RunAlreadyRunning; what breaks later ends up in the run's `error`.
    """
    run = run_start(persona=persona_get(slug=persona_slug), trigger=trigger, dry_run=dry_run)
    report(f"run {run.pk}: {persona_slug}, started by {trigger}{', dry run' if dry_run else ''}")
    output = _output_folder(run)
    try:
        _train_and_judge(run, train, output, report)
    except BaseException as error:
        _fail(run, error)
        if not isinstance(error, Exception):
            raise
    finally:
        if run.candidate_id is None:
            shutil.rmtree(output, ignore_errors=True)  # half-made, or a rehearsal's
    report(f"run {run.pk}: {run.status}{_because(run)}")
    return run


def _output_folder(run: TrainingRun) -> Path:
    return settings.VAR_DIR / "adapters" / run.persona.slug / f"run-{run.pk}"


def _train_and_judge(run: TrainingRun, train: Train, output: Path, report: Report) -> None:
    run.snapshot = snapshot_make(persona=run.persona)
    rows = run.snapshot.rows if run.snapshot else 0
    report(f"snapshot: {run.snapshot.file if run.snapshot else 'none'}, {rows} rows")
    if run.snapshot is None or rows < settings.MIN_TRAINING_PAIRS:
        reason = _("승인되고 동의된 쌍이 {rows}개뿐입니다. {least}개부터 학습합니다.")
        run_finish_skipped(run=run, reason=reason.format(rows=rows, least=settings.MIN_TRAINING_PAIRS))
        return
    champion = champion_for(run.persona)
    report(f"champion: {champion.label if champion else 'none'}")
    outcome = train(
        CandidateRequest(
            persona_slug=run.persona.slug,
            sft_adapter=sft_adapter_folder(run.persona),
            champion=champion.folder if champion else None,
            pairs_file=run.snapshot.file,
            output=output,
            progress=lambda progress: run_heartbeat(run=run, progress=progress),
        )
    )
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
        run_finish_promoted(run=run, candidate=candidate, gate_report=outcome.gate_report)
    else:
        reason = failed_reasons(outcome.gate_report)
        run_finish_refused(run=run, candidate=candidate, gate_report=outcome.gate_report, reason=reason)


def _rehearse(run: TrainingRun, outcome: CandidateOutcome) -> None:
    if outcome.gate_report["passed"]:
        reason = _("연습 실행: 관문은 통과했고, 등록도 승격도 하지 않았습니다.")
        run_finish_skipped(run=run, reason=reason, gate_report=outcome.gate_report)
    else:
        reason = failed_reasons(outcome.gate_report)
        run_finish_refused(run=run, candidate=None, gate_report=outcome.gate_report, reason=reason)


def _fail(run: TrainingRun, error: BaseException) -> None:
    logger.error("run %s of %s failed", run.pk, run.persona.slug, exc_info=error)
    try:
        run_finish_failed(run=run, error=f"{type(error).__name__}: {error}")
    except RunLost:
        run.refresh_from_db()  # whoever took over has marked it


def _because(run: TrainingRun) -> str:
    why = run.error or run.reason
    return f" ({why})" if why else ""
