"""Each picture is drawn once. What it shows is its name in the cache, so two people with the same result share it.

A test has at most 101 percentages in two shapes, and a match fifteen pairs of kinds with some fifty scores; a team has
one for each time somebody joined or left: however many links a bot follows, few pictures are ever drawn.
A process draws one at a time, so that a flood takes one thread and pages are answered by the others.
"""

import hashlib
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import caches
from django.utils.translation import get_language

from config.languages import supported
from quiz.cards.drawing import CardWords, draw
from quiz.cards.match_drawing import MatchWords, draw_match
from quiz.cards.shapes import Shape
from quiz.cards.team_drawing import TeamWords, draw_team
from quiz.cards.team_map import TEAM_MAP
from quiz.matches.selectors import Pair
from quiz.models import Result
from quiz.scoring import Kind
from quiz.teams.selectors import TeamView

DESIGN = 1  # raise it when a layout or a sheet changes: messengers keep a picture for as long as its address stays
one_at_a_time = threading.Lock()


def words_of(result: Result) -> CardWords:
    """What this result's cards say, in the language that is on."""
    return CardWords(
        quiz=result.attempt.quiz.shown_title,
        kind=Kind(result.type.kind),
        name=result.type.shown_name,
        headline=result.type.shown_headline,
        saying=next(iter(result.type.shown_how_they_talk.splitlines()), ""),
        egen_percent=result.egen_percent,
        address=_public_address(),
        language=supported(get_language() or ""),
    )


def match_words_of(pair: Pair) -> MatchWords:
    """What the picture of a match says, in the language that is on."""
    first, second = pair.results
    return MatchWords(
        quiz=pair.quiz.shown_title,
        kinds=(Kind(first.type.kind), Kind(second.type.kind)),
        names=(first.type.shown_name, second.type.shown_name),
        title=pair.words.shown_title if pair.words else "",
        score=pair.score,
        language=supported(get_language() or ""),
    )


def team_words_of(view: TeamView) -> TeamWords:
    """What the picture of a team says, in the language that is on."""
    dots = ((*TEAM_MAP.at(row.place.x, row.place.y), Kind(row.member.result.type.kind)) for row in view.rows)
    return TeamWords(
        quiz=view.team.quiz.shown_title,
        name=view.team.name,
        dots=tuple(dots),
        language=supported(get_language() or ""),
    )


def version(words: CardWords | MatchWords | TeamWords) -> str:
    """Changes whenever the pictures would look different."""
    return hashlib.sha256(f"{DESIGN} {words!r}".encode()).hexdigest()[:12]


def card_png(words: CardWords, shape: Shape) -> bytes:
    """The picture as PNG, from the cache or drawn now."""
    return _kept_or_drawn(f"{shape}-{version(words)}", lambda: draw(words, shape))


def match_png(words: MatchWords) -> bytes:
    """The picture of a match as PNG, from the cache or drawn now."""
    return _kept_or_drawn(f"match-{version(words)}", lambda: draw_match(words))


def team_png(words: TeamWords) -> bytes:
    """The picture of a team as PNG, from the cache or drawn now."""
    return _kept_or_drawn(f"team-{version(words)}", lambda: draw_team(words))


def _kept_or_drawn(name: str, make: Callable[[], bytes]) -> bytes:
    return caches["cards"].get(name) or _draw_once(name, make)


def _draw_once(name: str, make: Callable[[], bytes]) -> bytes:
    with one_at_a_time:
        png = caches["cards"].get(name)  # whoever waited at the lock finds it drawn
        if png is None:
            png = make()
            caches["cards"].set(name, png)
        return png


def _public_address() -> str:
    """The host that the site is known by, or nothing on a machine that names none: a story carries no link."""
    return urlsplit(next(iter(settings.CSRF_TRUSTED_ORIGINS), "")).netloc.removeprefix("*.")
