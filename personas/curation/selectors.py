"""What curation is asked: which pairs there are, and which of them may train."""

from django.db.models import Q, QuerySet

from personas.curation.models import PreferencePair
from personas.registry.models import Persona


def pairs_trainable(*, persona: Persona) -> QuerySet[PreferencePair]:
    """Approved pairs whose visitor consents now, and approved imported ones, which have no visitor."""
    consented = Q(source=PreferencePair.Source.IMPORT) | Q(visitor__training_consent_at__isnull=False)
    return PreferencePair.objects.filter(consented, persona=persona, status=PreferencePair.Status.APPROVED)


def pairs_with_status(*, status: str, persona: Persona | None = None) -> QuerySet[PreferencePair]:
    """Pairs for the export, oldest first."""
    pairs = PreferencePair.objects.filter(status=status).select_related("persona").order_by("pk")
    return pairs.filter(persona=persona) if persona else pairs
