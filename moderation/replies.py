"""What a model's reply must not say: looked for while it is written, before anybody reads it.

All that is looked for is short, so that a writer need hold back no more than `HELD` characters.
"""

import re
from typing import Literal

from moderation import words

Fault = Literal["number", "abuse", "sexual", "means", "human"]

HELD = 24  # characters: the longest of what is looked for, and what tells it from something harmless
TELLS = 6  # of them: "109" is no number to dial where "번째" follows, which has yet to come

# A number to dial: a model makes them up, and a true one frightens who is in no danger.
_NUMBER = re.compile(
    r"(?<![\d.,])(0\d{1,2}[-. )]\d{3,4}[-. ]\d{4}|1[568]\d\d-\d{4})"
    r"|(?<![\d.,])(109|1366|1388|1393|1577|1588)(?![\d.,]|[년월일원명개점도층쪽회번호]|페이지|번째|%)"
    r"|(?<![\d.,])1[12]\d번?(에|로|으로|한테)? ?(전화|신고|연락|문의|상담|걸어|불러)"
)
# Said about somebody, or to them.
ABUSIVE = re.compile(
    r"씨[\s\d~.!]*발(?![가-힣]*[점견])|(?<![가-힣])시발(?!점|역|자|택)|[ㅅㅆ]ㅂ|ㅂㅅ|ㅈㄹ|병신|등신|좆|존나|지랄"
    r"|새끼(?! ?(?:손|발|고양이|강아지|줄|치))|미친 ?[놈년]|닥쳐|꺼져 ?버려|엿 ?먹어|뒈져|뒤져라|죽어 ?버려"
    r"|한남충|김치녀|맘충|틀딱|급식충|짱깨|쪽바리|걸레 ?같"
)
_SEXUAL = re.compile(words.SEXUAL)
_MEANS = re.compile(
    r"번개탄|연탄불|청산가리|농약을? ?(마|먹)|목을? ?(매|맨|맬)|손목을? ?(긋|그어|그으)"
    r"|자살(하는|할|해|을 ?하)|자해(해|하는|할)|(수면제|타이레놀|진통제)를? ?(모아|많이|한꺼번에|\d+ ?알)"
    r"|(옥상|다리|창문)에서 ?뛰어 ?내|죽는 ?(방법|법)|죽어도 ?(돼|괜찮)"
)
CLAIMS_TO_BE_HUMAN = re.compile(
    r"(?:나|난|내가|저|전|제가|우리)(?:는|도|야|야말로)?\s?(?:진짜|정말|그냥|평범한|엄연한|보통|같은)?\s?(?:사람|인간)"
    r"(?:이야|이지|이거든|인데|입니다|이에요|이라|이니까)"
    r"|(?:나|난|저|전)(?:는|도)?\s?(?:AI|에이아이|인공지능|로봇|챗봇|봇|기계|프로그램)(?:가|이|은|는|도)?\s?(?:절대\s)?(?:아니|아님)",
    re.IGNORECASE,
)
_LOOKED_FOR: dict[Fault, re.Pattern[str]] = {
    "number": _NUMBER,
    "abuse": ABUSIVE,
    "sexual": _SEXUAL,
    "means": _MEANS,
    "human": CLAIMS_TO_BE_HUMAN,
}


def fault_in(reply: str) -> Fault | None:
    """What must not be said, in a reply or in what there is of it."""
    return next((fault for fault, pattern in _LOOKED_FOR.items() if pattern.search(reply)), None)
