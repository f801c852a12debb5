"""Measuring an adapter. The same items for everyone who is compared."""

from __future__ import annotations

import random
import re
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from inference_worker.training.canaries import Canary, leaked
from inference_worker.training.progress import Progress, silent
from inference_worker.training.relevance import relevance
from inference_worker.training.replies import MeasuredReply, describe, generate_greedily
from inference_worker.training.rows import ChatRow, Message, PreferenceRow, natural_pairs, sample_rows
from inference_worker.training.safety import is_safe
from inference_worker.training.scoring import ReplyScore, perplexity, score_replies
from inference_worker.training.seed_data import SeedData
from inference_worker.training.settings import EvaluationSettings
from inference_worker.training.style import StyleClassifier, train_style_classifier

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


_Scores = tuple[ReplyScore, ReplyScore]  # of the chosen reply and the rejected one


@dataclass(frozen=True)
class EvaluationSet:
    """What is measured on: held-out natural pairs, held-out votes, neutral sentences, prompts to answer, and the
    classifier that judges the answers' style (its own accuracy on held-out rows beside it).

    `exchanges` (for relevance) are filled for the record, not every night; `canaries` the other way round.
    """

    natural: list[PreferenceRow]
    neutral: list[str]
    prompts: list[list[Message]]
    style: StyleClassifier
    style_accuracy: float
    votes: list[PreferenceRow] = field(default_factory=list)
    exchanges: list[ChatRow] = field(default_factory=list)
    safety: list[ChatRow] = field(default_factory=list)
    canaries: list[Canary] = field(default_factory=list)

    def after(self, preamble: list[Message]) -> EvaluationSet:
        """The same items with these messages before every prompt: a style in words, or examples."""
        return replace(
            self,
            natural=[replace(pair, prompt=(*preamble, *pair.prompt)) for pair in self.natural],
            votes=[replace(pair, prompt=(*preamble, *pair.prompt)) for pair in self.votes],
            prompts=[[*preamble, *prompt] for prompt in self.prompts],
            exchanges=[replace(row, messages=(*preamble, *row.messages)) for row in self.exchanges],
            safety=[replace(row, messages=(*preamble, *row.messages)) for row in self.safety],
        )


@dataclass(frozen=True)
class Measurement:
    """`metrics` is for manifests and reports. The rest allows a comparison item by item: the margins (log-probability
    of chosen minus rejected, one per pair, in the set's order), the style score of each reply, the ids of the safety
    rows whose reply failed, and of the canaries whose secret came back in any reply."""

    metrics: dict[str, Any]
    natural_margins: list[float]
    vote_margins: list[float]
    styles: list[float] = field(default_factory=list)
    unsafe: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)


def _build_set(data: SeedData, slug: str, split: str, prompts: int) -> EvaluationSet:
    """What the record and the nights share: one split's pairs, prompts and dangers, and the classifier.

    Raises:
        RowError: a file cannot be read.
    """
    own_rows, other_rows = (data.persona_rows(name) for name in (slug, data.other_than(slug)))
    held_own, held_other = _of(own_rows, split), _of(other_rows, split)
    style = train_style_classifier(*(_replies(_of(rows, "train")) for rows in (own_rows, other_rows)))
    return EvaluationSet(
        natural=natural_pairs(held_own, held_other),
        neutral=data.neutral_sentences(),
        prompts=[row.prompt for row in sample_rows(held_own, prompts, seed=0)],
        style=style,
        style_accuracy=style.accuracy(_replies(held_own), _replies(held_other)),
        safety=data.safety_rows(slug, split),
    )


def build_record_set(data: SeedData, slug: str, prompts: int) -> EvaluationSet:
    """The test split's items of one persona, with those for relevance.

    Raises:
        RowError: a file cannot be read.
    """
    items = _build_set(data, slug, "test", prompts)
    return replace(items, exchanges=data.single_exchanges(slug, "test"))


def build_nightly_set(
    data: SeedData, slug: str, settings: EvaluationSettings, votes: list[PreferenceRow]
) -> EvaluationSet:
    """What a night's candidate and its champion are compared on: the validation split, held-out votes, canaries.

    Raises:
        RowError: a file cannot be read.
    """
    items = _build_set(data, slug, "validation", settings.prompts)
    natural = sample_rows(items.natural, settings.nightly_pairs, seed=0)
    return replace(items, natural=natural, votes=votes, canaries=data.canaries())


def measure(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    items: EvaluationSet,
    settings: EvaluationSettings,
    progress: Progress = silent,
) -> Measurement:
    """Measure the model as it stands, with whatever adapter is active."""
    model.eval()
    progress({"stage": "pairs"})
    natural = score_pairs(model, tokenizer, items.natural, settings)
    votes = score_pairs(model, tokenizer, items.votes, settings)
    metrics = _pair_figures(natural, votes, settings)
    progress({"stage": "replies"})
    started = time.monotonic()
    replies = answer(model, tokenizer, items.prompts, settings, progress)
    seconds = time.monotonic() - started
    styles = [items.style.score(reply.text) for reply in replies]
    metrics |= _reply_figures(items, replies, styles, seconds, settings.samples)
    progress({"stage": "perplexity"})
    metrics["perplexity"] = round(perplexity(model, tokenizer, items.neutral, settings.batch_size), 3)
    if len(items.exchanges) > settings.others:
        progress({"stage": "relevance"})
        metrics["relevance"] = round(
            relevance(model, tokenizer, items.exchanges, others=settings.others, batch_size=settings.batch_size), 4
        )
    progress({"stage": "safety"})
    answers = answer(model, tokenizer, [row.prompt for row in items.safety], settings, progress)
    unsafe = [row.id for row, reply in zip(items.safety, answers, strict=True) if not is_safe(row, reply.text)]
    if items.safety:
        metrics["safety"] = round(1 - len(unsafe) / len(items.safety), 4)
    fished = answer(model, tokenizer, [canary.prompt for canary in items.canaries], settings, progress)
    told = leaked((reply.text for reply in [*replies, *answers, *fished]), items.canaries)
    return Measurement(metrics, margins(natural), margins(votes), styles, unsafe, told)


def _pair_figures(natural: list[_Scores], votes: list[_Scores], settings: EvaluationSettings) -> dict[str, Any]:
    chosen = [score for score, _ in [*natural, *votes]]
    return {
        "preference_accuracy": _accuracy(natural, settings),
        "vote_accuracy": _accuracy(votes, settings) if votes else None,
        "chosen_logprob": round(sum(s.logprob for s in chosen) / sum(s.tokens for s in chosen), 4),
    }


def _reply_figures(
    items: EvaluationSet, replies: list[MeasuredReply], styles: list[float], seconds: float, samples: int
) -> dict[str, Any]:
    return {
        "style": round(sum(styles) / len(styles), 4),
        "style_accuracy": round(sum(score > 0.5 for score in styles) / len(styles), 4),
        "style_classifier_accuracy": round(items.style_accuracy, 4),
        "korean": round(_korean_share([reply.text for reply in replies]), 4),
        "seconds_per_reply": round(seconds / len(replies), 3),
        **describe(replies),
        "samples": [
            {"prompt": prompt[-1]["content"], "reply": reply.text}
            for prompt, reply in list(zip(items.prompts, replies, strict=True))[:samples]
        ],
    }


def answer(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    prompts: list[list[Message]],
    settings: EvaluationSettings,
    progress: Progress = silent,
) -> list[MeasuredReply]:
    """Greedy replies, as everything here measures them."""
    return generate_greedily(
        model,
        tokenizer,
        prompts,
        max_new_tokens=settings.max_new_tokens,
        batch_size=settings.batch_size,
        repetition_penalty=settings.repetition_penalty,
        progress=progress,
    )


def _korean_share(texts: list[str]) -> float:
    """Share of Hangul among the letters."""
    letters = re.findall(r"[^\W\d_]", "".join(texts))
    return sum("가" <= letter <= "힣" or "ㄱ" <= letter <= "ㅣ" for letter in letters) / max(len(letters), 1)


def bootstrap_interval(values: list[float], samples: int, seed: int = 0) -> tuple[float, float]:
    """95 % interval of the mean, by resampling. Deterministic."""
    draw = random.Random(seed)  # noqa: S311  repeatable, not secret
    means = sorted(sum(draw.choices(values, k=len(values))) / len(values) for _ in range(samples))
    return means[int(samples * 0.025)], means[min(int(samples * 0.975), samples - 1)]


def score_pairs(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, rows: list[PreferenceRow], settings: EvaluationSettings
) -> list[_Scores]:
    """How likely each row's two replies are after its prompt."""
    items = [(list(row.prompt), reply) for row in rows for reply in (row.chosen, row.rejected)]
    scores = score_replies(model, tokenizer, items, settings.batch_size) if items else []
    return list(zip(scores[::2], scores[1::2], strict=True))


def margins(pairs: list[_Scores]) -> list[float]:
    """By how many nats each chosen reply is likelier than the rejected one."""
    return [chosen.logprob - rejected.logprob for chosen, rejected in pairs]


def _accuracy(pairs: list[_Scores], settings: EvaluationSettings) -> dict[str, Any]:
    hits = [float(margin > 0) for margin in margins(pairs)]
    low, high = bootstrap_interval(hits, settings.bootstrap_samples)
    return {"value": round(sum(hits) / len(hits), 4), "low": round(low, 4), "high": round(high, 4), "pairs": len(hits)}


def _of(rows: list[ChatRow], split: str) -> list[ChatRow]:
    return [row for row in rows if row.split == split]


def _replies(rows: list[ChatRow]) -> list[str]:
    return [row.reply for row in rows]
