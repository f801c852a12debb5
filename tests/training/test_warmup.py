"""The warm-up's answers come down to the personas' speech level, or are left out."""

import hashlib

import pytest

from inference_worker.training.warmup import describe_source, plain_speech, read_warmup_rows


@pytest.mark.parametrize(
    ("polite", "plain"),
    [
        ("하루가 또 가네요.", "하루가 또 가네."),
        ("여행은 언제나 좋죠.", "여행은 언제나 좋지."),
        ("잘 될 거예요!", "잘 될 거야!"),
        ("푹 쉬어요. 내일은 괜찮을까요?", "푹 쉬어. 내일은 괜찮을까?"),
        ("운동을 해보세요.", "운동을 해봐."),
        ("사랑이에요", "사랑이야"),
        ("이미 반말이야.", "이미 반말이야."),
    ],
)
def test_polite_endings_become_plain(polite, plain):
    assert plain_speech(polite) == plain


@pytest.mark.parametrize("text", ["위로해 드립니다.", "저도 그래요.", "기분이 나쁘셨나봐요.", "더 찾으세요."])
def test_what_is_polite_beyond_its_ending_is_left_out(text):
    assert plain_speech(text) is None


def test_the_same_rows_are_drawn_every_time(tmp_path):
    file = tmp_path / "chat.csv"
    file.write_text("Q,A\n" + "".join(f"질문 {n},답이네요.\n" for n in range(50)), encoding="utf-8")
    first, second = (read_warmup_rows(file, 10, seed=7) for _ in range(2))
    assert first == second and len(first) == 10
    assert first[0].reply == "답이네."


def test_an_unknown_file_is_named_by_its_hash(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_bytes(b"Q,A\n")
    assert describe_source(file) == {"name": "mine.csv", "sha256": hashlib.sha256(b"Q,A\n").hexdigest()}
