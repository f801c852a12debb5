"""Links by which others may read a conversation."""

import secrets

from django.db import models
from django.db.models import Q
from django.urls import reverse

from personas.chat.models import Conversation


def new_token() -> str:
    """Nobody guesses 128 random bits."""
    return secrets.token_urlsafe(16)


class SharedLink(models.Model):
    """A conversation as it was when it was shared, masked: what is said later is never behind the link.

    A link that was taken back stays as a name without words, so that its address can say what happened.
    """

    token = models.CharField(max_length=32, unique=True, default=new_token)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="shared_links")
    title = models.CharField(max_length=160, blank=True)
    exchanges = models.JSONField(default=list)  # [{"said": ..., "reply": ...}, ...], oldest first
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(revoked_at=None), name="one_open_link_per_conversation"
            )
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"

    def get_absolute_url(self) -> str:
        """The address that is handed on."""
        return reverse("shared", args=[self.token])
