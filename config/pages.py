"""The pages that belong to no part: landing and about."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.page_cache import cached_for_newcomers
from config.visitors import existing_visitor_id
from personas.care.selectors import lines
from personas.effects.selectors import has_changed_something
from personas.ratings.selectors import public_ratings
from quiz.live.tally import live_context
from quiz.report_rows import axis_lines
from quiz.selectors import public_reports, published_quizzes


@require_safe
@cached_for_newcomers
def landing(request: HttpRequest) -> HttpResponse:
    """What the site is, in one screen: two characters, the test, the way into a chat."""
    told = has_changed_something(visitor_id=existing_visitor_id(request))
    context = {"quizzes": published_quizzes(), "votes_changed_something": told, **live_context()}
    return render(request, "pages/landing.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this is and isn't, how well the tests measure, which model answers, and how a vote becomes training."""
    reports = [(report, axis_lines(report)) for report in public_reports()]
    context = {"runs_on_gemma": not settings.BASE_MODEL, "reports": reports, "ratings": public_ratings()}
    context["helplines"] = lines().values()
    return render(request, "pages/about.html", context)
