"""Blind votes as ballots. Only votes between two replies of one adapter version each: a blend is nobody's."""

from collections.abc import Iterator

from personas.ratings.report import Ballot
from personas.registry.models import AdapterVersion
from personas.voting.models import Vote

_WON = {Vote.Choice.A: 1.0, Vote.Choice.B: 0.0, Vote.Choice.TIE: 0.5, Vote.Choice.BOTH_BAD: 0.5}


def ballots_by_group() -> dict[str, list[Ballot]]:
    """By persona, votes between its versions; under "personas", votes between versions of two personas."""
    versions = {version.pk: version for version in AdapterVersion.objects.select_related("persona")}
    groups: dict[str, list[Ballot]] = {}
    for vote, left, right in _votes_between(versions):
        if left.persona_id != right.persona_id:
            groups.setdefault("personas", []).append(_ballot(vote, left.persona.slug, right.persona.slug))
        elif left != right:
            groups.setdefault(left.persona.slug, []).append(_ballot(vote, left.label, right.label))
    return groups


def _votes_between(versions: dict[int, AdapterVersion]) -> Iterator[tuple[Vote, AdapterVersion, AdapterVersion]]:
    votes = Vote.objects.select_related("comparison__reply_a", "comparison__reply_b").order_by("pk")
    for vote in votes.iterator(chunk_size=1000):
        left, right = (
            versions.get(reply.adapters[0][0]) if len(reply.adapters) == 1 else None
            for reply in (vote.comparison.reply_a, vote.comparison.reply_b)
        )
        if left and right:
            yield vote, left, right


def _ballot(vote: Vote, left: str, right: str) -> Ballot:
    texts = vote.comparison.reply_a.text, vote.comparison.reply_b.text
    return Ballot(left, right, *texts, won=_WON[Vote.Choice(vote.choice)], voter=str(vote.visitor_id))
