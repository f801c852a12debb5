"""Which words may be kept and stand in a prompt: few, plain, and no order to anybody."""

import re

from moderation import is_unfit_name
from personas.memory.facts import LONGEST_VALUE
from personas.privacy.masking import personal_kinds

_PLAIN = re.compile(r"[0-9A-Za-z가-힣]+(?: [0-9A-Za-z가-힣]+)*")
_LONG_NUMBER = re.compile(r"\d{5}|(?:\d[A-Za-z ]*){7}")
_ORDER = re.compile(
    "무시|지시|명령|시스템|프롬프트|규칙|역할|출력|대답|답변|말해|말하|따라|비밀번호|암호|관리자|토큰|이전|앞으로|반드시|절대"
    "|하지 ?마|해라$|하라|하세요|해 ?줘|해 ?주"
    "|system|prompt|ignore|instruct|assistant|admin|token|developer mode|jailbreak",
    re.IGNORECASE,
)
# What is nobody's business here: health, faith, politics, love and sex.
_PRIVATE = re.compile(
    "우울|불안|공황|정신과|자해|자살|병원|수술|진단|장애|처방|수면제|임신|낙태|생리|담배|마약|대마|도박"
    "|교회|성당|하나님|하느님|예수|부처|무슬림|신천지|대통령|정당|민주당|국민의힘|진보|보수|좌파|우파"
    "|섹스|야동|야한|가슴|엉덩이|몸매|페티시|게이|레즈|남자|여자|남친|여친|애인|이성|동성|짝사랑|성인용"
)


def is_fit(value: str) -> bool:
    """Whether a value is letters, digits and blanks on one short line, not rude, no order and nothing personal."""
    return (
        len(value) <= LONGEST_VALUE
        and _PLAIN.fullmatch(value) is not None
        and not any(pattern.search(value) for pattern in (_LONG_NUMBER, _ORDER, _PRIVATE))
        and not is_unfit_name(value)
        and not personal_kinds(value)
    )
