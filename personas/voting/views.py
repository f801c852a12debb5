"""The vote's addresses. htmx gets the turn's new HTML; a browser without scripts goes back to the chat."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.visitors import existing_visitor_id
from personas.chat.errors import ChatRefused
from personas.chat.turn_answers import said_answer, turn_answer
from personas.privacy.services import consent_set
from personas.voting.models import Comparison
from personas.voting.selectors import comparison_of
from personas.voting.services import style_vote_cast, vote_cast, vote_explain


@require_POST
def vote(request: HttpRequest, comparison_id: int) -> HttpResponse:
    """Answer the question that a comparison of one's own asks."""
    comparison = _own_comparison(request, comparison_id)
    visitor = comparison.turn.conversation.visitor
    cast = style_vote_cast if comparison.asks_style else vote_cast
    refusal = None
    try:
        # The tick beside the vote says what may happen with this very vote, so it counts first.
        if "consent_asked" in request.POST:
            consent_set(visitor=visitor, given="consent" in request.POST)
        cast(comparison=comparison, visitor=visitor, choice=request.POST.get("choice", ""))
    except ChatRefused as error:
        refusal = error.message
    return turn_answer(request, comparison.turn, refusal)


@require_POST
def reasons(request: HttpRequest, comparison_id: int) -> HttpResponse:
    """Say why, after one's vote."""
    comparison = _own_comparison(request, comparison_id)
    cast = comparison.votes.first()
    if cast is None:
        raise Http404
    try:
        vote_explain(vote=cast, reasons=request.POST.getlist("reason"))
        said = _("적어 두었어요. 고마워요!")
    except ChatRefused as error:
        said = str(error.message)
    return said_answer(request, comparison.turn.conversation, said)


def _own_comparison(request: HttpRequest, comparison_id: int) -> Comparison:
    comparison = comparison_of(visitor_id=existing_visitor_id(request), comparison_id=comparison_id)
    if comparison is None:
        raise Http404
    return comparison
