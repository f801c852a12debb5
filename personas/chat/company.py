"""With whom one talks in a conversation, as its page shows them."""

from dataclasses import dataclass
from itertools import chain

from django.utils.translation import gettext as _

from personas.chat.models import Conversation, blend_name
from personas.chat.selectors import own_egen_percent
from personas.chat.voices import ENDS
from personas.registry.models import Persona
from quiz.scoring import Score

STARTERS_OF_EACH = 3


@dataclass(frozen=True)
class Company:
    """The head of a chat's page."""

    name: str
    tagline: str
    faces: list[str]  # templates; the first that exists is drawn
    starters: list[str]


def company_of(conversation: Conversation) -> Company:
    """The head of this conversation's page."""
    match conversation.voice:
        case Conversation.Voice.BLEND:
            return _blend(conversation)
        case Conversation.Voice.AUTO:
            return _both(_("자동"), _("들어 줄 말엔 에겐이, 정해 줄 말엔 테토가 답해요."))
        case Conversation.Voice.ARENA:
            return _both(_("아레나"), _("한마디에 에겐과 테토가 나란히 답해요."))
        case _:
            return _alone(conversation.persona)


def _alone(persona: Persona) -> Company:
    faces = [f"characters/{persona.slug}.svg.html", "chat/_plain_face.html"]
    return Company(persona.shown_name, persona.shown_tagline, faces, persona.starters)


def _both(name: str, tagline: str) -> Company:
    return Company(name, tagline, faces=["characters/balanced.svg.html"], starters=_starters_of_both())


def _blend(conversation: Conversation) -> Company:
    egen = conversation.egen_percent
    is_own_score = egen == own_egen_percent(conversation.visitor_id)
    return Company(
        name=_("나를 닮은 AI") if is_own_score else _("섞은 AI"),
        tagline=blend_name(egen),
        faces=[f"characters/{Score(egen, 100 - egen).kind}.svg.html"],
        starters=_starters_of_both(),
    )


def _starters_of_both() -> list[str]:
    """The first few of each, taking turns."""
    each = Persona.objects.filter(slug__in=ENDS).values_list("starters", flat=True)
    return list(chain.from_iterable(zip(*(starters[:STARTERS_OF_EACH] for starters in each), strict=False)))
