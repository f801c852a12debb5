"""Who speaks in a reply, and how loud: one persona, or egen and teto blended."""

from dataclasses import dataclass

from personas.chat import errors
from personas.chat.models import Conversation, Reply
from personas.registry.models import AdapterVersion, Persona

ENDS = ("egen", "teto")  # of the scale that one blends along


@dataclass(frozen=True)
class Part:
    """One persona's share in a reply; the shares of a reply sum to 1."""

    persona: Persona
    weight: float


def ends() -> list[Persona]:
    """Egen and teto. Raises PersonaClosed unless both are open to visitors."""
    found = Persona.objects.filter(slug__in=ENDS, is_active=True).in_bulk(field_name="slug")
    if len(found) < len(ENDS):
        raise errors.PersonaClosed
    return [found[slug] for slug in ENDS]


def require_open(conversation: Conversation) -> None:
    """Raises PersonaClosed where somebody who may speak next is not open to visitors."""
    if conversation.is_mixed:
        ends()
    elif not conversation.persona.is_active:
        raise errors.PersonaClosed


def parts_of_next(conversation: Conversation) -> list[Part]:
    """Who speaks in the next reply. Raises PersonaClosed."""
    if conversation.voice == Conversation.Voice.BLEND:
        egen, teto = ends()
        share = conversation.egen_percent / 100
        parts = [Part(egen, share), Part(teto, round(1 - share, 2))]
        return [part for part in parts if part.weight]
    return [Part(conversation.persona, 1.0)]


def parts_of(reply: Reply) -> list[Part]:
    """Who spoke in a reply: what stands beside it for comparing is spoken by the same, in the same shares."""
    if not reply.is_blend:
        return [Part(reply.speaker, 1.0)]
    versions = AdapterVersion.objects.select_related("persona").in_bulk([pk for pk, _weight in reply.adapters])
    return [Part(versions[pk].persona, weight) for pk, weight in reply.adapters]


def loudest(parts: list[Part]) -> Persona:
    """The persona with the greatest share; of two equal ones the first."""
    return max(parts, key=lambda part: part.weight).persona
