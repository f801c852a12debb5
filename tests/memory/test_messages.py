"""Measured on messages as people type them (messages.tsv): what tells something, and what only looks like it."""

from pathlib import Path

from personas.memory.finding import facts_told
from personas.memory.selectors import PROMPT_WORDS
from tests.memory.telling import SATURDAY


def lines() -> dict[str, str]:
    written = (Path(__file__).parent / "messages.tsv").read_text().splitlines()
    pairs = (line.partition("\t") for line in written if not line.startswith("#"))
    return {message: wanted for message, _tab, wanted in pairs}


MESSAGES = lines()
TELLING = {message: wanted for message, wanted in MESSAGES.items() if wanted}
HARMLESS = [message for message, wanted in MESSAGES.items() if not wanted]


def found_in(message: str) -> str:
    found = facts_told([message], SATURDAY)
    return "; ".join(
        f"{word}={fact.said(SATURDAY)}" for kind, word in PROMPT_WORDS.items() for fact in found if fact.kind == kind
    )


def test_there_are_as_many_messages_of_each_sort_as_a_measure_needs():
    assert len(MESSAGES) >= 150 and len(HARMLESS) * 2 >= len(MESSAGES)


def test_nothing_is_kept_of_a_message_that_only_looks_like_telling():
    assert {message: found for message in HARMLESS if (found := found_in(message))} == {}


def test_what_is_kept_of_a_telling_message_is_never_wrong():
    found = {message: found_in(message) for message in TELLING}
    assert {message: words for message, words in found.items() if words and words != TELLING[message]} == {}


def test_of_the_telling_messages_nine_in_ten_are_understood():
    understood = [message for message, wanted in TELLING.items() if found_in(message) == wanted]
    assert len(understood) >= 0.9 * len(TELLING)
