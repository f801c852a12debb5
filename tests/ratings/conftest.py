"""Versions that visitors have compared blindly."""

import itertools
from collections.abc import Callable

import pytest

from personas.chat.models import Conversation, Reply, Turn
from personas.privacy.models import Visitor
from personas.registry.models import AdapterVersion, Persona
from personas.voting.models import Comparison, Vote

_numbers = itertools.count(1)


@pytest.fixture
def make_version(db) -> Callable[[Persona], AdapterVersion]:
    """A registered version without files."""

    def make(persona: Persona) -> AdapterVersion:
        number = persona.versions.count() + 1
        return AdapterVersion.objects.create(
            persona=persona, number=number, base_hash="b" * 64, path="-", weights_sha256="w" * 64
        )

    return make


@pytest.fixture
def cast(owner: Visitor) -> Callable[..., Vote]:
    """A blind vote: `cast("a", version_on_a, version_on_b)`, with texts where they matter."""

    def vote(
        choice: str,
        left: AdapterVersion,
        right: AdapterVersion,
        texts: tuple[str, str] = ("응, 그래.", "아니, 그건 아냐."),
    ) -> Vote:
        conversation = Conversation.objects.create(visitor=owner, persona=left.persona)
        turn = Turn.objects.create(conversation=conversation, text=f"물음 {next(_numbers)}")
        replies = [
            Reply.objects.create(turn=turn, number=number, status="done", text=text, adapters=[[version.pk, 1.0]])
            for number, (version, text) in enumerate(zip((left, right), texts, strict=True), 1)
        ]
        comparison = Comparison.objects.create(turn=turn, reply_a=replies[0], reply_b=replies[1])
        return Vote.objects.create(comparison=comparison, visitor=owner, choice=choice)

    return vote
