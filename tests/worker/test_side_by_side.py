"""Two versions answer the same prompts, and a new champion is loaded before a visitor needs it."""

import shutil

import pytest

from inference_worker import tasks
from personas.chat.models import Reply
from personas.chat.services import conversation_start, turn_send
from personas.curation.models import PreferencePair
from personas.effects.services import effect_request
from personas.registry.models import ChampionMove, SideBySide
from personas.registry.services import ChampionRefused, champion_roll_back
from personas.registry.side_by_side import side_by_side_request
from tests.worker.conftest import crown

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("redis_of_the_tasks", "engine"),
]


@pytest.fixture
def versions(egen, tiny_adapters, tmp_path):
    """Two versions of egen with different weights; the second is the champion."""
    egen.sampling = {"max_new_tokens": 8, "temperature": 0.0}
    egen.save()
    copies = [shutil.copytree(tiny_adapters[name], tmp_path / name) for name in ("egen", "egen2")]
    return [crown(egen, folder) for folder in copies]


def test_two_versions_answer_every_prompt_in_order(versions):
    asked = side_by_side_request(first=versions[0], second=versions[1], prompts=["안녕?", "", "밥 먹자"])
    tasks.write_side_by_side(asked.pk)
    asked.refresh_from_db()
    assert asked.status == "done" and asked.prompts == ["안녕?", "밥 먹자"]
    assert len(asked.replies) == 2
    assert all(first != second for first, second in asked.replies), "different weights say different things"


def test_the_same_version_twice_says_the_same(versions):
    asked = side_by_side_request(first=versions[0], second=versions[0], prompts=["안녕?"])
    tasks.write_side_by_side(asked.pk)
    [[first, second]] = SideBySide.objects.get().replies
    assert first == second


def test_it_goes_on_where_an_earlier_worker_stopped(versions):
    asked = side_by_side_request(first=versions[0], second=versions[1], prompts=["안녕?", "밥 먹자"])
    SideBySide.objects.update(replies=[["가", "나"]])
    tasks.write_side_by_side(asked.pk)
    replies = SideBySide.objects.get().replies
    assert replies[0] == ["가", "나"] and len(replies) == 2


def test_a_task_that_comes_twice_writes_nothing_twice(versions):
    asked = side_by_side_request(first=versions[0], second=versions[1], prompts=["안녕?"])
    tasks.write_side_by_side(asked.pk)
    tasks.write_side_by_side(asked.pk)
    assert len(SideBySide.objects.get().replies) == 1


def test_a_damaged_version_fails_with_its_file_named(versions):
    (versions[0].folder / "adapter_model.safetensors").write_bytes(b"torn")
    asked = side_by_side_request(first=versions[0], second=versions[1], prompts=["안녕?"])
    tasks.write_side_by_side(asked.pk)
    asked.refresh_from_db()
    assert asked.status == "failed" and "adapter_model.safetensors" in asked.error


@pytest.mark.parametrize("prompts", [[], ["  "], ["안녕"] * 21])
def test_no_prompts_and_too_many_are_refused(versions, prompts):
    with pytest.raises(ChampionRefused, match="20개까지"):
        side_by_side_request(first=versions[0], second=versions[1], prompts=prompts)


def test_versions_for_different_bases_are_refused(versions):
    versions[1].base_hash = "c" * 64
    with pytest.raises(ChampionRefused, match="기반 모델"):
        side_by_side_request(first=versions[0], second=versions[1], prompts=["안녕?"])


def test_rolling_back_brings_the_next_reply_from_the_version_before(egen, versions, owner, redis_client):
    egen.refresh_from_db()
    champion_roll_back(persona=egen)
    move = ChampionMove.objects.first()
    tasks.greet_champion(move.pk)
    move.refresh_from_db()
    assert move.seconds_to_reply > 0

    egen.refresh_from_db()
    conversation = conversation_start(visitor=owner, persona=egen)
    reply = turn_send(conversation=conversation, text="안녕?").replies.get()
    tasks.generate_reply(str(reply.pk), 1)
    reply = Reply.objects.get(pk=reply.pk)
    assert reply.adapters == [[versions[0].pk, 1.0]] and reply.status == "done"


def test_a_champion_that_cannot_be_loaded_is_not_called_ready(versions):
    move = ChampionMove.objects.first()
    (versions[1].folder / "adapter_model.safetensors").write_bytes(b"torn")
    tasks.greet_champion(move.pk)
    move.refresh_from_db()
    assert move.ready_at is None


@pytest.fixture
def effect(egen, versions, owner):
    """What a vote of the owner has changed, still to be written."""
    message = [{"role": "user", "content": "안녕?"}]
    pair = PreferencePair.objects.create(
        persona=egen, visitor=owner, prompt=message, chosen="가", rejected="나", source="vote"
    )
    move = ChampionMove.objects.create(persona=egen, previous=versions[0], version=versions[1], reason="gate")
    return effect_request(pair=pair, move=move)


def test_a_votes_effect_is_written_before_and_after(effect):
    tasks.write_vote_effect(effect.pk)
    effect.refresh_from_db()
    assert effect.status == "done" and effect.before and effect.after and effect.before != effect.after


def test_an_effect_that_cannot_be_written_says_so(effect, versions):
    (versions[0].folder / "adapter_model.safetensors").write_bytes(b"torn")
    tasks.write_vote_effect(effect.pk)
    effect.refresh_from_db()
    assert effect.status == "failed"
