"""The counters as pages show them: read once a second for a whole process, however many pages and sockets ask."""

import logging
from dataclasses import dataclass

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils import translation
from redis.exceptions import RedisError

from quiz.live import counters
from quiz.models import Quiz
from quiz.scoring import Kind, whole_percents
from quiz.selectors import published_quizzes

SNAPSHOT_SECONDS = 1.0
# Shares of fewer walks change with every one, and might tell who it was.
ENOUGH_FOR_SHARES = 20

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Share:
    """A kind's share of a test's results, with its place on a bar from 0 to 100."""

    kind: Kind
    percent: int
    start: int

    @property
    def middle(self) -> float:
        """Where its figure stands."""
        return self.start + self.percent / 2


@dataclass(frozen=True)
class Tally:
    """Finished walks of all tests, and their types; walks that nobody could have read are left out."""

    everything: counters.Counts
    of_today: counters.Counts

    @property
    def total(self) -> int:
        return sum(self.everything.values())

    @property
    def today(self) -> int:
        return sum(self.of_today.values())

    def shares(self, quiz: Quiz) -> list[Share]:
        """What each kind's part in a test is, summing to 100; none while there are too few."""
        counts = [self.everything.get((quiz.pk, kind.value), 0) for kind in list(Kind)]
        if sum(counts) < ENOUGH_FOR_SHARES:
            return []
        percents = whole_percents(counts)
        return [Share(kind, percents[at], sum(percents[:at])) for at, kind in enumerate(Kind)]

    def percent_of(self, quiz: Quiz, kind: str) -> int | None:
        """The share of one kind; None while there are too few."""
        return next((share.percent for share in self.shares(quiz) if share.kind == kind), None)


def tally_now() -> Tally | None:
    """The newest snapshot; None where Redis doesn't answer, and pages leave the figures out."""
    kept = cache.get("tally")
    if kept is None:
        kept = _read()
        cache.set("tally", kept or "", SNAPSHOT_SECONDS)
    return kept or None


def _read() -> Tally | None:
    try:
        counts = counters.read()
    except RedisError as error:
        logger.warning("no live figures: %s", error)
        return None
    return Tally(*counts) if counts else None


def live_html(language: str) -> str:
    """The live part of the landing page in this language; for sockets, rendered once a second."""
    name = f"live-{language}"
    html = cache.get(name)
    if html is None:
        with translation.override(language):
            html = render_to_string("quiz/_live.html", live_context())
        cache.set(name, html, SNAPSHOT_SECONDS)
    return html


def live_context() -> dict:
    """What `quiz/_live.html` shows."""
    tally = tally_now()
    spreads = [(quiz, tally.shares(quiz)) for quiz in published_quizzes()] if tally else []
    return {"tally": tally, "spreads": [(quiz, shares) for quiz, shares in spreads if shares]}
