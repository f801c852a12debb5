"""What a curator should look at twice in a row's words. Rules over the text alone; they mark, they never decide."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from personas.privacy.masking import personal_kinds


class Kind(TextChoices):
    """The flags there are. The first six are found in the words, the last two need the other rows."""

    PERSONAL = "personal", _("개인정보")
    TOXIC = "toxic", _("거친 말")
    IDENTITY = "identity", _("정체를 속임")
    UNFINISHED = "unfinished", _("끝나지 않은 글")
    LANGUAGE = "language", _("한국어가 아님")
    LENGTH = "length", _("길이 차이가 큼")
    DUPLICATE = "duplicate", _("거의 같은 쌍")
    VOTING = "voting", _("수상한 투표")


class Side(TextChoices):
    """Which of a row's texts a flag is about; where there is but one reply, its flags have none."""

    PROMPT = "prompt", _("질문")
    CHOSEN = "chosen", _("고른 답")
    REJECTED = "rejected", _("고르지 않은 답")


class Sign(TextChoices):
    """What is odd about a voter (personas.curation.odd_voting)."""

    FAST = "fast", _("읽기에는 너무 빠름")
    ONE_SIDE = "one_side", _("늘 같은 쪽")
    MANY = "many", _("한 사람의 몫이 너무 큼")


class Found(NamedTuple):
    """One flag before it is stored. `side` is empty where it is about the row as a whole, or about its only reply."""

    kind: Any  # a Kind; Any here and below: a type checker without Django's stubs takes its members for tuples
    side: Any = ""
    detail: str = ""


LONGEST_RATIO = 2
LEAST_HANGUL = 0.2  # of all letters: a syllable is one where Latin writes three, and commands are Latin anyway
FEWEST_LETTERS = 6

TOXIC = re.compile(
    r"씨[\s\d~.!]*발(?![가-힣]*[점견])|(?<![가-힣])시발(?!점|역|자|택)|[ㅅㅆ]ㅂ|ㅂㅅ|ㅈㄹ|병신|등신|좆|존나|지랄"
    r"|새끼(?! ?(?:손|발|고양이|강아지|줄|치))|미친 ?[놈년]|닥쳐|꺼져 ?버려|엿 ?먹어|뒈져|뒤져라|죽어 ?버려"
    r"|한남충|김치녀|맘충|틀딱|급식충|짱깨|쪽바리|걸레 ?같"
)
HUMAN = re.compile(
    r"(?:나|난|내가|저|전|제가|우리)(?:는|도|야|야말로)?\s?(?:진짜|정말|그냥|평범한|엄연한|보통|같은)?\s?(?:사람|인간)"
    r"(?:이야|이지|이거든|인데|입니다|이에요|이라|이니까)"
    r"|(?:나|난|저|전)(?:는|도)?\s?(?:AI|에이아이|인공지능|로봇|챗봇|봇|기계|프로그램)(?:가|이|은|는|도)?\s?(?:절대\s)?(?:아니|아님)",
    re.IGNORECASE,
)
OWN_MODEL = re.compile(
    r"(?<![A-Za-z])gemma|젬마|언어\s?모델|(?:구글|메타|오픈AI)(?:에서|이|가)\s?(?:만든|만들|개발|훈련|학습)"
    r"|(?:나|난|내가|저|전|제가)(?:는|도)?\s?(?:챗?GPT|챗지피티|제미나이|gemini|llama|라마|claude|클로드)",
    re.IGNORECASE,
)
INSTRUCTIONS = re.compile(r"시스템\s?(?:프롬프트|메시지|지시)|지시문|system prompt|(?:내|제) 프롬프트", re.IGNORECASE)

# A Korean sentence may end without a mark, but never on one of these particles, nor on a comma or an open bracket.
OPEN_END = re.compile(r"[,:;(\[{“‘\-]$|[가-힣](?:을|를|의|에게|한테|와|으로|하고|이랑|지만|면서|려고|거나)$")
BRACKETS = (("(", ")"), ("[", "]"), ("“", "”"), ("‘", "’"))

HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
FOREIGN = re.compile(r"[A-Za-zÀ-ɏ\u0370-\u04ff\u0590-\u06ff\u0900-\u0e7f\u3040-\u30ff\u4e00-\u9fff]")
FOREIGN_SCRIPT = re.compile(r"[\u0370-\u04ff\u0590-\u06ff\u0900-\u0e7f\u3040-\u30ff\u4e00-\u9fff]{2}")


def flags_in_texts(prompt: str, chosen: str, rejected: str) -> list[Found]:
    """Every flag that the three texts deserve, each once by kind and side."""
    found = _flags_by_side(prompt, {Side.CHOSEN: chosen, Side.REJECTED: rejected})
    ratio = length_ratio(chosen, rejected)
    if ratio > LONGEST_RATIO:
        found.append(Found(Kind.LENGTH, detail=f"{ratio:.1f}"))
    return found


def flags_in_reply(prompt: str, reply: str) -> list[Found]:
    """Every flag that a single reply and what it answers deserve."""
    return _flags_by_side(prompt, {"": reply})


def _flags_by_side(prompt: str, replies: dict[Any, str]) -> list[Found]:
    found = list(_personal({Side.PROMPT: prompt, **replies}))
    for side, reply in replies.items():
        found += [Found(kind, side) for kind, applies in REPLY_RULES.items() if applies(reply)]
    return found


def length_ratio(one: str, other: str) -> float:
    """How many times longer the longer text is, in characters."""
    shorter, longer = sorted((len(one.strip()), len(other.strip())))
    return longer / max(shorter, 1)


def leaks_identity(reply: str) -> bool:
    """Whether a reply claims to be human, or names its model or its instructions. To say "난 AI야" is right."""
    return any(pattern.search(reply) for pattern in (HUMAN, OWN_MODEL, INSTRUCTIONS))


def is_toxic(reply: str) -> bool:
    """Whether a reply abuses someone."""
    return bool(TOXIC.search(reply))


def is_unfinished(reply: str) -> bool:
    """Whether a reply breaks off: after a particle that never ends a sentence, or in an open bracket."""
    reply = reply.strip()
    return bool(OPEN_END.search(reply)) or any(reply.count(start) > reply.count(end) for start, end in BRACKETS)


def is_foreign(reply: str) -> bool:
    """Whether a reply is in another language, or slips into another script."""
    hangul, foreign = len(HANGUL.findall(reply)), len(FOREIGN.findall(reply))
    mostly = hangul + foreign >= FEWEST_LETTERS and hangul < LEAST_HANGUL * (hangul + foreign)
    return mostly or bool(FOREIGN_SCRIPT.search(reply))


REPLY_RULES: dict[Any, Any] = {
    Kind.TOXIC: is_toxic,
    Kind.IDENTITY: leaks_identity,
    Kind.UNFINISHED: is_unfinished,
    Kind.LANGUAGE: is_foreign,
}
# What can be said of a single reply: the others compare it with a second one.
SINGLE_REPLY_KINDS = (Kind.PERSONAL, *REPLY_RULES, Kind.VOTING)


def _personal(texts: dict[Any, str]) -> Iterator[Found]:
    for side, text in texts.items():
        if kinds := personal_kinds(text):
            yield Found(Kind.PERSONAL, side, ", ".join(kinds))
