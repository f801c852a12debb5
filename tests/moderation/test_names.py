"""Names that others read: swear words are caught however they are spelt, and names that only look alike stay."""

import pytest

from moderation import is_unfit_name


@pytest.mark.parametrize(
    "name",
    [
        "시발",
        "씨발놈",
        "야이씨발",
        "개씨발",
        "시1발",
        "시 발",
        "ㅅㅣㅂㅏㄹ",
        "ㅅㅂ",
        "씨8",
        "ｔｌｑｋｆ",
        "ㅄ",
        "병1신",
        "병신팀",
        "개새끼",
        "개 새 끼",
        "그새끼",
        "미친년",
        "지랄",
        "좆같네",
        "썅",
        "느금마",
        "니애미",
        "한남충",
        "김치녀",
        "깜둥이",
        "섹스",
        "보지",
        "Fuck you",
        "F\u200buck",
        "죽고 싶다",
        "초딩 야동",
        "너 죽여버린다",
    ],
)
def test_what_nobody_should_have_to_read(name):
    assert is_unfit_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "라떼",
        "플랫폼팀",
        "시발점",
        "도시발전연구팀",
        "다시 발표",
        "출시발표팀",
        "아저씨발표",
        "솜씨발휘",
        "불씨",
        "말씨발음교정",
        "택시팔이",
        "새끼고양이",
        "새끼손가락",
        "새끼 호랑이",
        "병신년생",
        "개발팀",
        "개발자년차별",
        "미친감자",
        "꼭꼭 씹어",
        "씹는 맛",
        "이어폰 줄 씹혀",
        "보지 못한 꿈",
        "가보지뭐",
        "자지마",
        "먹자지금",
        "전염병연구팀",
        "닥쳐올 봄",
        "무지개색기린",
        "등신대",
        "등신불",
        "shiitake",
        "Essex",
        "sexta",
        "classic",
        "18기",
        "ㅋㅋㅋ",
        "ㅇㅇ",
        "민수 엄마",
        "죽이 잘 맞는 팀",
        "폭탄돌리기",
        "에겐녀",
    ],
)
def test_what_only_looks_alike(name):
    assert not is_unfit_name(name)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("filler", ["야", "시", "개 ", "보지 ", "ㅅㅂ", "f"])
def test_no_name_keeps_the_reader_long(filler):
    """A pattern that runs away takes hours."""
    assert is_unfit_name(filler * 500) in (True, False)
