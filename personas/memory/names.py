"""What the visitor is called: 내 이름은 지민이야, 나 지민이야, 지민이라고 불러 줘.

Who says "이름" or "불러" may be called nearly anything. After a mere "나 …야" only a common given name counts, alone or
behind a surname: 나 학생이야 and 나 진심이야 have the same form.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from personas.memory.clauses import Clause
from personas.memory.endings import called, is_noun_said, may_be_noun_said
from personas.memory.facts import Change, Erased, Fact, Kind, Told
from personas.memory.introductions import introduced
from personas.memory.personal_names import is_given_name, is_name, short
from personas.memory.phrases import LEAD, MY, I, pattern, told
from personas.memory.word_lists import words

_WORD = r"(?P<word>[가-힣A-Za-z]{2,14})"
_TITLE = r"(?:이름|본명|별명|애칭|닉네임|닉)"
_GIVE = (
    r"(?: ?줘| ?줘요| ?줘라| ?주라| ?줄래| ?줄래요| ?주세요| ?주면 ?돼| ?주면 ?돼요| ?주시면 ?돼요| ?줬으면 ?해|라|요)?"
)
_CALL = rf"(?:불러|부르면 ?돼|부르면 ?됨|부르면 ?됩니다|부르시면 ?돼요|부르셔도 ?돼요|불러도 ?돼){_GIVE}"
_SAY = r"(?:해 ?줘|해 ?줘요|해 ?주라|해 ?줄래|해 ?주세요|해라|하면 ?돼|하면 ?돼요|부르기로 ?해)"

_NAME_IS = pattern(rf"(?:{I}|{MY}){_TITLE}(?:은|이|는)? ?{_WORD}")
_NAME_IS_SAID = pattern(rf"(?:{I}|{MY}){_TITLE}(?:은|이|는)? ?{_WORD} ?(?:해|해요|합니다|한다)")
_I_AM = pattern(rf"{I}{_WORD}")
_I_AM_SAID = pattern(rf"{I}{_WORD} ?(?:해|해요|합니다)")
_CALL_ME = re.compile(
    rf"{LEAD}(?:(?:나는|난|저는|전|나|날|나를|저를|저|그냥"
    rf"|앞으로는|앞으로|이제부터|이제|편하게) ?){{0,2}}{_WORD} ?{_CALL}"
)
_SAY_ME = re.compile(rf"{LEAD}(?:앞으로|이제부터|오늘부터)(?:는|은)? ?(?:(?:나를|날|나|저를|저) ?)?{_WORD} ?{_SAY}")
_FRIENDS_CALL = re.compile(
    rf"{LEAD}(?:(?:친구들|애들|다들|친한 ?친구들)(?:은|이|도)? ?(?:(?:나를|날|나|저를|저|보통|다) ?){{0,2}}"
    rf"|(?:사람들|주변에서|집에서|회사에서|학교에서|팀에서)(?:은|이|는)? ?(?:다들 ?)?(?:나를|날|저를) ?)"
    rf"{_WORD} ?(?:불러|불러요|부른다|부름|부르거든|부릅니다|부르는데)"
)
# 힘내라고 해 줘 wants something said, and calls nobody so.
_ENDS_AS_A_VERB = re.compile("[하해내가자마라대기치지키켜봐와줘나리우꾸르보오시으추끼]$")

_OLD = r"(?P<old>[가-힣]{2,5}?)(?:이|가|은|는)?"
_NOT_BUT = pattern(rf"(?:(?P<title>{MY}{_TITLE}(?:은|이|는)?)|{I})? ?{_OLD} ?(?:아니고|아니라|말고) ?{_WORD}")
_IS_NOT = pattern(
    rf"(?:(?P<title>{MY}{_TITLE}(?:은|이|는)?)|{I})? ?{_OLD} ?(?:아니야|아냐|아니에요|아닌데|아니거든|아님)"
)
_BUT = pattern(rf"{I}?{_WORD}")


def names_in(clauses: Iterable[Clause]) -> Iterator[Change]:
    """Names that are told, corrected or taken back."""
    denied = ""
    before = ""
    for clause in clauses:
        change = _corrected(clause) or _after_denial(denied, clause) or _named(clause, before)
        before = clause.text
        if change:
            yield change
        denied = change.value if isinstance(change, Erased) else ""


def _named(clause: Clause, before: str) -> Told | None:
    for wanted, read, is_fine in (
        (_NAME_IS, is_noun_said, is_name),
        (_NAME_IS_SAID, called, is_name),
        (_NAME_IS, may_be_noun_said, is_given_name),
        (_I_AM, may_be_noun_said, is_given_name),
        (_I_AM_SAID, called, is_given_name),
    ):
        if (found := told(wanted, clause)) and (name := _first(read(found["word"]), is_fine)):
            return _told(name)
    name = _to_be_called(clause) or introduced(clause, before)
    return _told(name) if name else None


def _to_be_called(clause: Clause) -> str | None:
    """지민이라고 불러 줄래? is a question that tells as well."""
    if found := _CALL_ME.fullmatch(clause.text):
        return _first(called(found["word"]), is_name)
    if found := _SAY_ME.fullmatch(clause.text):
        return _first(called(found["word"]), _is_no_verb)
    found = _FRIENDS_CALL.fullmatch(clause.text)
    return _first(called(found["word"]), _is_no_verb) if found and not clause.is_asked else None


def _is_no_verb(name: str) -> bool:
    is_double = name == name[:1] * 2  # 꾸꾸
    return is_name(name) and (is_double or is_given_name(name) or not _ENDS_AS_A_VERB.search(name))


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
