"""The pages that belong to no part: landing and about."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from config.page_cache import cached_for_newcomers
from quiz.live.tally import live_context
from quiz.report_rows import axis_lines
from quiz.selectors import public_reports, published_quizzes


@require_GET
@cached_for_newcomers
def landing(request: HttpRequest) -> HttpResponse:
    """What the site is, in one screen: two characters, the test, the way into a chat."""
    return render(request, "pages/landing.html", {"quizzes": published_quizzes(), **live_context()})


@require_GET
def about(request: HttpRequest) -> HttpResponse:
    """What this is and isn't, how well the tests measure, which model answers, and how a vote becomes training."""
    reports = [(report, axis_lines(report)) for report in public_reports()]
    return render(request, "pages/about.html", {"runs_on_gemma": not settings.BASE_MODEL, "reports": reports})
