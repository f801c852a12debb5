"""Everything that only reads teams."""

import uuid
from dataclasses import dataclass

from django.db.models import Max, QuerySet, Sum

from quiz.models import Answer, Member, Quiz, Team
from quiz.scoring import Kind
from quiz.teams.places import SIZE, Place, places, wedges


@dataclass(frozen=True)
class Row:
    """A member as one viewer sees them."""

    member: Member
    place: Place
    is_self: bool
    may_remove: bool


@dataclass(frozen=True)
class TeamView:
    """A team's map and table as one viewer sees them: anyone with the link looks, fewer may remove."""

    team: Team
    rows: list[Row]
    is_owner: bool

    size = SIZE

    @property
    def wedges(self) -> list[tuple[Kind, str]]:
        """The map's ground."""
        return wedges()

    @property
    def own(self) -> Member | None:
        """The viewer's own place; None for who has not joined."""
        return next((row.member for row in self.rows if row.is_self), None)


def team_behind(token: str) -> Team | None:
    """The team behind a link."""
    return Team.objects.select_related("quiz", "made_by__attempt").filter(token=token).first()


def team_view(team: Team, visitor_id: uuid.UUID | None) -> TeamView:
    """The map and the table, the ones most egen first."""
    is_owner = visitor_id == team.made_by.attempt.visitor_id
    members = list(team.members.select_related("result__type").order_by("-result__egen_percent", "id"))
    points = [(member.result.egen_points, member.result.teto_points, member.nickname) for member in members]
    rows = [
        Row(member, place, member.visitor_id == visitor_id, is_owner or member.visitor_id == visitor_id)
        for member, place in zip(members, places(points, most=_most_points(team.quiz)), strict=True)
    ]
    return TeamView(team, rows, is_owner)


def teams_of(visitor_id: uuid.UUID | None, quiz: Quiz) -> QuerySet[Team]:
    """The teams on this test's map that the visitor is in."""
    return Team.objects.filter(quiz=quiz, members__visitor_id=visitor_id)


def member_of(team: Team, member_id: str) -> Member | None:
    """A member by the id that the page's button sends."""
    return team.members.filter(pk=member_id).first() if member_id.isdecimal() else None


def _most_points(quiz: Quiz) -> int:
    """What a walk can reach on either axis."""
    asked = Answer.objects.filter(question__quiz=quiz, question__is_active=True, is_active=True).order_by()
    most = asked.values("question").annotate(most_egen=Max("egen"), most_teto=Max("teto"))
    sums = most.aggregate(egen=Sum("most_egen"), teto=Sum("most_teto"))
    return max(sums["egen"] or 0, sums["teto"] or 0, 1)
