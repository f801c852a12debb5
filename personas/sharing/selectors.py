"""Reads of shared conversations."""

from typing import TypedDict

from personas.chat.log import ShownTurn, log_of
from personas.chat.models import Conversation
from personas.privacy.masking import mask
from personas.sharing.models import SharedLink


class Exchange(TypedDict):
    """A message and its answer, empty where there is none."""

    said: str
    reply: str


def exchanges_to_share(conversation: Conversation) -> list[Exchange]:
    """What a link made now would show: the path that its owner sees, of two answers the one gone on from, masked.

    What was said in care is nobody else's.
    """
    shown = [one for one in log_of(conversation).turns if not one.is_in_care]
    return [{"said": mask(one.turn.text), "reply": mask(_answer(one))} for one in shown]


def _answer(shown: ShownTurn) -> str:
    """The reply gone on from, in the arena both; where more than one may speak, with the name of who does."""
    conversation = shown.turn.conversation
    if not conversation.is_mixed:
        return shown.kept.text.strip()
    told = [one for one in shown.replies if conversation.is_arena or one.reply == shown.kept]
    return "\n\n".join(f"{one.speaker}: {one.reply.text.strip()}" for one in told if one.reply.text.strip())


def open_link_of(conversation: Conversation) -> SharedLink | None:
    """The link by which others can read this conversation now."""
    return conversation.shared_links.filter(revoked_at=None).first()


def link_by_token(token: str) -> SharedLink | None:
    """Whatever stands at an address: an open link, or one that was taken back."""
    return SharedLink.objects.select_related("conversation__persona").filter(token=token).first()
