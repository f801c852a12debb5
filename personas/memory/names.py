"""What the visitor is called: 내 이름은 지민이야, 나 지민이야, 지민이라고 불러 줘.

Who says "이름" or "불러" may be called nearly anything. After a mere "나 …야" only a common given name counts, alone or
behind a surname: 나 학생이야 and 나 진심이야 have the same form.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from personas.memory.clauses import Clause
from personas.memory.endings import called, ends_in_consonant, is_noun_said, may_be_noun_said
from personas.memory.facts import Change, Erased, Fact, Kind, Told
from personas.memory.fitness import is_fit
from personas.memory.phrases import LEAD, MY, I, pattern, told
from personas.memory.word_lists import given_names, words

COMMON_SURNAMES = "김이박최정강조윤장임한오서신권황안송류유홍전고문양손배백허남심노곽성차주우구민나진"
VERY_COMMON_SURNAMES = COMMON_SURNAMES[:5]
LONGEST_NAME = 6  # syllables, of a nickname

_WORD = r"(?P<word>[가-힣A-Za-z]{2,14})"
_TITLE = r"(?:이름|본명|별명|애칭|닉네임|닉)"
_CALL = r"(?:불러|부르면 ?돼|불러도 ?돼)(?: ?줘| ?줘요| ?주라| ?줄래| ?줄래요| ?주세요| ?주면 ?돼|라|요)?"

_NAME_IS = pattern(rf"(?:{I}|{MY}){_TITLE}(?:은|이|는)? ?{_WORD}")
_NAME_IS_SAID = pattern(rf"(?:{I}|{MY}){_TITLE}(?:은|이|는)? ?{_WORD} ?(?:해|해요|합니다|한다)")
_I_AM = pattern(rf"{I}{_WORD}")
_I_AM_SAID = pattern(rf"{I}{_WORD} ?(?:해|해요|합니다)")
_CALL_ME = re.compile(
    rf"{LEAD}(?:(?:나는|난|저는|전|나|날|나를|저를|저|그냥|앞으로|이제|편하게) ?){{0,2}}{_WORD} ?{_CALL}"
)
_IN_ENGLISH = re.compile(r"(?:hi |hello |hey )?(?:my name is|my name's|call me) (?P<word>[a-z]{2,12})", re.IGNORECASE)

_OLD = r"(?P<old>[가-힣]{2,5}?)(?:이|가|은|는)?"
_NOT_BUT = pattern(rf"(?:(?P<title>{MY}{_TITLE}(?:은|이|는)?)|{I})? ?{_OLD} ?(?:아니고|아니라|말고) ?{_WORD}")
_IS_NOT = pattern(
    rf"(?:(?P<title>{MY}{_TITLE}(?:은|이|는)?)|{I})? ?{_OLD} ?(?:아니야|아냐|아니에요|아닌데|아니거든|아님)"
)
_BUT = pattern(rf"{I}?{_WORD}")


def names_in(clauses: Iterable[Clause]) -> Iterator[Change]:
    """Names that are told, corrected or taken back."""
    denied = ""
    for clause in clauses:
        change = _corrected(clause) or _after_denial(denied, clause) or _named(clause)
        if change:
            yield change
        denied = change.value if isinstance(change, Erased) else ""


def _named(clause: Clause) -> Told | None:
    for wanted, read, is_fine in (
        (_NAME_IS, is_noun_said, is_name),
        (_NAME_IS_SAID, called, is_name),
        (_NAME_IS, may_be_noun_said, is_given_name),
        (_I_AM, may_be_noun_said, is_given_name),
        (_I_AM_SAID, called, is_given_name),
    ):
        if (found := told(wanted, clause)) and (name := _first(read(found["word"]), is_fine)):
            return _told(name)
    return _named_alone(clause) or _to_be_called(clause)


def _named_alone(clause: Clause) -> Told | None:
    """내 이름은 지민, without any ending: only a common name, since 내 이름은 특이해 looks alike."""
    found = _NAME_IS.fullmatch(clause.text)
    name = short(found["word"]) if found and not found["rest"] and not clause.is_asked else ""
    return _told(name) if is_given_name(name) else None


def _to_be_called(clause: Clause) -> Told | None:
    """지민이라고 불러 줄래? is a question that tells as well."""
    if found := _CALL_ME.fullmatch(clause.text):
        name = _first(called(found["word"]), is_name)
    else:
        found = _IN_ENGLISH.fullmatch(clause.text)
        name = found["word"].capitalize() if found else None
    return _told(name) if name and is_name(name) else None


def _corrected(clause: Clause) -> Change | None:
    """지민 아니고 지만이야; without "이름" it counts where 지민 is what was known."""
    if found := told(_NOT_BUT, clause):
        name = _first(is_noun_said(found["word"]), is_name)
        return _told(name, corrects="" if found["title"] else short(found["old"])) if name else None
    if (found := told(_IS_NOT, clause)) and is_name(short(found["old"])):
        return Erased(Kind.NAME, short(found["old"]))
    return None


def _after_denial(denied: str, clause: Clause) -> Told | None:
    """내 이름 지민 아니야, 지만이야: the second half alone names nobody."""
    found = told(_BUT, clause) if denied else None
    name = _first(may_be_noun_said(found["word"]), is_given_name) if found else None
    return _told(name) if name else None


def _first(readings: Iterable[str], is_fine: Callable[[str], bool]) -> str | None:
    """The surest reading that will do; none where any reading is a word for something else: 고양이라고."""
    every = list(readings)
    return None if words("not_names").intersection(every) else next(filter(is_fine, map(short, every)), None)


def _told(name: str, corrects: str = "") -> Told:
    return Told(Fact(Kind.NAME, name), corrects)


def short(name: str) -> str:
    """The given name alone, without the surname, and without the 이 of 지민이. The full name is not kept."""
    if len(name) == 4 and name.endswith("이") and name[0] in COMMON_SURNAMES and name[1:3] in given_names():
        return name[1:3]
    if len(name) == 3 and name not in words("not_names") and name[:2] not in given_names() and _has_surname(name):
        return name[1:]
    if len(name) == 3 and name.endswith("이") and ends_in_consonant(name[:-1]) and name[:-1] in given_names():
        return name[:-1]
    return name


def _has_surname(name: str) -> bool:
    """Whether three syllables begin with a surname: a very common one, or one before a common given name."""
    return name[0] in VERY_COMMON_SURNAMES or (name[0] in COMMON_SURNAMES and name[1:] in given_names())


def is_given_name(name: str) -> bool:
    """Whether people are often called so."""
    return name in given_names()


def is_name(name: str) -> bool:
    """Whether somebody who says so may be called this."""
    is_written = name.isascii() or 2 <= len(name) <= LONGEST_NAME
    return bool(name) and is_written and name.lower() not in words("not_names") and is_fit(name)
