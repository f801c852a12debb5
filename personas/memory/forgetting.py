"""내 이름 잊어 줘: what the visitor wants forgotten."""

import re
from collections.abc import Iterable, Iterator

from personas.memory.clauses import Clause
from personas.memory.facts import Change, Erased, Kind
from personas.memory.phrases import LEAD
from personas.memory.word_lists import either

_WHAT = {
    Kind.NAME: r"(?:이름|본명|별명|닉네임)",
    Kind.PET: r"(?:반려동물|(?:강아지|고양이|햄스터|토끼)(?: ?이름)?)",
    Kind.PLAN: rf"(?:일정|계획|약속|{either('events')})",
    Kind.LIKING: r"(?:취향|좋아하는 ?(?:거|것|음식|노래|게임))",
    Kind.JOB: r"(?:직업|직장|하는 ?일)",
    Kind.PLACE: r"(?:사는 ?(?:곳|데)|주소|동네)",
}
_MINE = r"(?:(?:내|제|나의|저의|내가|제가|나|우리|저희) ?)"
_ALL = r"(?:(?:좀|그냥|이제|다|전부|모두|싹) ?){0,2}"
_FORGET = (
    r"(?:(?:잊어|잊어버려|지워|지워버려|삭제해|까먹어)(?: ?줘| ?줄래| ?주세요| ?주라| ?줄 ?수 ?있어| ?줘요|라|도 ?돼)?"
    r"|기억하지 ?(?:마|마요|말아 ?줘|말아 ?주세요)|기억 ?안 ?해도 ?돼)"
)
_KINDS = {
    kind: re.compile(rf"{LEAD}{_MINE}{what}(?:은|는|을|를|도|이|가)? ?{_ALL}{_FORGET}") for kind, what in _WHAT.items()
}
_EVERYTHING = re.compile(
    rf"{LEAD}(?:(?:나|저)에 ?대(?:해서|해|한) ?(?:건|거|것|아는 ?(?:거|것)|기억하는 ?(?:거|것))?"
    rf"|(?:내|제)가 ?(?:말한|얘기한|알려 ?준) ?(?:건|거|것))"
    rf"(?:은|는|을|를|들)? ?{_ALL}{_FORGET}"
)


def forgetting_in(clauses: Iterable[Clause]) -> Iterator[Change]:
    """What is to be forgotten; asked as a question it counts as well."""
    for clause in clauses:
        if _EVERYTHING.fullmatch(clause.text):
            yield Erased()
        yield from (Erased(kind) for kind, wanted in _KINDS.items() if wanted.fullmatch(clause.text))
