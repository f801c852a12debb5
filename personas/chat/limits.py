"""How much of the machine one visitor, one address and all together may take. Refusals say when there is room again."""

from django.conf import settings

from config.days import today_began
from config.limits import DAY, MINUTE, Limit, LimitReached, count
from personas.chat import errors
from personas.chat.models import Reply, Turn
from personas.privacy.models import Visitor


def require_room_on_the_site() -> None:
    """Raises SiteFull while as many replies are being written as the site may write at a time."""
    most = settings.MAX_RUNNING_REPLIES
    if most and Reply.objects.filter(status__in=Reply.ACTIVE).count() >= most:
        raise errors.SiteFull


def count_reply(visitor: Visitor) -> None:
    """Count one more reply for this visitor. Raises TooFast and DayFull."""
    who = str(visitor.pk)
    try:
        count(Limit("messages", settings.MESSAGES_A_MINUTE, MINUTE), who)
    except LimitReached as reached:
        raise errors.TooFast(reached) from reached
    try:
        count(Limit("replies", settings.REPLIES_A_DAY, DAY), who, at_least=_messages_today(visitor))
    except LimitReached as reached:
        raise errors.DayFull(reached) from reached


def count_reply_to_address(address: str) -> None:
    """Count one more reply for everybody at this address (config.addresses). Raises AddressFull."""
    try:
        count(Limit("address-replies", settings.ADDRESS_REPLIES_A_DAY, DAY), address)
    except LimitReached as reached:
        raise errors.AddressFull(reached) from reached


def _messages_today(visitor: Visitor) -> int:
    """What the database still has of today's, each with an answer; Redis counts those that were deleted, too."""
    mine = Turn.objects.filter(conversation__visitor=visitor, created_at__gte=today_began())
    return mine.filter(replies__isnull=False).distinct().count()
