"""A persona's ordinary words are no danger, and danger said plainly is one whoever says it."""

import json
from pathlib import Path

import pytest

from moderation import danger_of_reply

INTENTS = Path(__file__).resolve().parents[2] / "personas" / "data" / "intents"


def test_few_of_the_written_replies_are_taken_for_danger():
    intents = [json.loads(line) for file in INTENTS.glob("*.jsonl") for line in file.open(encoding="utf-8")]
    replies = [reply for intent in intents[::5] for given in intent["replies"].values() for reply in given]
    assert sum(danger_of_reply(reply) is not None for reply in replies) < 0.04 * len(replies)


@pytest.mark.parametrize("reply", ("나도 죽고 싶다", "그냥 죽어", "나 지금 손목 긋고 있어"))
def test_plain_danger_is_heard_in_a_reply_too(reply):
    assert danger_of_reply(reply)
