"""Pets: 우리 강아지 이름은 콩이야, 나 고양이 두 마리 키워. Kept as kind and name: 강아지 콩이."""

from collections.abc import Iterable, Iterator

from personas.memory.clauses import Clause
from personas.memory.endings import is_noun_said
from personas.memory.facts import Change, Fact, Kind, Told
from personas.memory.fitness import is_fit
from personas.memory.phrases import MY_HOME, I, pattern, told
from personas.memory.word_lists import words

_ALIKE = {
    "멍멍이": "강아지",
    "댕댕이": "강아지",
    "반려견": "강아지",
    "개": "강아지",
    "냥이": "고양이",
    "반려묘": "고양이",
    "냥냥이": "고양이",
}
_KINDS = (
    r"(?P<pet>강아지|멍멍이|댕댕이|반려견|개|고양이|냥냥이|냥이|반려묘|햄스터|토끼|앵무새|거북이|고슴도치|금붕어|물고기|도마뱀"
    r"|기니피그|페럿|닭|고양이)"
)
_NAME = r"(?P<name>[가-힣]{2,8})"
_KEEP = (
    r"(?:키워|키우는 ?집사야|키우는 ?집사인데|키워요|키우는데|키우고 ?있어|키우고 ?있는데|키우거든|키웁니다|키움"
    r"|길러|기르는데|기르고 ?있어|있어|있는데|있거든)"
)
_KEEP_SURELY = _KEEP.replace("|있어|있는데|있거든", "")  # 강아지 혼자 있어

_ITS_NAME_IS = pattern(rf"{MY_HOME}{_KINDS}(?:의)? ?이름(?:은|이)? ?{_NAME}")
_CALLED = pattern(rf"(?:{I}|{MY_HOME})?(?P<name>[가-힣]{{2,6}}?)(?:이)?라는 {_KINDS}(?:를|을)? ?{_KEEP}")
_KEPT = pattern(
    rf"(?:{I}|{MY_HOME})(?:집에 ?)?{_KINDS}(?:를|을)?(?: ?(?P<many>한|두|세|네|다섯) ?마리(?:를)?)? ?{_KEEP}"
)
_KEPT_BY_NAME = pattern(rf"{I}{_KINDS} (?P<name>[가-힣]{{2,4}}?)(?:를|을)? ?{_KEEP_SURELY}")
_DOES = pattern(rf"{MY_HOME}{_KINDS} (?P<name>[가-힣]{{1,3}}이)(?:가|는|랑|도|를)")
# Words in 이 that are no names: 우리 강아지 먹이가 떨어졌어.
_IN_I = frozenset(["먹이", "나이", "놀이", "사이", "차이", "목걸이", "길이", "덩어리", "아이", "어린이", "종이"])
_NO_PET_NAMES = frozenset(
    ["혼자", "같이", "몰래", "지금", "요즘", "오래", "처음", "이미", "많이", "못", "안", "아직", "누가", "계속", "다시"]
)


def pets_in(clauses: Iterable[Clause]) -> Iterator[Change]:
    """Pets that are told of, one of a clause."""
    for clause in clauses:
        value = _with_name(clause) or _without_name(clause)
        if value and is_fit(value):
            yield Told(Fact(Kind.PET, value))


def _with_name(clause: Clause) -> str | None:
    if found := told(_ITS_NAME_IS, clause):
        name = next(map(_as_called, is_noun_said(found["name"])), "")
    elif (found := told(_CALLED, clause)) or (found := told(_KEPT_BY_NAME, clause)):
        name = _as_called(found["name"])
    elif (found := told(_DOES, clause)) and found["name"] not in _IN_I:
        name = found["name"]
    else:
        return None
    return f"{_kind(found['pet'])} {name}" if _is_pet_name(name) else None


def _without_name(clause: Clause) -> str | None:
    found = told(_KEPT, clause)
    if not found:
        return None
    return f"{_kind(found['pet'])} {found['many']} 마리" if found["many"] else _kind(found["pet"])


def _as_called(name: str) -> str:
    """콩 is called 콩이."""
    return f"{name}이" if len(name) == 1 else name


def _is_pet_name(name: str) -> bool:
    return bool(name) and name not in _NO_PET_NAMES and name not in words("not_names")


def _kind(pet: str) -> str:
    return _ALIKE.get(pet, pet)
