"""A visitor shares a conversation, and takes the link back."""

from django.db import transaction
from django.utils import timezone

from personas.chat.models import Conversation
from personas.chat.services import first_title, lock_visitor
from personas.privacy.masking import mask
from personas.sharing.errors import NothingToShare
from personas.sharing.models import SharedLink
from personas.sharing.selectors import exchanges_to_share


@transaction.atomic
def link_make(*, conversation: Conversation) -> SharedLink:
    """A new link to the conversation as it is now; an older one is taken back. Raises NothingToShare."""
    lock_visitor(conversation)
    exchanges = exchanges_to_share(conversation)
    if not exchanges:
        raise NothingToShare
    link_revoke(conversation=conversation)
    return SharedLink.objects.create(conversation=conversation, title=_title(conversation), exchanges=exchanges)


def _title(conversation: Conversation) -> str:
    """The title, masked. One cut from a message is masked before the cut: half a number looks like none."""
    said = conversation.turns.values_list("text", flat=True).iterator()
    whole = next((text for text in said if first_title(text) == conversation.title), None)
    return first_title(mask(whole)) if whole is not None else mask(conversation.title)


def link_revoke(*, conversation: Conversation) -> None:
    """Take the open link back. Its words are gone at once; its address says that there were some."""
    open_links = conversation.shared_links.filter(revoked_at=None)
    open_links.update(revoked_at=timezone.now(), title="", exchanges=[])
