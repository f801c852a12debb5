"""A visitor and what they allowed."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Visitor(models.Model):
    """Someone without a login: the id is the one in their signed cookie (config.visitors)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Consent to train is apart from using the site: off until given, and taken back by emptying it.
    training_consent_at = models.DateTimeField(_("학습 동의 시각"), null=True, blank=True)
    created_at = models.DateTimeField(_("처음 온 때"), auto_now_add=True)

    class Meta:
        verbose_name = _("방문자")
        verbose_name_plural = _("방문자")

    def __str__(self) -> str:
        return f"visitor {str(self.id)[:8]}"

    @property
    def may_train(self) -> bool:
        """Whether this visitor's votes and texts may train the personas now."""
        return self.training_consent_at is not None
