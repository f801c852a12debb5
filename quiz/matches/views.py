"""The page of a match, its picture, and the two ways to make and to remove one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from config.visitors import existing_visitor_id
from quiz.cards import store
from quiz.cards.answers import picture_address, picture_response
from quiz.errors import MatchRefused
from quiz.matches.selectors import Pair, pair_behind
from quiz.matches.services import match_delete, match_make
from quiz.selectors import latest_result, shared_result


@require_POST
def make(request: HttpRequest, token: str) -> HttpResponse:
    """Match the result behind a link with one's own latest of the same test; without one, take the test first."""
    others = shared_result(token)
    if others is None:
        raise Http404
    slug = others.attempt.quiz.slug
    own = latest_result(slug=slug, visitor_id=existing_visitor_id(request))
    if own is None:
        return redirect(f"{reverse('quiz:start', args=[slug])}?with={token}")
    try:
        return redirect("quiz:match", match_make(own=own, others=others).token)
    except MatchRefused:
        return redirect("quiz:result", token)


@never_cache
@require_safe
def match(request: HttpRequest, token: str) -> HttpResponse:
    """The match behind a link: the same for everyone, with other buttons for the two whose it is.

    Neither result's own link is on it: whoever shared one gave it to this friend, and not to their friends.
    """
    pair = _pair(token)
    address = request.build_absolute_uri(request.path)
    context = {
        "pair": pair,
        "quiz": pair.quiz,
        "sides": [(result, f"characters/{result.type.kind}.svg.html") for result in pair.results],
        "own": pair.own_result(existing_visitor_id(request)),
        "link": address,
        "card": picture_address(f"{address}card.png", store.match_words_of(pair)),
    }
    return render(request, "quiz/match.html", context)


@require_safe
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """The match as a picture for link previews."""
    pair = _pair(token)
    return picture_response(request, lambda: store.match_words_of(pair), store.match_png)


@require_POST
def delete(request: HttpRequest, token: str) -> HttpResponse:
    """Either of the two takes the match off the site."""
    pair = _pair(token)
    own = pair.own_result(existing_visitor_id(request))
    if own is None:
        raise Http404
    match_delete(match=pair.match)
    return redirect("quiz:result", own.token)


def _pair(token: str) -> Pair:
    pair = pair_behind(token)
    if pair is None:
        raise Http404
    return pair
