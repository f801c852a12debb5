"""The repository's own rows: enough of them, in the right shapes, with a split that nothing crosses."""

import re
import runpy
from collections import Counter
from pathlib import Path

import pytest
from datasketch import MinHash, MinHashLSH

from inference_worker.training.row_files import read_chat_rows
from inference_worker.training.rows import SPLITS, ChatRow
from inference_worker.training.seed_data import SEED_DATA

ROOT = Path(__file__).resolve().parents[2]
NEAR = 0.7  # Jaccard similarity of character bigrams from which two prompts count as the same one
PERSONAS = ("egen", "teto")
KINDS = ("intents", "talks", "dialogues", "safety")
POLITE = re.compile(r"(?:[가-힣]요|습니다|입니다|합니다|세요)[.!?~…]*$")
QUOTED = re.compile(r"['\"‘“][^'\"’”]*['\"’”]")  # what the visitor might say to others may be polite
SOFT_MARKS = re.compile(r"ㅠ|~(?![/.])|[\U0001F300-\U0001FAFF]")


def rows_of(kind: str, slug: str = "egen", split: str | None = None) -> list[ChatRow]:
    if kind in ("intents", "talks"):
        before = "talk-" if kind == "talks" else ""
        fields = {f"{before}{file.stem}" for file in (SEED_DATA.folder / kind).glob("*.jsonl")}
        return [row for row in SEED_DATA.persona_rows(slug, split) if row.id.rpartition("-")[0] in fields]
    return read_chat_rows(SEED_DATA.folder / kind / f"{slug}.jsonl", split=split)


def wordings(split: str) -> list[ChatRow]:
    """Every wording of the intents of a split, as a row."""
    intents = [one for one in SEED_DATA.exchanges(split) if not one.row and not one.needs and not one.lacks]
    return [
        ChatRow(f"{intent.id}/{number}", ({"role": "user", "content": wording},), split)
        for intent in intents
        for number, wording in enumerate(intent.wordings)
    ]


def said_by_the_user(row: ChatRow) -> str:
    return " ".join(message["content"] for message in row.messages if message["role"] == "user")


def signature(text: str) -> MinHash:
    bare = f"^{re.sub(r'[^0-9a-z가-힣ㄱ-ㅣ]', '', text.lower())}$"
    made = MinHash(num_perm=128, seed=1)
    made.update_batch([bare[start : start + 2].encode() for start in range(len(bare) - 1)])
    return made


def near_duplicates(rows: list[ChatRow]) -> list[tuple[ChatRow, ChatRow]]:
    """Pairs of rows whose prompts are the same but for a character or two."""
    index, signatures, found = MinHashLSH(threshold=NEAR, num_perm=128), {}, []
    by_id = {row.id: row for row in rows}
    for row in rows:
        signatures[row.id] = made = signature(said_by_the_user(row))
        twins = [name for name in index.query(made) if made.jaccard(signatures[name]) >= NEAR]
        found += [(by_id[name], row) for name in twins]
        index.insert(row.id, made)
    return found


def test_the_detector_sees_a_changed_character_and_not_another_topic():
    def row(name: str, text: str) -> ChatRow:
        return ChatRow(name, ({"role": "user", "content": text}, {"role": "assistant", "content": "응"}))

    rows = [row("a", "오늘 배포하다 장애 냈어"), row("b", "오늘 배포하다 장애 냈어!!"), row("c", "살 빼고 싶어")]
    assert [(one.id, other.id) for one, other in near_duplicates(rows)] == [("a", "b")]


def test_there_is_enough_to_learn_from():
    counts = {kind: len(rows_of(kind)) for kind in KINDS}
    assert counts["intents"] >= 3000 and counts["talks"] + counts["dialogues"] >= 800 and counts["safety"] >= 100
    assert len(SEED_DATA.neutral_rows()) >= 300 and len(SEED_DATA.neutral_sentences()) >= 200


def test_three_rows_in_ten_are_developer_life():
    about = Counter(row.id.split("-")[0].startswith("dev") for row in rows_of("intents"))
    assert about[True] / about.total() >= 0.30


@pytest.mark.parametrize("kind", ("intents", "safety"))
def test_both_personas_answer_the_same_messages_in_the_same_split(kind):
    keys = [[(row.id, row.split, row.prompt) for row in rows_of(kind, slug)] for slug in PERSONAS]
    assert keys[0] == keys[1]


def test_dialogues_are_two_to_four_exchanges_with_the_same_user():
    for egen, teto in zip(rows_of("dialogues"), rows_of("dialogues", "teto"), strict=True):
        assert (egen.id, egen.split, said_by_the_user(egen)) == (teto.id, teto.split, said_by_the_user(teto))
        assert len(egen.messages) == len(teto.messages) and len(egen.messages) in (4, 6, 8)
        assert [message["role"] for message in egen.messages] == ["user", "assistant"] * (len(egen.messages) // 2)


def test_every_split_holds_rows_of_every_kind():
    for kind in KINDS:
        shares = Counter(row.split for row in rows_of(kind))
        assert set(shares) == set(SPLITS) and min(shares.values()) >= 10, (kind, shares)


def test_no_prompt_or_near_duplicate_crosses_the_split():
    rows = [row for split in SPLITS for row in wordings(split)]
    crossing = [(one.id, other.id) for one, other in near_duplicates(rows) if one.split != other.split]
    assert not crossing


def test_near_duplicates_inside_a_set_are_under_two_percent():
    for kind in ("dialogues", "safety"):
        rows = rows_of(kind)
        assert len(near_duplicates(rows)) < 0.02 * len(rows), kind


def test_measured_sentences_are_not_replayed():
    replayed = {message["content"] for row in SEED_DATA.neutral_rows() for message in row.messages}
    assert not replayed & set(SEED_DATA.neutral_sentences())


@pytest.mark.parametrize("slug", PERSONAS)
def test_no_reply_is_written_twice_and_none_is_polite(slug):
    replies = [message["content"] for row in SEED_DATA.persona_rows(slug) for message in row.messages[1::2]]
    assert [text for text, count in Counter(replies).items() if count > 1] == []
    replies = [QUOTED.sub("", text) for text in replies]
    sentences = [sentence for text in replies for sentence in re.split(r"(?<=[.!?])\s+", text)]
    polite = [sentence for sentence in sentences if POLITE.search(sentence)]
    assert len(polite) <= 0.005 * len(sentences), polite  # 주요, 필요: words that only look polite


def test_teto_never_uses_soft_marks():
    replies = [message["content"] for row in SEED_DATA.persona_rows("teto") for message in row.messages[1::2]]
    assert [text for text in replies if SOFT_MARKS.search(text)] == []


@pytest.mark.parametrize("slug", PERSONAS)
def test_every_answer_to_a_crisis_names_109(slug):
    crisis = [row for row in SEED_DATA.safety_rows(slug) if row.category == "self_harm"]
    assert len(crisis) >= 10 and all("109" in row.reply for row in crisis)


def test_the_written_intents_have_no_fault_and_no_tic():
    """What STYLE.md forbids, and phrases that stand in more than three replies of a hundred; the script says where."""
    check = runpy.run_path(str(ROOT / "scripts" / "check_intents.py"))
    assert list(check["faults_of"](sorted(SEED_DATA.intents_folder.glob("*.jsonl")))) == []


def test_a_persona_for_whom_nobody_wrote_is_named():
    with pytest.raises(FileNotFoundError, match="'nobody'"):
        SEED_DATA.persona_rows("nobody")
    with pytest.raises(FileNotFoundError, match="'nobody'"):
        SEED_DATA.persona_files("nobody")
