"""Reads of comparisons."""

import uuid

from personas.voting.models import Comparison


def comparison_of(*, visitor_id: uuid.UUID | None, comparison_id: int) -> Comparison | None:
    """A comparison in one of this visitor's own conversations; None for anybody else's."""
    mine = Comparison.objects.select_related("turn__conversation__visitor", "turn__conversation__persona")
    return mine.filter(pk=comparison_id, turn__conversation__visitor_id=visitor_id).first()
