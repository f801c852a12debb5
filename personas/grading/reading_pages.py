"""Reading a round: one reply at a time, graded by key. Nothing on the page says who wrote it.

The page holds the next few replies, so that one comes the moment another is graded; grades go to the server behind it
(reading.js). Without JavaScript every grade brings the page anew.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from unfold.views import UnfoldModelAdminViewMixin

from personas.grading.dealing import grades_of, items_next
from personas.grading.errors import GradingRefused, NoSuchItem, NothingToUndo, RoundClosed
from personas.grading.models import Grade, GradingRound
from personas.grading.services import grade_note, grade_undo

HELD_REPLIES = 10
DIGITS = 9  # more have no place in a round, nor in a database's column
CONFLICT, GONE = 409, 410

Mark: Any = Grade.Mark  # Any: a type checker without Django's stubs takes its members for tuples
MEANINGS: dict[str, str | Promise] = {
    Mark.GOOD: _("한 말을 알아듣고 제대로 답했다"),
    Mark.PARTLY: _("알아듣기는 했지만 어딘가 어긋나거나 겉돈다"),
    Mark.MISS: _("한 말에 대한 답이 아니거나 말이 안 된다"),
}


class ReadingView(UnfoldModelAdminViewMixin, TemplateView):
    """A reader's page of one round, and what its keys do."""

    title = _("답 채점")
    permission_required = "grading.add_grade"
    template_name = "grading/reading.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        grading_round = get_object_or_404(GradingRound, pk=kwargs["pk"])
        if grading_round.is_closed:
            return HttpResponseRedirect(round_address(grading_round))
        shown = {
            "round": grading_round,
            "marks": [(str(key), mark, MEANINGS[mark]) for key, mark in enumerate(Mark, 1)],
            **reading_context(grading_round, request.user.get_username()),
        }
        return self.render_to_response(self.get_context_data(**shown))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A script is answered with the replies to hold next; a form with the page anew."""
        grading_round, reader = get_object_or_404(GradingRound, pk=kwargs["pk"]), request.user.get_username()
        by_script = request.headers.get("Accept") == "application/json"
        try:
            deed_do(request, grading_round, reader)
        except GradingRefused as refusal:
            if by_script:
                status = GONE if isinstance(refusal, RoundClosed) else CONFLICT
                return JsonResponse({"said": str(refusal)}, status=status)
            messages.error(request, str(refusal))
        if by_script:
            context = reading_context(grading_round, reader)
            return JsonResponse({"cards": render_to_string("grading/_cards.html", context)})
        return HttpResponseRedirect(reading_address(grading_round))


def deed_do(request: HttpRequest, grading_round: GradingRound, reader: str) -> None:
    """Note a grade or take it away. Either may come twice and does the same then. Raises GradingRefused."""
    if "undo" in request.POST:
        if not request.POST["undo"]:
            raise NothingToUndo
        grade_undo(grading_round=grading_round, number=_number(request.POST["undo"]), reader=reader)
        return
    grade = request.POST.get("grade", "")
    if grade not in Mark.values:
        raise GradingRefused
    grade_note(
        grading_round=grading_round,
        number=_number(request.POST.get("item", "")),
        reader=reader,
        grade=grade,
        in_style="in_style" in request.POST,
    )


def reading_context(grading_round: GradingRound, reader: str) -> dict[str, Any]:
    """What this reader has before them, how far they are, and which reply they graded last."""
    graded = grades_of(grading_round, reader)
    return {
        "items": items_next(grading_round, reader, HELD_REPLIES),
        "done": graded.count(),
        "total": grading_round.items.count(),
        "last": graded.values_list("item__number", flat=True).last(),
    }


def reading_address(grading_round: GradingRound) -> str:
    """Where the round is read."""
    return reverse("admin:grading_read", args=[grading_round.pk])


def round_address(grading_round: GradingRound) -> str:
    """Where the round itself is shown."""
    return reverse("admin:grading_gradinground_change", args=[grading_round.pk])


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > DIGITS:
        raise NoSuchItem
    return int(text)
