"""The page of a team, and what its visitors do there. Changes of others come over the socket (consumers.py)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.visitors import existing_visitor_id
from quiz.cards import store
from quiz.cards.answers import picture_address, picture_response
from quiz.errors import QuizError, TeamRefused
from quiz.models import Result, Team
from quiz.selectors import latest_result
from quiz.teams.selectors import member_of, team_behind, team_view
from quiz.teams.services import member_remove, team_delete, team_join, team_make


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest, token: str) -> HttpResponse:
    """Open a team from one's own result."""
    result = get_object_or_404(Result.objects.select_related("attempt__quiz"), token=token)
    if result.attempt.visitor_id != existing_visitor_id(request):
        raise Http404
    refusal = None
    if request.method == "POST":
        name, nickname = request.POST.get("name", ""), request.POST.get("nickname", "")
        try:
            return redirect("quiz:team", team_make(result=result, name=name, nickname=nickname).token)
        except TeamRefused as error:
            refusal = error
    context = {"result": result, "refusal": refusal, "given": request.POST}
    return render(request, "quiz/team_make.html", context, status=400 if refusal else 200)


@never_cache
@require_safe
def team(request: HttpRequest, token: str) -> HttpResponse:
    """Everyone's place, and the form for joining."""
    return _show(request, _team(token))


@require_safe
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """The map as a picture for link previews: dots without names, the same for everyone who asks."""
    view = team_view(_team(token), visitor_id=None)
    return picture_response(request, lambda: store.team_words_of(view), store.team_png)


@require_POST
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Put one's latest result on the map, or move to it."""
    found = _team(token)
    result = latest_result(slug=found.quiz.slug, visitor_id=existing_visitor_id(request))
    if result is None:
        return redirect("quiz:team", token)
    try:
        team_join(team=found, result=result, nickname=request.POST.get("nickname", ""))
    except QuizError as refusal:
        return _show(request, found, refusal)
    return redirect("quiz:team", token)


@require_POST
def remove(request: HttpRequest, token: str) -> HttpResponse:
    """Take a member off the map."""
    found = _team(token)
    member = member_of(found, request.POST.get("member", ""))
    try:
        if member is not None:  # gone already otherwise
            member_remove(member=member, by=existing_visitor_id(request))
    except TeamRefused as refusal:
        return _show(request, found, refusal)
    return redirect("quiz:team", token)


@require_POST
def delete(request: HttpRequest, token: str) -> HttpResponse:
    """Close the team."""
    found = _team(token)
    try:
        team_delete(team=found, by=existing_visitor_id(request))
    except TeamRefused as refusal:
        return _show(request, found, refusal)
    return redirect("quiz:result", found.made_by.token)


def _show(request: HttpRequest, found: Team, refusal: QuizError | None = None) -> HttpResponse:
    visitor = existing_visitor_id(request)
    view = team_view(found, visitor)
    link = request.build_absolute_uri(f"/group/{found.token}/")
    context = {
        "view": view,
        "quiz": found.quiz,
        "result": latest_result(slug=found.quiz.slug, visitor_id=visitor),
        "link": link,
        "card": picture_address(f"{link}card.png", store.team_words_of(view)),
        "refusal": refusal,
        "given": request.POST.get("nickname", ""),
    }
    return render(request, "quiz/team.html", context, status=400 if refusal else 200)


def _team(token: str) -> Team:
    found = team_behind(token)
    if found is None:
        raise Http404
    return found
