"""Training runs: asked for, begun under a lease, heard of while they go on, cancelled, taken up again, and ended.

Whoever writes to a run does it by a conditional update: only while it is running, and only as its present attempt. So a
trainer that was cancelled, or thought dead and replaced, learns it at its next word and writes nothing more.
"""

import logging
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from config.celery import app as celery
from inference_worker import contracts
from personas.registry.models import HEARTBEAT_LOST, AdapterVersion, DatasetSnapshot, Persona, RunEvent, TrainingRun
from personas.registry.services import Reason, candidate_stand, champion_promote

Status: Any = TrainingRun.Status  # Any: a type checker without Django's stubs takes its members for tuples.
HEARTBEAT_EVERY = timedelta(seconds=1)  # what comes faster is kept and written with the next one
MAX_ATTEMPTS = 3

logger = logging.getLogger(__name__)


class RunAlreadyRunning(Exception):
    """The persona is being trained already."""

    def __init__(self, persona: Persona) -> None:
        super().__init__(_("이미 학습 중입니다: {persona}. 끝난 뒤에 다시 시작해 주세요.").format(persona=persona))


class NightTaken(RunAlreadyRunning):
    """The schedule has started this night's run already: another beat was first."""


class RunLost(Exception):
    """This run was cancelled, or given up for dead and taken over: it must stop and write nothing."""


class RunEnded(Exception):
    """There is nothing to cancel any more."""

    def __init__(self, run: TrainingRun) -> None:
        super().__init__(_("이미 끝난 학습입니다: {state}.").format(state=run.get_status_display()))


def run_request(*, persona: Persona, trigger: str) -> None:
    """Ask the trainer for a run, after this transaction. Raises kombu's OperationalError where Redis is away."""
    transaction.on_commit(lambda: celery.send_task(contracts.RETRAIN, args=[persona.slug, trigger], retry=False))


def run_start(*, persona: Persona, trigger: str, dry_run: bool = False, night: date | None = None) -> TrainingRun:
    """Take the persona's lease, and the night where the schedule asks.

    Raises RunAlreadyRunning while another run holds the lease, NightTaken where this night's run was started before.
    """
    now = timezone.now()
    if night and TrainingRun.objects.filter(persona=persona, night=night).exists():
        raise NightTaken(persona)
    try:
        with transaction.atomic():
            TrainingRun.objects.filter(
                persona=persona, status=Status.RUNNING, heartbeat_at__lt=now - HEARTBEAT_LOST
            ).update(
                status=Status.FAILED,
                error=_("소식이 끊겨 끝난 것으로 보고, 다음 실행이 이어받았습니다."),
                finished_at=now,
            )
            return TrainingRun.objects.create(persona=persona, trigger=trigger, dry_run=dry_run, night=night)
    except IntegrityError:
        raise RunAlreadyRunning(persona) from None


def run_learn_from(*, run: TrainingRun, snapshot: DatasetSnapshot | None) -> None:
    """Note the run's rows, None where there are none: they stand on its page whatever becomes of it. Raises RunLost."""
    run.snapshot = snapshot
    _write(run, snapshot=snapshot)


def run_heartbeat(*, run: TrainingRun, progress: Mapping[str, Any]) -> None:
    """Say that the run lives and how far it is; what was said is its log. Written every second at most.

    Raises RunLost: a cancelled run so ends within a step.
    """
    run.progress = dict(progress)
    run.unwritten.append(_event(run, progress))
    if timezone.now() - run.heartbeat_at >= HEARTBEAT_EVERY:
        run.heartbeat_at = timezone.now()
        _write(run, progress=run.progress, heartbeat_at=run.heartbeat_at)


def run_is_alive(*, run: TrainingRun) -> bool:
    """Say that the run's process lives, whatever its steps do. False where it is no longer its to say."""
    mine = TrainingRun.objects.filter(pk=run.pk, status=Status.RUNNING, attempt=run.attempt)
    return bool(mine.update(heartbeat_at=timezone.now()))


def run_note(*, run: TrainingRun, text: str) -> None:
    """Put a sentence into the run's log; it is written with the next heartbeat or the end."""
    run.unwritten.append(RunEvent(run=run, at=timezone.now(), text=text))


def run_cancel(*, run: TrainingRun, by: User) -> None:
    """End a run now. Its trainer notices at the next step and leaves nothing half-done. Raises RunEnded."""
    reason = _("{person} 님이 멈췄습니다.").format(person=by)
    running = TrainingRun.objects.filter(pk=run.pk, status=Status.RUNNING)
    if not running.update(status=Status.CANCELLED, reason=reason, finished_at=timezone.now()):
        run.refresh_from_db()
        raise RunEnded(run)
    run.refresh_from_db()


def runs_resume_lost() -> int:
    """Have runs whose trainer has died taken up again, begun three times at most. Returns how many were touched.

    Not while another run goes on or a task waits: the trainer is busy then, or not there, and no run has died of it.
    """
    if _a_task_waits():
        return 0
    running = TrainingRun.objects.filter(status=Status.RUNNING)
    lost_since = timezone.now() - HEARTBEAT_LOST
    if running.filter(heartbeat_at__gte=lost_since).exists():
        return 0
    return sum(_take_up_again(run) for run in running.filter(heartbeat_at__lt=lost_since).select_related("persona"))


def _a_task_waits() -> bool:
    """Whether the trainer's queue holds a task; not where the broker cannot be asked."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            return bool(client.llen("train"))
    except redis.RedisError:
        return False


@transaction.atomic
def _take_up_again(run: TrainingRun) -> bool:
    same = TrainingRun.objects.filter(pk=run.pk, status=Status.RUNNING, attempt=run.attempt)
    if run.attempt >= MAX_ATTEMPTS:
        logger.error("run %s of %s failed: its trainer was lost %d times", run.pk, run.persona.slug, run.attempt)
        error = _("학습하던 프로세스가 {times}번 사라졌습니다. 메모리와 trainer 로그를 보고 다시 시작해 주세요.")
        return bool(
            same.update(status=Status.FAILED, error=error.format(times=run.attempt), finished_at=timezone.now())
        )
    if not same.update(attempt=F("attempt") + 1, heartbeat_at=timezone.now()):
        return False
    logger.warning("run %s of %s lost its trainer; attempt %d is queued", run.pk, run.persona.slug, run.attempt + 1)
    transaction.on_commit(lambda: celery.send_task(contracts.RESUME_RUN, args=[run.pk, run.attempt + 1]))
    return True


def run_take_up(*, run_id: int, attempt: int) -> TrainingRun | None:
    """The run, for the trainer that takes it up again. None where it has ended or was given to yet another one."""
    mine = TrainingRun.objects.filter(pk=run_id, attempt=attempt, status=Status.RUNNING)
    if not mine.update(heartbeat_at=timezone.now()):
        return None
    return TrainingRun.objects.select_related("persona").get(pk=run_id)


def run_finish_promoted(*, run: TrainingRun, candidate: AdapterVersion, gate_report: Mapping[str, Any]) -> None:
    """The candidate passed the gate: it becomes the champion in the same transaction. Raises RunLost."""
    with transaction.atomic():
        _finish(run, Status.PROMOTED, candidate=candidate, gate_report=dict(gate_report))
        champion_promote(persona=run.persona, version=candidate, reason=Reason.GATE)


def run_finish_candidate(*, run: TrainingRun, candidate: AdapterVersion, gate_report: Mapping[str, Any]) -> None:
    """The candidate passed the gate, and visitors are to compare it with the champion first. Raises RunLost."""
    with transaction.atomic():
        reason = _("후보로 두고 현재 버전과 견줍니다. 표를 보고 올려 주세요.")
        _finish(run, Status.CANDIDATE, candidate=candidate, gate_report=dict(gate_report), reason=reason)
        candidate_stand(version=candidate)


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
    _write(run, status=status, finished_at=timezone.now(), progress=run.progress, **values)
    run.refresh_from_db()


@transaction.atomic
def _write(run: TrainingRun, **values: Any) -> None:
    mine = TrainingRun.objects.filter(pk=run.pk, status=Status.RUNNING, attempt=run.attempt)
    if not mine.update(**values):
        raise RunLost(f"Run {run.pk} of {run.persona.slug} was cancelled, or given up for dead and taken over.")
    RunEvent.objects.bulk_create(run.unwritten)
    run.unwritten.clear()


def _event(run: TrainingRun, progress: Mapping[str, Any]) -> RunEvent:
    known = ("stage", "step", "steps")
    figures = {name: value for name, value in progress.items() if name not in known}
    return RunEvent(
        run=run, at=timezone.now(), figures=figures, **{name: progress[name] for name in known if name in progress}
    )
