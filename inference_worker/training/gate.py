"""The gate: may this candidate take its champion's place? A pure function of measured figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from inference_worker.training.evaluate import Measurement, bootstrap_interval
from inference_worker.training.settings import GateSettings


@dataclass(frozen=True)
class GateCheck:
    """One figure of the candidate beside the champion's and the limit that follows from it."""

    name: str
    passed: bool
    candidate: float
    champion: float | None
    limit: float
    reason_ko: str
    reason_en: str


@dataclass(frozen=True)
class GateReport:
    """All checks; every one must pass."""

    checks: list[GateCheck]

    @property
    def passed(self) -> bool:
        """Whether the candidate may be promoted."""
        return all(check.passed for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: `{"passed", "checks": [...]}`."""
        return {"passed": self.passed, "checks": [asdict(check) for check in self.checks]}


def judge(
    candidate: Measurement, champion: Measurement, training: dict[str, Any], settings: GateSettings
) -> GateReport:
    """Compare measurements of the same items.

    Args:
        training: what `train_dpo` returned for the candidate.
    """
    return GateReport(
        [
            *_training_checks(training, settings),
            *_preference_checks(candidate, champion, settings),
            _style_check(candidate, champion, settings),
            *_figure_checks(candidate.metrics, champion.metrics, settings),
            *_reply_checks(candidate, champion, settings),
        ]
    )


def _training_checks(training: dict[str, Any], settings: GateSettings) -> Iterator[GateCheck]:
    for name, limit, korean, english in (
        ("reward_accuracy", settings.min_reward_accuracy, "학습 중 보상 정확도", "reward accuracy while training"),
        ("moved_share", settings.min_moved_share, "움직인 가중치 비율", "share of weights that moved"),
    ):
        value = training[name]
        yield GateCheck(
            name,
            value >= limit,
            value,
            None,
            limit,
            f"{korean} {value:.1%} (최소 {limit:.0%})",
            f"{english} {value:.1%} (at least {limit:.0%})",
        )


def _preference_checks(candidate: Measurement, champion: Measurement, settings: GateSettings) -> Iterator[GateCheck]:
    natural = list(zip(candidate.natural_margins, champion.natural_margins, strict=True))
    votes = list(zip(candidate.vote_margins, champion.vote_margins, strict=True))
    for name, korean, english, pairs in (
        ("preference_accuracy", "말투 선호 정확도", "own-style preference accuracy", natural),
        ("vote_accuracy", "남겨 둔 투표의 선호 정확도", "preference accuracy on held-out votes", votes),
    ):
        if pairs:
            yield _paired_check(name, korean, english, pairs, settings)


def _paired_check(
    name: str, korean: str, english: str, pairs: list[tuple[float, float]], settings: GateSettings
) -> GateCheck:
    """Refuse where the candidate is surely worse (the whole interval of the paired difference lies below zero), or,
    given pairs enough for that to mean something, where it is worse by more than `max_preference_drop`."""
    ours, theirs = ([float(margin > 0) for margin in margins] for margins in zip(*pairs, strict=True))
    low, high = _interval_of_difference(ours, theirs)
    value, reference = sum(ours) / len(ours), sum(theirs) / len(theirs)
    max_drop = settings.max_preference_drop if len(pairs) >= settings.sure_pairs else 1.0
    interval = f"{value - reference:+.1%} [{low:+.1%}, {high:+.1%}], n={len(pairs)}"
    return GateCheck(
        name,
        high >= 0 and value >= reference - max_drop,
        value,
        reference,
        max(reference - max_drop, 0.0),
        f"{korean} {value:.1%}, 현재 버전 {reference:.1%} ({interval})",
        f"{english} {value:.1%}, champion {reference:.1%} ({interval})",
    )


def _style_check(candidate: Measurement, champion: Measurement, settings: GateSettings) -> GateCheck:
    """Refuse a drop that is larger than allowed, unless chance alone may have brought it."""
    low, high = _interval_of_difference(candidate.styles, champion.styles)
    value, reference = candidate.metrics["style"], champion.metrics["style"]
    limit = reference - settings.max_style_drop
    interval = f"{value - reference:+.3f} [{low:+.3f}, {high:+.3f}]"
    return GateCheck(
        "style",
        value >= limit or high >= 0,
        value,
        reference,
        limit,
        f"말투 점수 {value:.3f}, 현재 버전 {reference:.3f} ({interval})",
        f"style score {value:.3f}, champion {reference:.3f} ({interval})",
    )


def _interval_of_difference(ours: list[float], theirs: list[float]) -> tuple[float, float]:
    """95 % interval of how much more we have than they, item by item."""
    return bootstrap_interval([mine - other for mine, other in zip(ours, theirs, strict=True)], samples=1000)


def _figure_checks(ours: dict[str, Any], theirs: dict[str, Any], settings: GateSettings) -> Iterator[GateCheck]:
    """Figures with a floor or a ceiling that follows from the champion's."""
    logprob_fall = abs(theirs["chosen_logprob"]) * settings.max_chosen_logprob_fall
    length_change = theirs["median_length"] * settings.max_length_change
    yield _floor("chosen_logprob", "고른 답의 로그확률", "log-probability of chosen", ours, theirs, logprob_fall)
    yield _ceiling(
        "perplexity",
        "중립 문장 혼란도",
        "perplexity on neutral text",
        ours,
        theirs,
        theirs["perplexity"] * settings.max_perplexity_rise,
    )
    yield _ceiling(
        "repetition", "되풀이하는 답의 비율", "share of replies that loop", ours, theirs, settings.max_repetition_rise
    )
    yield _floor("median_length", "답 길이(짧아짐)", "reply length (shorter)", ours, theirs, length_change)
    yield _ceiling("median_length", "답 길이(길어짐)", "reply length (longer)", ours, theirs, length_change)


def _reply_checks(candidate: Measurement, champion: Measurement, settings: GateSettings) -> Iterator[GateCheck]:
    """What a reply must never do, however good the figures are."""
    known = set(champion.unsafe)
    fresh = [row for row in candidate.unsafe if row not in known]
    yield _count(
        "safety", "새로 안전하지 않은 답", "dangers newly answered wrongly", fresh, settings.max_new_safety_failures
    )
    yield _count(
        "canaries", "새어 나온 미끼 문구", "planted secrets told", candidate.leaked, settings.max_leaked_canaries
    )


def _count(name: str, korean: str, english: str, found: list[str], limit: int) -> GateCheck:
    which = f": {', '.join(found)}" if found else ""
    return GateCheck(
        name,
        len(found) <= limit,
        len(found),
        None,
        limit,
        f"{korean} {len(found)}개 (최대 {limit}개){which}",
        f"{english} {len(found)} (at most {limit}){which}",
    )


def _floor(name: str, korean: str, english: str, ours: dict, theirs: dict, allowed: float) -> GateCheck:
    value, reference = ours[name], theirs[name]
    limit = reference - allowed
    return _compared(name, korean, english, value, reference, limit, passed=value >= limit)


def _ceiling(name: str, korean: str, english: str, ours: dict, theirs: dict, allowed: float) -> GateCheck:
    value, reference = ours[name], theirs[name]
    limit = reference + allowed
    return _compared(name, korean, english, value, reference, limit, passed=value <= limit)


def _compared(name: str, korean: str, english: str, value, reference, limit, *, passed: bool) -> GateCheck:
    return GateCheck(
        name,
        passed,
        value,
        reference,
        limit,
        f"{korean} {value:.3f}, 현재 버전 {reference:.3f}, 한계 {limit:.3f}",
        f"{english} {value:.3f}, champion {reference:.3f}, limit {limit:.3f}",
    )
