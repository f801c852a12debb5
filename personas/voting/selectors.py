"""Reads of comparisons."""

import uuid

from django.db.models import Q

from personas.voting.models import Comparison


def comparison_of(*, visitor_id: uuid.UUID | None, comparison_id: int) -> Comparison | None:
    """A comparison in one of this visitor's own conversations; None for anybody else's."""
    mine = Comparison.objects.select_related("turn__conversation__visitor", "turn__conversation__persona")
    return mine.filter(pk=comparison_id, turn__conversation__visitor_id=visitor_id).first()


def unasked_comparison_with(*, reply_id: str) -> Comparison | None:
    """The comparison that nobody asked for in which this reply stands."""
    unasked = Comparison.objects.filter(is_unasked=True).select_related("turn__conversation")
    return unasked.filter(Q(reply_a=reply_id) | Q(reply_b=reply_id)).first()
