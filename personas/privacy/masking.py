"""Words that look personal, hidden before a conversation is shared and before a row trains.

Simple rules over the text alone, in favour of hiding: some harmless numbers are hidden too, and a name without a sign
of being one stays. That is why whoever shares is shown the result first, and why a curator sees what was found.

Phones of other countries are found by `phonenumbers`. A resident number's check digit decides nothing: those given
since October 2020 have none.
"""

import re
from collections.abc import Callable, Iterable

from phonenumbers import Leniency, PhoneNumberMatcher

from personas.privacy.spelling import Spelling

Finder = Callable[[str], Iterable[tuple[int, int]]]

SEPARATOR = r"[-.\s·]?"
HANGUL = "[가-힣]"

# A blank before the @ counts only with one behind it: "봐 @minsu.dev" is a handle.
EMAIL = r"[A-Za-z0-9._%+-]{1,64}(?:@|[ \t]?@[ \t])[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"

# Birth date, then a digit that tells century and sex, then six more.
RESIDENT_NUMBER = rf"(?<!\d)\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]){SEPARATOR}[1-8]\d{{6}}(?!\d)"

BUSINESS_NUMBER = r"(?<!\d)\d{3}-\d{2}-\d{5}(?!\d)"

CARD = rf"(?<!\d)\d{{4}}(?:{SEPARATOR}\d{{4}}){{2}}{SEPARATOR}\d{{3,4}}(?!\d)"

PREFIX = r"(?:2|1[016789]|[3-6]\d|70|50\d)"  # of an area, a mobile, or an internet phone, without its 0
PHONE = (
    rf"(?<!\d)(?:\+?82{SEPARATOR}\(?0?\)?|\(?0){PREFIX}\)?{SEPARATOR}\d{{3,4}}{SEPARATOR}\d{{4}}(?!\d)"
    r"|(?<!\d)1[568]\d{2}-\d{4}(?!\d)"
)

# Banks group the digits of an account as they like; what they share is three groups or more, and ten digits or more.
DATE = r"(?:19|20)\d\d[-\s]\d{1,2}[-\s]\d{1,2}(?!\d)"
ACCOUNT = (
    rf"(?<!\d)(?!{DATE})(?=(?:[-\s]?\d){{10,16}}(?!\d))\d{{2,6}}(?:[-\s]\d{{1,8}}){{2,4}}(?!\d)"
    r"|(?<!\d)\d{10,19}(?!\d)"
)

HANDLE = r"(?<![\w.])@[A-Za-z0-9_][\w.]{1,29}"
MESSENGER_ID = (
    r"(?:(?<=카톡 )|(?<=인스타 )|(?<=라인 )|(?<=아이디 )|(?<=아이디는 )|(?<=아이디: ))[A-Za-z0-9_][\w.]{3,29}"
)

PROVINCE = (
    "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|제주|충북|충남|전북|전남|경북|경남"
    "|충청북도|충청남도|전라북도|전라남도|경상북도|경상남도"
)
HOUSE = r"(?:\s?\d+(?:-\d+)?(?:번지|번길)?(?:\s?\d+(?:-\d+)?)?)"
FLAT = r"(?:,?\s?\d+동)?(?:,?\s?\d+층)?(?:,?\s?\d+호)?"
ADDRESS = "|".join(
    (
        # 서울특별시 강남구 역삼동 123-4 101동 1203호
        rf"(?:{PROVINCE}){HANGUL}{{0,5}}\s+(?:{HANGUL}{{1,5}}[시군구]\s+){{1,2}}[가-힣\d]{{1,10}}[읍면동리로길가]{HOUSE}?{FLAT}",
        # 강남구 테헤란로 152
        rf"{HANGUL}{{2,5}}[시군구]\s+[가-힣\d]{{1,10}}[동로길]{HOUSE}{FLAT}",
        # 역삼동 123-4번지
        rf"{HANGUL}{{1,5}}[동리]\s?\d+(?:-\d+)?번지{FLAT}",
        # 101동 1203호
        r"\d{1,4}동\s?\d{1,4}호",
    )
)

SURNAME = (
    "[김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원"
    "천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용예경봉사부]"
)
FULL_NAME = f"(?<!{HANGUL}){SURNAME}{HANGUL}{{2}}"
JOB = (
    "선배|후배|사원|주임|대리|과장|차장|팀장|부장|실장|이사|대표|사장|원장|교수|선생"
    "|박사|강사|작가|기자|매니저|책임|수석"
)
NAME = "|".join(
    (
        rf"{FULL_NAME}(?=\s?(?:님|(?:씨|군|양)(?!{HANGUL}{{2}})))",
        # A word that ends like these describes a person: 이상한 팀장.
        rf"{FULL_NAME}(?<![한인는던의])(?=\s?(?:{JOB}))",
        rf"{FULL_NAME}(?=(?:이)?라고\s?(?:해|합|불|하))",
        rf"(?<=이름은 ){SURNAME}?{HANGUL}{{2}}",
        rf"(?<=이름이 ){SURNAME}{HANGUL}{{2}}",
    )
)


def _by(pattern: str, flags: int = 0) -> Finder:
    compiled = re.compile(pattern, flags)
    return lambda text: (match.span() for match in compiled.finditer(text))


def _phones_abroad(text: str) -> Iterable[tuple[int, int]]:
    """Numbers with a country's code before them. Without a region at home nothing else counts: PHONE knows ours."""
    return ((found.start, found.end) for found in PhoneNumberMatcher(text, None, leniency=Leniency.VALID))


# In this order: an e-mail address holds a handle, and an account number may look like the beginning of another.
RULES: list[tuple[str, Finder]] = [
    ("이메일", _by(EMAIL)),
    ("주민등록번호", _by(RESIDENT_NUMBER)),
    ("사업자등록번호", _by(BUSINESS_NUMBER)),
    ("카드 번호", _by(CARD)),
    ("전화번호", _by(PHONE)),
    ("전화번호", _phones_abroad),
    ("계좌 번호", _by(ACCOUNT)),
    ("아이디", _by(HANDLE)),
    ("아이디", _by(MESSENGER_ID, re.ASCII)),
    ("주소", _by(ADDRESS)),
    ("이름", _by(NAME)),
]


def mask(text: str) -> str:
    """The text with everything that looks personal replaced by what it is: `[전화번호]로 연락 줘`."""
    return _masked(text)[0]


def personal_kinds(text: str) -> list[str]:
    """What kinds of personal data `mask` would hide in the text: `["이메일", "전화번호"]`."""
    return _masked(text)[1]


def _masked(text: str) -> tuple[str, list[str]]:
    spelling, kinds = Spelling(text), []
    for what, find in RULES:
        spans = list(find(spelling.plain))
        spelling.replace(spans, f"[{what}]")
        if spans and what not in kinds:
            kinds.append(what)
    return spelling.shown, kinds
