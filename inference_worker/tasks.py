"""Celery tasks: thin wrappers between the services of `personas` and the engine or the training functions.

On the way of a reply this is the only file of the worker that touches the ORM. torch is imported inside the tasks that
need it, since beat reads this file too.
"""

import logging
import threading
from dataclasses import replace
from datetime import date
from functools import lru_cache

import redis
from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from inference_worker import contracts
from inference_worker.adapter_files import read_manifest
from inference_worker.processor_rank import let_other_services_go_first, let_the_chat_go_first
from inference_worker.reply_log import ReplyLog, ReplyOvertaken
from inference_worker.turn_taking import turn_taking
from personas import retraining
from personas.care.services import reply_care, stand_in
from personas.chat import reply_lifecycle as replies
from personas.chat.exemplar_ids import PAIR
from personas.chat.selectors import replies_are_active
from personas.curation.exemplars import exemplar_rows_live
from personas.effects import services as effects
from personas.effects.selectors import effect_waiting
from personas.knowledge.services import reply_facts_note
from personas.registry import runs, side_by_side
from personas.registry import services as registry
from personas.registry.models import AdapterVersion
from personas.registry.runs import RunAlreadyRunning
from personas.registry.selectors import move_get, personas_active
from personas.voting.unasked import pair_call_off

REDRAWS = 2  # of a reply that says what it must not, before a written one stands in

logger = logging.getLogger(__name__)


@shared_task(name=contracts.GENERATE_REPLY)
def generate_reply(reply_id: str, attempt: int) -> None:
    """Write one reply: claim it, generate into its stream, save the text, and only then announce the end.

    Whoever is in danger or in care gets an answer that people wrote, and so do questions about this site; the model is
    not asked.
    """
    job = replies.reply_start(reply_id=reply_id, attempt=attempt)
    if job is None:
        return  # another worker has it, or it was stopped while it waited
    try:
        log, outcome = _written(job)
    except ReplyOvertaken:
        logger.info("reply %s was taken over from attempt %d", reply_id, attempt)
        return
    saved = replies.reply_finish(
        reply_id=reply_id,
        attempt=log.attempt,
        text=outcome.text,
        status=outcome.status,
        tokens=outcome.tokens,
        error=outcome.error,
    )
    if saved:
        log.close(outcome.status)


def _written(job: replies.ReplyJob):
    """The reply's log and how it ended: given by people, or by the engine, drawn again where it said what it must not.

    Words that were read already are replaced, as a later attempt replaces an earlier one. Raises ReplyOvertaken.
    """
    from inference_worker.generation import write_given, write_reply

    log = ReplyLog(redis_client(), job.reply_id, job.attempt)
    if given := _caring_answer(job) or _answer_from_facts(job):
        return log, write_given(log, given)
    adapters = pinned_adapters(job.adapters)
    messages = _messages(job, adapters)
    for draw in range(1 + REDRAWS):
        sampling = replace(job.sampling, seed=job.sampling.seed + draw)
        outcome = write_reply(engine(), log, messages, adapters, sampling)
        if not outcome.fault:
            return log, outcome
        log = _log_anew(job.reply_id, log)
    return log, write_given(log, stand_in(persona=job.persona, fault=outcome.fault))


def _log_anew(reply_id: str, log: ReplyLog) -> ReplyLog:
    attempt = replies.reply_draw_again(reply_id=reply_id, attempt=log.attempt) if log.text else log.attempt
    if attempt is None:
        raise ReplyOvertaken
    return ReplyLog(redis_client(), reply_id, attempt)


def _caring_answer(job: replies.ReplyJob) -> str | None:
    answer = reply_care(reply_id=job.reply_id)
    if answer:
        pair_call_off(reply_id=job.reply_id)  # someone in danger is not asked which answer is nicer
    return answer


def _answer_from_facts(job: replies.ReplyJob) -> str | None:
    """The written answer to a question about this site, where the base is the small one that cannot use what it reads:
    of a fact that it was told, less than a fifth of the words came back (`manage.py measure_site_facts --model`)."""
    if job.facts is None or settings.BASE_MODEL:
        return None
    reply_facts_note(reply_id=job.reply_id, given=job.facts, is_verbatim=True)
    return job.facts.answer


def _messages(job: replies.ReplyJob, adapters: list) -> list[dict[str, str]]:
    """What the model reads. The written style stands in only where no adapter carries it; facts, where asked for."""
    told = [job.style_prompt] if job.style_prompt and not job.adapters else []
    if job.facts is not None:
        reply_facts_note(reply_id=job.reply_id, given=job.facts, is_verbatim=False)
        told.append(job.facts.context)
    spoken = _with_exemplars(job, adapters)
    return [{"role": "system", "content": "\n\n".join(told)}, *spoken] if told else spoken


def _with_exemplars(job: replies.ReplyJob, adapters: list) -> list[dict[str, str]]:
    """The talk with the exchanges nearest to its newest message, where the versions that speak learned to read them."""
    from inference_worker.prompting import asked_of, reads_exemplars

    if not reads_exemplars(adapters):
        return job.messages
    asked = asked_of(adapters, job.known, now=timezone.localtime(), seed=job.sampling.seed)
    composition = composer().compose(job.messages, asked)
    seen = [
        {"id": one.id, "persona": one.persona, "said": one.said, "reply": one.reply} for one in composition.exemplars
    ]
    replies.reply_exemplars_note(reply_id=job.reply_id, attempt=job.attempt, exemplars=seen)
    return composition.messages


def pinned_adapters(pins: list) -> list:
    """Files of the adapter versions in a reply's `[[version id, weight], ...]`."""
    from inference_worker.reply_engine import PinnedAdapter

    versions = AdapterVersion.objects.select_related("persona").in_bulk([version_id for version_id, _ in pins])
    return [
        PinnedAdapter(versions[version_id].label, settings.BASE_DIR / versions[version_id].path, weight)
        for version_id, weight in pins
    ]


@shared_task(name=contracts.GREET_CHAMPION)
def greet_champion(move_id: int) -> None:
    """Load a new champion before a visitor needs it, have it speak once, and note when it had."""
    from inference_worker.side_by_side import answer

    move = move_get(pk=move_id)
    if move is None or move.version is None:
        return
    greeting = (move.persona.starters or ["안녕?"])[0]
    text, error = answer(engine(), greeting, pinned_adapters([[move.version_id, 1.0]]), move.persona.sampling)
    if error:
        logger.error("%s has not spoken: %s", move.version, error)
    elif text:
        registry.champion_ready(move=move)


@shared_task(name=contracts.SIDE_BY_SIDE)
def write_side_by_side(side_by_side_id: int) -> None:
    """Have two versions answer an operator's prompts, one prompt after the other."""
    from inference_worker.side_by_side import answer_both

    asked = side_by_side.side_by_side_waiting(pk=side_by_side_id)
    if asked is None:
        return
    pins = [pinned_adapters([[version.pk, 1.0]]) for version in (asked.first, asked.second)]
    for prompt in asked.prompts[len(asked.replies) :]:
        both, error = answer_both(engine(), [{"role": "user", "content": prompt}], pins[0], pins[1])
        if error:
            side_by_side.side_by_side_fail(side_by_side=asked, error=error)
            return
        side_by_side.side_by_side_answer(side_by_side=asked, replies=both)


@shared_task(name=contracts.VOTE_EFFECT)
def write_vote_effect(effect_id: int) -> None:
    """Answer a vote's message as before and as after the version that learned from it."""
    from inference_worker.side_by_side import answer_both

    effect = effect_waiting(pk=effect_id)
    if effect is None:
        return
    pins = [pinned_adapters([[version_id, 1.0]]) for version_id in (effect.move.previous_id, effect.move.version_id)]
    (before, after), error = answer_both(engine(), effect.pair.prompt, pins[0], pins[1])
    if error:
        logger.warning("vote effect %d: %s", effect_id, error)
        effects.effect_fail(effect=effect)
    else:
        effects.effect_write(effect=effect, before=before, after=after)


@shared_task(name=contracts.CANARY)
def answer_canary(nonce: str) -> None:
    """Tell a readiness check that this worker consumes tasks and that its engine can write."""
    from inference_worker.engine import EngineError

    try:
        engine().check()
    except EngineError as error:
        logger.warning("not ready: %s", error)
        return
    key = contracts.canary_key(nonce)
    client = redis_client()
    client.rpush(key, "ok")
    client.expire(key, 60)


@shared_task(name=contracts.RETRY_STALLED_REPLIES)
def retry_stalled_replies() -> None:
    """Replies whose worker has died are done again."""
    replies.replies_requeue_stalled()


@shared_task(name=contracts.RETRAIN)
def retrain(persona_slug: str, trigger: str = "admin", night: str = "") -> None:
    """Retrain one persona; the run's row in the admin tells how it went."""
    let_other_services_go_first()
    try:
        retraining.retrain(
            persona_slug=persona_slug,
            trigger=trigger,
            night=date.fromisoformat(night) if night else None,
            train=train_candidate,
        )
    except RunAlreadyRunning as error:
        logger.info("%s", error)


@shared_task(name=contracts.RETRAIN_ALL)
def retrain_all() -> None:
    """The schedule's word that it is night: every active persona gets its run."""
    retraining.nightly_request()


@shared_task(name=contracts.RESUME_RUN)
def resume_run(run_id: int, attempt: int) -> None:
    """Take up a run whose trainer has died."""
    let_other_services_go_first()
    retraining.resume(run_id=run_id, attempt=attempt, train=train_candidate)


@shared_task(name=contracts.RESUME_LOST_RUNS)
def resume_lost_runs() -> None:
    """Runs whose trainer has died are taken up again."""
    runs.runs_resume_lost()


def train_candidate(request: retraining.CandidateRequest) -> retraining.CandidateOutcome:
    """Train and judge a candidate for `personas.retraining`, which knows no torch."""
    from inference_worker.base_model import resolve_base_model
    from inference_worker.training import pipeline
    from inference_worker.training.settings import TrainingSettings

    let_the_chat_go_first()
    recipe, progress = TrainingSettings(), request.progress
    if settings.TRAINING_GPU == "turns":
        progress = turn_taking(progress, replies_are_active)
    result = pipeline.train_candidate(
        persona_slug=request.persona_slug,
        sft_adapter=request.sft_adapter,
        champion=request.champion,
        pairs_file=request.pairs_file,
        output=request.output,
        checkpoints=request.checkpoints,
        base=resolve_base_model(settings.BASE_MODEL, cache=settings.BASE_MODEL_CACHE),
        settings=replace(recipe, dpo=replace(recipe.dpo, min_pairs=settings.MIN_TRAINING_PAIRS)),
        quantization=settings.QUANTIZATION,
        device="cpu" if settings.TRAINING_GPU == "never" else None,
        progress=progress,
    )
    return retraining.CandidateOutcome(
        folder=result.folder,
        manifest=read_manifest(result.folder),
        metrics=result.metrics,
        gate_report=result.gate_report,
    )


@lru_cache(maxsize=1)
def redis_client() -> redis.Redis:
    """This process's connection pool. Short time-outs: a reply goes on while Redis is away."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1)


@lru_cache(maxsize=1)
def composer():
    """This process's composer of prompts, made on first use."""
    from inference_worker.prompting import ComposerInUse, load_composer

    def load():
        return load_composer(settings.BASE_MODEL_CACHE, reads_talk=bool(settings.BASE_MODEL))

    return ComposerInUse(load, live=_exchanges_of_the_desk)


def _exchanges_of_the_desk():
    """What curators let in now. A pair's wordings are its visitor's own words."""
    from inference_worker.exemplars.exchanges import Exchange

    return [
        Exchange(row.id, row.wordings, row.replies, is_private=row.id.startswith(f"{PAIR}-"))
        for row in exemplar_rows_live()
    ]


def engine(*, exact: bool = False):
    """This process's engine, made on first use; the trainer never asks for it. With ENGINE_URL, a server computes.

    `exact` asks for the base's weights unrounded where QUANTIZATION leaves the choice: for figures, not for people.
    """
    if settings.ENGINE_URL:
        from inference_worker.remote import remote_engine

        return remote_engine(
            url=settings.ENGINE_URL,
            base_model=settings.BASE_MODEL,
            cache=settings.BASE_MODEL_CACHE,
            slots=settings.REPLY_SLOTS,
        )
    from inference_worker.resident import resident

    return resident(
        base_model=settings.BASE_MODEL,
        cache=settings.BASE_MODEL_CACHE,
        quantization="none" if exact and settings.QUANTIZATION == "auto" else settings.QUANTIZATION,
        slots=settings.REPLY_SLOTS,
    )


@worker_ready.connect
def load_engine_early(sender, **kwargs) -> None:
    """Load the model when the worker starts, so that the first visitor does not wait for it."""
    if "generate" in sender.app.amqp.queues.consume_from:
        threading.Thread(target=_load_engine, name="load-engine", daemon=True).start()


def _load_engine() -> None:
    serve_own_metrics()
    # Champions trained on another base cannot be served: this process alone knows which base it has.
    registry.champions_fit_base(base_hash=engine().base.hash)
    _load_composer_early()
    close_old_connections()


def _load_composer_early() -> None:
    """Load what exemplars are looked up with, where a persona's champion reads any."""
    from inference_worker.prompting import reads_exemplars

    champions = [persona.champion_id for persona in personas_active() if persona.champion_id]
    if any(reads_exemplars(pinned_adapters([[version_id, 1.0]])) for version_id in champions):
        composer().ready()


def serve_own_metrics():
    """Open this worker's `/metrics`. The engine's figures are there once it is loaded; a scrape never loads it."""
    from inference_worker.metrics_page import serve_metrics
    from inference_worker.resident import figures

    return serve_metrics(settings.ENV["BIND"], settings.WORKER_METRICS_PORT, figures)
