"""Everything that writes teams. Whoever has the page open is told on commit."""

import logging
import uuid

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

from quiz.errors import MatchRefused, NicknameTaken, NotYours, TeamFull
from quiz.models import Member, Result, Team
from quiz.teams.names import name_clean

MOST_MEMBERS = 30

logger = logging.getLogger(__name__)


@transaction.atomic
def team_make(*, result: Result, name: str, nickname: str) -> Team:
    """Open a team on the map of this result's test, with its owner as the first member.

    Raises NameRefused and NameUnfit.
    """
    name = name_clean(name, longest=Team._meta.get_field("name").max_length or 0)
    team = Team.objects.create(quiz=result.attempt.quiz, name=name, made_by=result)
    team_join(team=team, result=result, nickname=nickname)
    return team


@transaction.atomic
def team_join(*, team: Team, result: Result, nickname: str) -> Member:
    """Put this result on the team's map. Who is there already moves to it, under the nickname given now.

    Raises NameRefused, NameUnfit, NicknameTaken, TeamFull, and MatchRefused for a result of another test.
    """
    if result.attempt.quiz_id != team.quiz_id:
        raise MatchRefused
    nickname = name_clean(nickname, longest=Member._meta.get_field("nickname").max_length or 0)
    members = Team.objects.select_for_update().get(pk=team.pk).members  # one joins at a time
    others = members.exclude(visitor_id=result.attempt.visitor_id)
    if others.filter(nickname=nickname).exists():
        raise NicknameTaken
    if others.count() >= MOST_MEMBERS:
        raise TeamFull
    member, _ = members.update_or_create(
        visitor_id=result.attempt.visitor_id, defaults={"result": result, "nickname": nickname}
    )
    _tell_on_commit(team)
    return member


@transaction.atomic
def member_remove(*, member: Member, by: uuid.UUID | None) -> None:
    """Take a member off the map, for themselves or for whoever made the team. Raises NotYours."""
    if by not in (member.visitor_id, member.team.made_by.attempt.visitor_id):
        raise NotYours
    member.delete()
    _tell_on_commit(member.team)


@transaction.atomic
def team_delete(*, team: Team, by: uuid.UUID | None) -> None:
    """Close the team for everyone. Raises NotYours for anyone but who made it."""
    if by != team.made_by.attempt.visitor_id:
        raise NotYours
    team.delete()
    _tell_on_commit(team)


def channel_group(token: str) -> str:
    """Where the open pages of a team listen."""
    return f"team.{token}"


def _tell_on_commit(team: Team) -> None:
    transaction.on_commit(lambda: _tell(team.token))


def _tell(token: str) -> None:
    try:
        async_to_sync(get_channel_layer().group_send)(channel_group(token), {"type": "team.changed"})
    except (RedisError, OSError):
        logger.warning("open pages of a team were not told: Redis does not answer")
