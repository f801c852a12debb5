"""Pictures between pages and browsers: their addresses, their language, and how long they may be kept."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from config.languages import supported
from quiz.cards.drawing import CardWords
from quiz.cards.match_drawing import MatchWords
from quiz.cards.store import version
from quiz.cards.team_drawing import TeamWords

# Under its versioned address a picture never changes; asked for without, it may.
CURRENT_PICTURE_SECONDS = 7 * 24 * 3600
OTHER_PICTURE_SECONDS = 300

Words = TypeVar("Words", CardWords, MatchWords, TeamWords)


def picture_address(address: str, words: CardWords | MatchWords | TeamWords) -> str:
    """Where this picture is; its language is part of that, so that everyone who is given the link sees the same."""
    language = "" if words.language == settings.LANGUAGE_CODE else f"&lang={words.language}"
    return f"{address}?v={version(words)}{language}"


def picture_response(
    request: HttpRequest, words_now: Callable[[], Words], png: Callable[[Words], bytes]
) -> HttpResponse:
    """The picture in the language of its address, whatever the cookie of who asks says."""
    with translation.override(supported(request.GET.get("lang", ""))):
        words = words_now()
    seconds = CURRENT_PICTURE_SECONDS if request.GET.get("v") == version(words) else OTHER_PICTURE_SECONDS
    headers = {"Cache-Control": f"public, max-age={seconds}", "Content-Language": words.language}
    return HttpResponse(png(words), content_type="image/png", headers=headers)
