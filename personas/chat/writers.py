"""The names of those who wrote the replies of a conversation, looked up at once."""

from collections.abc import Iterable

from personas.chat.models import Conversation, Reply, blend_name
from personas.chat.voices import ENDS
from personas.registry.models import AdapterVersion, Persona


class Writers:
    """Says of a reply who speaks in it, and which adapter versions wrote it."""

    def __init__(self, conversation: Conversation, replies: Iterable[Reply]) -> None:
        wanted = {version_id for reply in replies for version_id, _weight in reply.adapters}
        self._versions = AdapterVersion.objects.select_related("persona").in_bulk(wanted) if wanted else {}
        self._personas = {conversation.persona_id: conversation.persona}
        if conversation.is_mixed:
            self._personas = Persona.objects.filter(slug__in=ENDS).in_bulk()

    def speaker(self, reply: Reply) -> Persona:
        """Who speaks, in a blend the louder one."""
        return self._personas.get(reply.persona_id) or next(iter(self._personas.values()))

    def look(self, reply: Reply) -> str:
        """The name of the reply's colours."""
        return "blend" if reply.is_blend else self.speaker(reply).slug

    def speaker_name(self, reply: Reply) -> str:
        """What the reader is told about who speaks."""
        if reply.is_blend:
            return blend_name(round(100 * self._egen_weight(reply)))
        return self.speaker(reply).shown_name

    def version_names(self, reply: Reply) -> str:
        """As in `egen@v3`; of a blend all of them, of a reply without adapters `base`."""
        found = [self._versions.get(version_id) for version_id, _weight in reply.adapters]
        return " + ".join(version.label if version else "?" for version in found) or "base"

    def _egen_weight(self, reply: Reply) -> float:
        """Where only one of the two has an adapter, the rest is what the other would have had."""
        version_id, weight = reply.adapters[0]
        return weight if self._versions[version_id].persona.slug == ENDS[0] else 1 - weight
