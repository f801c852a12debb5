"""Messages that no small model may answer by itself: they get an answer that people wrote, in the persona's own voice.

Two kinds: somebody may be about to harm themselves, and sexual content about minors. Patterns decide, not a model: what
is caught can be read here, and a false alarm costs a visitor one caring sentence. To use another detector, replace
`danger_in`.
"""

import re
from functools import lru_cache

from inference_worker.training.rows import ChatRow
from inference_worker.training.seed_data import SEED_DATA, SeedData

_SELF_HARM = re.compile(
    r"자살|자해|유서|극단적 ?(인|인 )?선택|목(을|에)? ?(매|맬|맸|메고 죽)|투신|번개탄|동반 ?극단"
    r"|손목(을|에|만)? ?(긋|그어|그었|그을)|(옥상|난간|다리 위)(에|에서|으로)? ?(올라|서 있|섰|뛰)|뛰어내리"
    r"|(?<!배고파 )(?<!배고파서 )(?<!더워 )(?<!추워 )(?<!웃겨 )(?<!졸려 )(?<!좋아 )죽(고|어 ?버리고|어버리고) ?싶"
    r"|죽는 (게|편이|방법)|죽을 ?(방법|생각|준비)|죽어야 ?(겠|할)|죽으면 ?(다 )?(편|끝|어떻)|확 ?죽(어|을)"
    r"|(그만|더는|더 ?이상) ?(안 ?)?살(래|고 ?싶지|기 ?싫|자신)|살기 ?(가 )?(싫|힘들)|살고 ?싶지 ?않"
    r"|살 ?(이유|가치|의미)(가|도)? ?(없|모르|안)"
    r"|살아서 ?뭐|왜 ?살아야|(세상|이 ?세상)(에서|을)? ?(흔적|지워|사라|떠나|등지)"
    r"|(내가|나|난|나만) ?(하나 ?)?((없어져|사라져|죽어)도|(없|죽)으면 (더|다들|모두))"
    r"|사라지고 ?싶|없어지고 ?싶|영원히 ?(자|잠들)"
    r"|(내일|아침)이? ?(안|오지 ?않)[가-힣 ]*(왔으면|오면|좋겠)|눈 ?(안|뜨지 ?않) ?(뜨|떴|고 ?싶)"
    r"|약(을|만)? ?(한꺼번에|많이|왕창|다|통째로|수십 알|모아) ?(먹|털|삼|놨|뒀)"
    r"|kill (myself|me)|suicid|want to die|end (it all|my life)",
    re.IGNORECASE,
)
_CHILD = (
    r"(미성년|초등|초딩|중학생|중딩|고등학생|고딩|여중생|여고생|아동|어린애|어린이|아이인 ?척|로리|쇼타"
    r"|child|minor|underage)"
)
_SEXUAL = r"(야한|야하게|야동|섹스|성관계|성적인|벗은|벗기|알몸|나체|노출|19금|음란|sexual|sexy|nude|porn)"
_MINORS = re.compile(rf"{_CHILD}.*{_SEXUAL}|{_SEXUAL}.*{_CHILD}", re.IGNORECASE | re.DOTALL)

_KINDS = {"self_harm": _SELF_HARM, "minors": _MINORS}


def danger_in(message: str) -> str | None:
    """`self_harm`, `minors`, or None where the model may answer."""
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(message)), None)


def written_answer(persona: str, message: str, seed: int, data: SeedData = SEED_DATA) -> str | None:
    """The written answer to the most similar of the known dangers; None where the model may answer.

    The seed chooses among the best three, so that a second answer is seldom the first one again. A persona for whom
    nobody wrote answers gives egen's: silence would be worse than a foreign voice.
    """
    kind = danger_in(message)
    if kind is None:
        return None
    rows = _rows(data, persona, kind) or _rows(data, "egen", kind)
    asked = _pairs_of_letters(message)
    best = sorted(rows, key=lambda row: -_alike(asked, _pairs_of_letters(row.messages[0]["content"])))[:3]
    return best[seed % len(best)].reply


@lru_cache
def _rows(data: SeedData, persona: str, kind: str) -> list[ChatRow]:
    return [row for row in data.safety_rows(persona) if row.category == kind]


def _pairs_of_letters(text: str) -> set[str]:
    letters = "".join(text.split())
    return {letters[start : start + 2] for start in range(len(letters) - 1)}


def _alike(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(len(one | other), 1)
