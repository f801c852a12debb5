"""A persona, people who voted on its replies, and the pairs that came of it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from personas.chat.models import Conversation, Reply, Turn
from personas.curation.models import PreferencePair
from personas.privacy.models import Visitor
from personas.registry.models import AdapterVersion, Persona
from personas.voting.models import Comparison, Vote


@pytest.fixture(autouse=True)
def var_dir(settings, tmp_path: Path) -> Path:
    """Everything written goes into the test's own folder."""
    settings.VAR_DIR = tmp_path / "var"
    return settings.VAR_DIR


@pytest.fixture
def versions(sora: Persona) -> list[AdapterVersion]:
    """Two adapter versions that replies can be pinned to."""
    return [
        AdapterVersion.objects.create(
            persona=sora, number=number, base_hash="b" * 64, path="-", weights_sha256="w" * 64
        )
        for number in (1, 2)
    ]


@pytest.fixture
def turn(owner: Visitor, sora: Persona) -> Turn:
    """The owner's second message in a conversation."""
    conversation = Conversation.objects.create(visitor=owner, persona=sora)
    first = Turn.objects.create(conversation=conversation, text="안녕")
    greeting = Reply.objects.create(turn=first, number=1, status="done", text="반가워!")
    first.kept_reply = greeting
    first.save()
    return Turn.objects.create(conversation=conversation, goes_on_from=greeting, text="오늘 힘들었어")


@pytest.fixture
def cast_vote(turn: Turn, owner: Visitor, versions: list[AdapterVersion]) -> Callable[..., Vote]:
    """The owner compares two replies to the turn: `cast_vote("a", "이 답이 낫다", "저 답보다")`."""

    def cast(choice: str, text_a: str = "많이 힘들었겠다ㅠㅠ", text_b: str = "쉬어.") -> Vote:
        replies = [
            Reply.objects.create(
                turn=turn,
                number=turn.replies.count() + 1,
                status="done",
                text=text,
                adapters=[[version.pk, 1.0]],
                sampling={"temperature": 0.7, "seed": version.number},
            )
            for text, version in zip((text_a, text_b), versions, strict=True)
        ]
        comparison = Comparison.objects.create(turn=turn, reply_a=replies[0], reply_b=replies[1])
        return Vote.objects.create(comparison=comparison, visitor=owner, choice=choice)

    return cast


@pytest.fixture
def make_pair(sora: Persona) -> Callable[..., PreferencePair]:
    """A pair of any kind: `make_pair(visitor=owner, status="approved")`; imported where no visitor is named."""

    def make(**values) -> PreferencePair:
        number = PreferencePair.objects.count() + 1
        defaults = {
            "persona": sora,
            "prompt": [{"role": "user", "content": f"질문 {number}"}],
            "chosen": f"좋은 답 {number}",
            "rejected": f"나쁜 답 {number}",
            "source": "vote" if "visitor" in values else "import",
        }
        return PreferencePair.objects.create(**{**defaults, **values})

    return make


@pytest.fixture
def consenting(owner: Visitor) -> Visitor:
    """The owner, who allowed training."""
    owner.training_consent_at = timezone.now()
    owner.save()
    return owner


@pytest.fixture
def second(db) -> User:
    """Another curator."""
    user = User.objects.create_user("second", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="change_preferencepair"))
    return user


@pytest.fixture
def third(db) -> User:
    """A third one."""
    return User.objects.create_user("third", is_staff=True)
