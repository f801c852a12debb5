"""Pets: 우리 강아지 이름은 콩이야, 나 고양이 두 마리 키워. Kept as kind and name: 강아지 콩이."""

import re
from collections.abc import Iterable, Iterator

from personas.memory.clauses import Clause
from personas.memory.endings import called, is_noun_said
from personas.memory.facts import Change, Fact, Kind, PetNamed, Told
from personas.memory.fitness import is_fit
from personas.memory.personal_names import is_sure_name
from personas.memory.phrases import LEAD, MY_HOME, I, pattern, told
from personas.memory.word_lists import words

_ALIKE = {
    "멍멍이": "강아지",
    "댕댕이": "강아지",
    "반려견": "강아지",
    "개": "강아지",
    "냥이": "고양이",
    "반려묘": "고양이",
    "냥냥이": "고양이",
    "냥": "고양이",
    "코숏": "고양이",
    "댕이": "강아지",
    "앵무": "앵무새",
    "거북": "거북이",
    "햄찌": "햄스터",
    "토깽이": "토끼",
    **dict.fromkeys(("푸들", "포메", "말티즈", "비숑", "시츄", "진돗개", "리트리버", "웰시코기"), "강아지"),
}
_KINDS = (
    r"(?P<pet>강아지|멍멍이|댕댕이|반려견|개|고양이|냥냥이|냥이|반려묘|햄스터|토끼|앵무새|거북이|고슴도치|금붕어|물고기|도마뱀"
    r"|기니피그|페럿|닭|앵무|거북|햄찌|토깽이|구피|열대어|다람쥐|댕이|냥|푸들|포메|말티즈|비숑|시츄|진돗개|리트리버|웰시코기|코숏)"
)
_NAME = r"(?P<name>[가-힣]{2,8})"
_KEEP = (
    r"(?:키워|키우는 ?집사야|키우는 ?집사인데|키워요|키우는데|키우고 ?있어|키우고 ?있는데|키우거든|키웁니다|키움"
    r"|길러|기르는데|기르고 ?있어|있어|있는데|있거든)"
)
_GOT = r"(?:샀어|샀는데|샀다|입양했어|입양했는데|데려왔어|데려왔는데|분양 ?받았어|분양 ?받았는데|생겼어|생겼는데)"
_KEEP_SURELY = _KEEP.replace("|있어|있는데|있거든", "")  # 강아지 혼자 있어

_ITS_NAME_IS = pattern(rf"{MY_HOME}{_KINDS}(?:의)? ?이름(?:은|이)? ?{_NAME}")
_CALLED = pattern(rf"(?:{I}|{MY_HOME})?(?P<name>[가-힣]{{2,6}}?)(?:이)?라는 {_KINDS}(?:를|을)? ?{_KEEP}")
_KEPT = pattern(
    rf"(?:{I}|{MY_HOME})(?:집에 ?)?{_KINDS}(?:를|을)?(?: ?(?P<many>한|두|세|네|다섯) ?마리(?:를)?)? ?{_KEEP}"
)
_KEPT_BY_NAME = pattern(rf"{I}{_KINDS} (?P<name>[가-힣]{{2,4}}?)(?:를|을)? ?{_KEEP_SURELY}")
_DOES = pattern(rf"{MY_HOME}{_KINDS} (?P<name>[가-힣]{{1,3}}이)(?:가|는|랑|도|를)")
_AGE = r"(?: (?:이제 |올해 )?(?:한|두|세|네|다섯|여섯|\d{1,2}) ?(?:살|개월)[^\n]{0,20})?"
_HOME_AND_NAME = re.compile(rf"{LEAD}{MY_HOME}{_KINDS} (?P<name>[가-힣]{{2,4}}){_AGE}")
_NAMED_AND_KEPT = pattern(rf"(?:{I}|{MY_HOME})?{_KINDS} (?P<name>[가-힣]{{2,4}}?)(?:를|을)? ?{_KEEP_SURELY}")
# 햄스터 샀어 이름 모찌로 지었어: of the first half alone nothing is kept, since 닭 샀어 is about food.
_OWNED = re.compile(
    rf"{LEAD}(?:{I}|{MY_HOME})?(?:집에 ?)?(?:(?:오늘|어제|최근에|이번에|얼마 전에) ?)?(?:새끼 ?|아기 ?)?"
    rf"{_KINDS}(?:를|을|가|이)?(?: ?한 ?마리(?:를)?)? ?(?:{_KEEP}|{_GOT})"
)
_BEFORE_ITS_NAME = re.compile(r" (?=(?:(?:그리고|근데|얘|걔|애) )?이름(?:은|이|을)? ?[가-힣])")
_ITS = rf"{LEAD}(?:(?:얘|걔|애|그 애|우리 애|{_KINDS}) ?)?이름"
_ITS_NAME = pattern(rf"{_ITS}(?:은|이)? ?{_NAME}")
_NAMED_SO = pattern(
    rf"{_ITS}(?:은|을|이)? ?{_NAME} ?"
    r"(?:지었어|지었는데|지었다|지음|지어 ?줬어|정했어|했어|해|해요|합니다)"
)
_ITS_NAME_ALONE = re.compile(rf"{_ITS}(?:은)? ?(?P<name>[가-힣]{{1,4}}){_AGE}")
# Words in 이 that are no names: 우리 강아지 먹이가 떨어졌어.
_IN_I = frozenset(["먹이", "나이", "놀이", "사이", "차이", "목걸이", "길이", "덩어리", "아이", "어린이", "종이"])
_NO_PET_NAMES = frozenset(
    ["혼자", "같이", "몰래", "지금", "요즘", "오래", "처음", "이미", "많이", "못", "안", "아직", "누가", "계속", "다시"]
)


def pets_in(clauses: Iterable[Clause]) -> Iterator[Change]:
    """Pets that are told of, one of a clause. A bare "이름은 나비야" names the pet of the clause before it, or, where
    no clause is before it, the pet that was told of last."""
    owned = ""
    for part in (part for clause in clauses for part in _halves(clause)):
        value = _with_name(part) or _without_name(part)
        if value and is_fit(value):
            yield Told(Fact(Kind.PET, value))
        elif (name := _its_name(part)) and is_fit(name):
            yield Told(Fact(Kind.PET, f"{owned} {name}")) if owned else PetNamed(name)
        owned = _owned(part)


def _halves(clause: Clause) -> Iterator[Clause]:
    """고양이 키워 이름은 나비야: the pet, and its name."""
    cut = _BEFORE_ITS_NAME.search(clause.text)
    if cut and _OWNED.fullmatch(clause.text[: cut.start()]):
        yield Clause(clause.text[: cut.start()], is_asked=False)
        yield Clause(clause.text[cut.end() :], clause.is_asked)
    else:
        yield clause


def _owned(clause: Clause) -> str:
    found = None if clause.is_asked else _OWNED.fullmatch(clause.text)
    return _kind(found["pet"]) if found else ""


def _its_name(clause: Clause) -> str:
    """The name in 이름은 나비야, 이름 모찌로 지었어, 이름 꼬북이; empty where it is none."""
    if found := told(_NAMED_SO, clause):
        names = [name for name in called(found["name"]) if len(name) > 1 and not name.endswith("기")]  # 바꾸기로 했어
    elif found := told(_ITS_NAME, clause):
        names = [*is_noun_said(found["name"])]
    else:
        names = []
    alone = None if names or clause.is_asked else _ITS_NAME_ALONE.fullmatch(clause.text)
    if alone and _may_stand_alone(alone["name"]):
        names = [alone["name"]]
    return next(filter(_is_pet_name, map(_as_called, names)), "")


def _may_stand_alone(name: str) -> bool:
    """Whether it is a name without any ending: 이름은 꼬북이, and not 이름은 나중에."""
    is_in_i = name.endswith("이") and len(name) > 2 and name not in _IN_I and name[:-1] not in words("not_names")
    return is_in_i or name in words("pet_names") or is_sure_name(name)


def _with_name(clause: Clause) -> str | None:
    if found := told(_ITS_NAME_IS, clause):
        name = next(map(_as_called, is_noun_said(found["name"])), "")
    elif (found := told(_CALLED, clause)) or (found := told(_KEPT_BY_NAME, clause)):
        name = _as_called(found["name"])
    elif (found := told(_DOES, clause)) and found["name"] not in _IN_I or (found := _listed(clause)) is not None:
        name = found["name"]
    else:
        return None
    return f"{_kind(found['pet'])} {name}" if _is_pet_name(name) else None


def _listed(clause: Clause) -> re.Match[str] | None:
    """우리집 멍멍이 보리, 햄스터 모찌 키워: only a name that many pets have."""
    found = told(_NAMED_AND_KEPT, clause) or (None if clause.is_asked else _HOME_AND_NAME.fullmatch(clause.text))
    return found if found and found["name"] in words("pet_names") else None


def _without_name(clause: Clause) -> str | None:
    found = told(_KEPT, clause)
    if not found:
        return None
    return f"{_kind(found['pet'])} {found['many']} 마리" if found["many"] else _kind(found["pet"])


def _as_called(name: str) -> str:
    """콩 is called 콩이."""
    return f"{name}이" if len(name) == 1 else name


def _is_pet_name(name: str) -> bool:
    unlikely = words("not_names") | _NO_PET_NAMES
    return bool(name) and not unlikely.intersection((name, name.removesuffix("이")))


def _kind(pet: str) -> str:
    return _ALIKE.get(pet, pet)
