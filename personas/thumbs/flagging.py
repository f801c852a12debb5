"""Flags of thumbs: made as a thumb comes in, and anew while it waits. The rules are the pairs' own."""

from collections.abc import Iterable, Iterator

from django.db import transaction

from personas.chat.selectors import messages_for_model
from personas.curation.odd_voting import signs_of
from personas.curation.text_flags import Found, Kind, flags_in_reply
from personas.thumbs.models import Thumb, ThumbFlag


def thumbs_flag(*, thumbs: Iterable[Thumb]) -> int:
    """Flag these thumbs as they are now; what no longer applies is dropped. How many of them carry a flag."""
    return sum(_thumb_flag(thumb) for thumb in thumbs)


@transaction.atomic
def _thumb_flag(thumb: Thumb) -> bool:
    if not Thumb.objects.select_for_update().filter(pk=thumb.pk).exists():
        return False  # taken back in the meantime
    flags = [ThumbFlag(thumb=thumb, **found._asdict()) for found in _found(thumb)]
    ThumbFlag.objects.filter(thumb=thumb).delete()
    ThumbFlag.objects.bulk_create(flags)
    return bool(flags)


def _found(thumb: Thumb) -> Iterator[Found]:
    spoken = "\n".join(message["content"] for message in messages_for_model(thumb.reply.turn))
    yield from flags_in_reply(spoken, thumb.reply.text)
    for sign in signs_of(thumb):
        yield Found(Kind.VOTING, detail=sign)
