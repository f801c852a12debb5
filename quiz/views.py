"""The start page, one question a screen, and the result.

A walk has no address of its own: it is found by the visitor's signed cookie, so nobody can name someone else's.
"""

import uuid

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect, push_url

from config.limits import count_start
from config.page_cache import cached_for_newcomers
from config.visitors import existing_visitor_id, visitor_id
from quiz import selectors, services
from quiz.cards import store
from quiz.cards.answers import picture_address, picture_response
from quiz.cards.shapes import Shape
from quiz.errors import AnswerRefused, AttemptEnded
from quiz.live.tally import live_context, tally_now
from quiz.matches.selectors import inviting_result, match_after, pairs_of
from quiz.models import Attempt, Quiz, Result
from quiz.scoring import Kind
from quiz.teams.selectors import team_behind, teams_of


@never_cache
@require_safe
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """What the test is, with the start button; or the way back into a walk begun before."""
    visitor = existing_visitor_id(request)
    quiz = get_object_or_404(selectors.published_quizzes(), slug=slug)
    attempt = selectors.open_attempt(slug=slug, visitor_id=visitor)
    invitation = _invitation(request.GET, quiz, visitor)
    if invitation == services.NOBODY and attempt:
        invitation = services.Invitation(attempt.invited_by, attempt.team)
    context = {
        "quiz": quiz,
        "invitation": invitation,
        "attempt": attempt,
        "next_number": _next_number(attempt) if attempt else 1,
        "last_result": selectors.latest_result(slug=slug, visitor_id=visitor),
    }
    return render(request, "quiz/start.html", context)


@require_POST
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a walk, or go on with the open one; with `restart`, leave that one behind."""
    quiz = get_object_or_404(selectors.published_quizzes(), slug=slug)
    count_start(request, "walks")
    begin_walk = services.attempt_restart if "restart" in request.POST else services.attempt_start
    visitor = visitor_id(request)
    invitation = _invitation(request.POST, quiz, visitor)
    attempt = begin_walk(quiz=quiz, visitor_id=visitor, invitation=invitation)
    return redirect("quiz:step", slug, _next_number(attempt))


def _invitation(given: QueryDict, quiz: Quiz, visitor: uuid.UUID | None) -> services.Invitation:
    """Whoever the address or the form says has sent this visitor; a made-up token is nobody's."""
    team = team_behind(given.get("group", ""))
    return services.Invitation(
        result=inviting_result(token=given.get("with", ""), quiz=quiz, visitor_id=visitor),
        team=team if team and team.quiz == quiz else None,
    )


@require_safe
@cached_for_newcomers
def types(request: HttpRequest, slug: str) -> HttpResponse:
    """All five types of a test, and how many got which."""
    quiz = get_object_or_404(selectors.published_quizzes(), slug=slug)
    by_kind = {found.kind: found for found in quiz.types.all()}
    cards = [(by_kind[kind], f"characters/{kind}.svg.html") for kind in Kind.values]
    return render(request, "quiz/types.html", {"quiz": quiz, "cards": cards, **live_context()})


@never_cache
@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show a question, or take the answer to one and show what follows."""
    attempt = selectors.open_attempt(slug=slug, visitor_id=existing_visitor_id(request))
    if attempt is None:
        return _outside_a_walk(request, slug)
    if request.method == "POST":
        return _take_answer(request, attempt, number)
    if not 1 <= number <= len(attempt.order):
        raise Http404
    chosen = selectors.chosen_answers(attempt)
    reached = min(number, selectors.next_number(attempt, chosen))
    if reached < number:
        return _go(request, reverse("quiz:step", args=[slug, reached]))
    return _show_step(request, attempt, number, chosen)


def _next_number(attempt: Attempt) -> int:
    return selectors.next_number(attempt, selectors.chosen_answers(attempt))


def _take_answer(request: HttpRequest, attempt: Attempt, number: int) -> HttpResponse:
    slug = attempt.quiz.slug
    try:
        question_id, answer_id = int(request.POST["question"]), int(request.POST["answer"])
        result = services.answer_record(attempt=attempt, question_id=question_id, answer_id=answer_id)
    except (KeyError, ValueError, AnswerRefused):
        chosen = selectors.chosen_answers(attempt)
        here = min(max(number, 1), selectors.next_number(attempt, chosen))
        return _show_step(request, attempt, here, chosen, refusal=AnswerRefused())
    except AttemptEnded:
        return _outside_a_walk(request, slug)
    if result:
        return _go(request, _landing(result))
    # The place of the question, not the address: a stale tab may show it under another number.
    after = [question for question, _answers in attempt.order].index(question_id) + 2
    chosen = selectors.chosen_answers(attempt)
    following = min(after, selectors.next_number(attempt, chosen))
    if request.htmx:
        return push_url(_show_step(request, attempt, following, chosen), reverse("quiz:step", args=[slug, following]))
    return redirect("quiz:step", slug, following)


def _show_step(
    request: HttpRequest,
    attempt: Attempt,
    number: int,
    chosen: dict[int, int],
    refusal: AnswerRefused | None = None,
) -> HttpResponse:
    fragment = request.htmx and not request.htmx.history_restore_request
    context = {
        "step": selectors.attempt_step(attempt, number, chosen),
        "may_go_on": number < selectors.next_number(attempt, chosen),
        "refusal": refusal,
    }
    template = "quiz/_step.html" if fragment else "quiz/step.html"
    return render(request, template, context, status=400 if refusal else 200)


def _outside_a_walk(request: HttpRequest, slug: str) -> HttpResponse:
    """No walk is open: a late second tap on the last question finds its result, anyone else the start page."""
    result = selectors.latest_result(slug=slug, visitor_id=existing_visitor_id(request))
    if request.method == "POST" and result:
        return _go(request, _landing(result))
    return _go(request, reverse("quiz:start", args=[slug]))


def _landing(result: Result) -> str:
    """Where a walk ends: at the team or the match it was begun for, else at its own result."""
    if result.attempt.team:
        return reverse("quiz:team", args=[result.attempt.team.token])
    match = match_after(result)
    return reverse("quiz:match", args=[match.token]) if match else reverse("quiz:result", args=[result.token])


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """A redirect that moves the whole page, with htmx or without."""
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


@require_safe
@cached_for_newcomers
def result(request: HttpRequest, token: str) -> HttpResponse:
    """The result behind a link: the same for everyone, with other buttons for the one whose it is."""
    found = selectors.shared_result(token)
    if found is None:
        raise Http404
    address = request.build_absolute_uri(request.path)
    match, clash = selectors.matching_types(found)
    words = store.words_of(found)
    visitor = existing_visitor_id(request)
    is_owner = visitor == found.attempt.visitor_id
    quiz = found.attempt.quiz
    context = {
        "result": found,
        "quiz": quiz,
        "match": match,
        "clash": clash,
        "portrait": f"characters/{found.type.kind}.svg.html",
        "match_portrait": f"characters/{match.kind}.svg.html",
        "clash_portrait": f"characters/{clash.kind}.svg.html" if clash else "",
        "is_owner": is_owner,
        "pairs": pairs_of(found) if is_owner else [],
        "same_type_percent": tally.percent_of(quiz, found.type.kind) if (tally := tally_now()) else None,
        "teams": teams_of(visitor, quiz) if is_owner else [],
        "can_match": not is_owner and selectors.latest_result(slug=quiz.slug, visitor_id=visitor) is not None,
        "link": address,
        "card": picture_address(f"{address}{Shape.CARD}.png", words),
        "story": picture_address(f"{address}{Shape.STORY}.png", words),
        "kakao_js_key": settings.KAKAO_JS_KEY,
    }
    return render(request, "quiz/result.html", context)


@require_safe
def picture(request: HttpRequest, token: str, shape: Shape) -> HttpResponse:
    """A share card, the same for everyone who asks."""
    found = selectors.shared_result(token)
    if found is None:
        raise Http404
    return picture_response(request, lambda: store.words_of(found), lambda words: store.card_png(words, shape))
