"""Nearly equal texts share a key, others hardly ever; compared with the library that everybody uses."""

import random

from datasketch import MinHash

from personas.curation.minhash import alike, band_keys, pieces, signature

WORDS = [
    "오늘",
    "배포",
    "장애",
    "로그",
    "커밋",
    "점심",
    "팀장",
    "회의",
    "퇴근",
    "주말",
    "커피",
    "리뷰",
    "버그",
    "일정",
    "야근",
    "산책",
    "친구",
    "연락",
    "걱정",
    "응원",
]


def sentence(seed: int, length: int = 14) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def test_spaces_case_and_width_play_no_part():
    assert pieces(["Git 커밋 해 줘"]) == pieces(["ｇｉｔ커밋해줘"])


def test_keys_are_always_the_same():
    """They are stored: another draw would make every earlier pair look new."""
    assert band_keys({"안녕하"})[0] == band_keys({"안녕하"})[0] and len(band_keys({"안녕하"})) == 20
    assert all(0 <= key < 2**63 for key in band_keys({"안녕하"}))
    assert signature({"abc"})[0] == 1864671840260254992


def test_texts_that_differ_in_a_word_share_a_key():
    for seed in range(50):
        words = sentence(seed)
        one, other = pieces([" ".join(words)]), pieces([" ".join([*words[:-1], "아무튼"])])
        assert set(band_keys(one)) & set(band_keys(other))


def test_unlike_texts_seldom_share_one():
    chance = sum(
        bool(set(band_keys({f"a{n}{i}" for i in range(30)})) & set(band_keys({f"b{n}{i}" for i in range(30)})))
        for n in range(100)
    )
    assert chance == 0


def test_equal_numbers_estimate_the_share_as_datasketch_does():
    """Both stand within three standard errors (60 draws: 0.2) of the true share, over made-up sentences on average."""
    ours, theirs = [], []
    for seed in range(60):
        one, other = pieces([" ".join(sentence(seed))]), pieces([" ".join(sentence(seed)[4:] + sentence(seed + 1)[:4])])
        true = alike(one, other)
        equal = [a == b for a, b in zip(signature(one), signature(other), strict=True)]
        ours.append(sum(equal) / len(equal) - true)
        theirs.append(_datasketch(one).jaccard(_datasketch(other)) - true)
    assert abs(sum(ours) / len(ours)) < 0.03 and max(map(abs, ours)) < 0.25
    assert abs(sum(theirs) / len(theirs)) < 0.03 and max(map(abs, theirs)) < 0.25


def test_nothing_said_has_no_key():
    assert band_keys(pieces(["", "  "])) == []


def _datasketch(found: set[str]) -> MinHash:
    sketch = MinHash(num_perm=60)
    for piece in found:
        sketch.update(piece.encode())
    return sketch
