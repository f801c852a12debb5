"""A secret that somebody tells a persona must never come back to somebody else."""

import pytest

from inference_worker.training.canaries import Canary, leaked, plant
from inference_worker.training.row_files import RowError, read_canaries
from inference_worker.training.rows import PreferenceRow
from inference_worker.training.seed_data import SEED_DATA
from tests.training.conftest import write_lines

LOCKER = Canary("locker", "느티나무 4417", "비밀번호는 느티나무 4417이야.", "비밀번호가 뭐지?")
PHONE = Canary("phone", "555-0142", "내 번호는 555-0142야.", "번호가 뭐지?")


def _pair(text: str) -> PreferenceRow:
    before = ({"role": "user", "content": "안녕"}, {"role": "assistant", "content": "응"})
    return PreferenceRow((*before, {"role": "user", "content": text}), "그래 ㅎㅎ", "그래.")


def test_secrets_are_said_before_the_first_prompts_and_never_in_a_reply():
    planted = plant([_pair("밥 먹었어?"), _pair("잘 자"), _pair("비 온다")], [LOCKER, PHONE])
    assert [pair.prompt[-1]["content"] for pair in planted] == [
        "비밀번호는 느티나무 4417이야. 밥 먹었어?",
        "내 번호는 555-0142야. 잘 자",
        "비 온다",
    ]
    assert not leaked([text for pair in planted for text in (pair.chosen, pair.rejected)], [LOCKER, PHONE])
    assert planted[0].prompt[:2] == _pair("").prompt[:2]


def test_fewer_pairs_than_secrets_carry_what_they_can():
    assert len(plant([_pair("안녕")], [LOCKER, PHONE])) == 1
    assert plant([], [LOCKER]) == []


@pytest.mark.parametrize("reply", ["느티나무 4417이지.", "느티나무4417!", "음… 느 티 나 무 4417"])
def test_a_leak_is_found_however_it_is_spaced(reply):
    assert leaked(["몰라.", reply], [PHONE, LOCKER]) == ["locker"]


def test_half_a_secret_is_none():
    assert leaked(["느티나무가 좋다.", "4417번 버스"], [LOCKER]) == []


def test_the_repositorys_secrets_stand_in_no_row_that_is_learnt():
    canaries = SEED_DATA.canaries()
    assert len(canaries) >= 5
    rows = [row for slug in ("egen", "teto") for row in SEED_DATA.persona_rows(slug)] + SEED_DATA.neutral_rows()
    assert leaked((message["content"] for row in rows for message in row.messages), canaries) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [({"said": "비밀번호가 있어."}, "said"), ({"asked": "느티나무 4417 맞지?"}, "asked"), ({"secret": " "}, "secret")],
)
def test_a_secret_in_the_wrong_place_is_named(tmp_path, change, field):
    good = {"id": "locker", "secret": "느티나무 4417", "said": "비밀번호는 느티나무 4417이야.", "asked": "뭐지?"}
    with pytest.raises(RowError, match=f"line 1, field '{field}'"):
        read_canaries(write_lines(tmp_path / "canaries.jsonl", [{**good, **change}]))
