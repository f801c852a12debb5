"""Who speaks in a reply, and how loud: one persona, egen and teto blended, or whichever of them suits the message."""

from dataclasses import dataclass

from personas.chat import errors
from personas.chat.models import Conversation, Reply, Turn
from personas.chat.selectors import last_said
from personas.registry.models import AdapterVersion, Persona
from personas.router.choosing import choose
from personas.router.scoring import shipped_model

ENDS = ("egen", "teto")  # of the scale that one blends along
REMEMBERED = 4  # messages that decide who suits; what stands before them has faded (router.choosing.CARRY)


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


def answers_of_next(turn: Turn) -> list[list[Part]]:
    """Who speaks in each reply that a new turn gets: in the arena both, each alone, else one. Raises PersonaClosed."""
    if turn.conversation.is_arena:
        return [[Part(persona, 1.0)] for persona in ends()]
    return [parts_of_next(turn)]


def parts_again(reply: Reply) -> list[Part]:
    """Who speaks in the reply that takes this one's place. Raises PersonaClosed."""
    return parts_of(reply) if reply.turn.conversation.is_arena else parts_of_next(reply.turn)


def parts_of_next(turn: Turn) -> list[Part]:
    """Who speaks in the one reply to a turn. Raises PersonaClosed."""
    match turn.conversation.voice:
        case Conversation.Voice.BLEND:
            return blended(turn.conversation.egen_percent)
        case Conversation.Voice.AUTO:
            return [Part(_suited(turn), 1.0)]
        case _:
            return [Part(turn.conversation.persona, 1.0)]


def blended(egen_percent: int) -> list[Part]:
    """Both with their shares; at an end of the scale one alone. Raises PersonaClosed."""
    egen, teto = ends()
    parts = [Part(egen, egen_percent / 100), Part(teto, (100 - egen_percent) / 100)]
    return [part for part in parts if part.weight]


def _suited(turn: Turn) -> Persona:
    """Whichever suits what was said. It depends on what stands before the answer alone: asked again, it is the same."""
    before = turn.goes_on_from
    slug = choose(last_said(turn, REMEMBERED), before.speaker.slug if before else None, shipped_model())
    return ends()[ENDS.index(slug)]


def parts_of(reply: Reply) -> list[Part]:
    """Who spoke in a reply: what stands beside it for comparing is spoken by the same, in the same shares."""
    if not reply.is_blend:
        return [Part(reply.speaker, 1.0)]
    versions = AdapterVersion.objects.select_related("persona").in_bulk([pk for pk, _weight in reply.adapters])
    return [Part(versions[pk].persona, weight) for pk, weight in reply.adapters]


def loudest(parts: list[Part]) -> Persona:
    """The persona with the greatest share; of two equal ones the first."""
    return max(parts, key=lambda part: part.weight).persona
