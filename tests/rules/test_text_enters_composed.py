"""Text from a Mac (decomposed Hangul) is, behind every door, the same text as anybody else's."""

import io
import json
import unicodedata
from collections.abc import Callable

import pytest

from inference_worker.management.batch_command import read_rows, read_talks
from inference_worker.training.row_files import read_chat_rows
from personas.chat.services import conversation_rename, conversation_start, turn_send
from personas.curation.models import PreferencePair, SftRow
from personas.curation.services import pairs_import, sft_rows_import
from quiz.teams.names import name_clean

pytestmark = pytest.mark.django_db

WORDS = "할 말이 있어"
FROM_A_MAC = unicodedata.normalize("NFD", WORDS)


def through_the_chat(owner, egen, tmp_path, monkeypatch) -> list[str]:
    turn = turn_send(conversation=conversation_start(visitor=owner, persona=egen), text=FROM_A_MAC)
    return [turn.text, turn.conversation.title]


def through_a_title(owner, egen, tmp_path, monkeypatch) -> list[str]:
    conversation = conversation_start(visitor=owner, persona=egen)
    conversation_rename(conversation=conversation, title=FROM_A_MAC)
    return [conversation.title]


def through_a_name(owner, egen, tmp_path, monkeypatch) -> list[str]:
    return [name_clean(FROM_A_MAC, longest=20)]


def through_imported_pairs(owner, egen, tmp_path, monkeypatch) -> list[str]:
    pairs_import(lines=[json.dumps({"prompt": FROM_A_MAC, "chosen": FROM_A_MAC, "rejected": "응"})], persona="egen")
    pair = PreferencePair.objects.get()
    return [pair.prompt[0]["content"], pair.chosen]


def through_imported_examples(owner, egen, tmp_path, monkeypatch) -> list[str]:
    sft_rows_import(lines=[json.dumps({"instruction": FROM_A_MAC, "output": FROM_A_MAC})], persona="egen")
    return [message["content"] for message in SftRow.objects.get().messages]


def through_a_command(owner, egen, tmp_path, monkeypatch) -> list[str]:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"prompt": FROM_A_MAC, "reply": FROM_A_MAC})))
    return [text for row in read_rows("prompt", "reply") for text in row.values()]


def through_a_command_of_talks(owner, egen, tmp_path, monkeypatch) -> list[str]:
    monkeypatch.setattr("sys.stdin", io.StringIO("\ufeff" + json.dumps({"prompt": FROM_A_MAC})))
    return [message["content"] for talk in read_talks() for message in talk]


def through_a_training_file(owner, egen, tmp_path, monkeypatch) -> list[str]:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({"instruction": FROM_A_MAC, "output": FROM_A_MAC}), encoding="utf-8")
    return [message["content"] for row in read_chat_rows(file) for message in row.messages]


DOORS: list[Callable] = [value for name, value in list(globals().items()) if name.startswith("through_")]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_what_enters_is_composed(redis_server, owner, egen, tmp_path, monkeypatch, door):
    entered = door(owner, egen, tmp_path, monkeypatch)
    assert entered and set(entered) == {WORDS}
