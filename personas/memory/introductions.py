"""Names told in passing: 난 준영, 유나임, 서윤이야 나, 내이름 박지훈 외워둬, 나 초롱이야 김초롱.

Nothing but the name itself shows that it is one, so a common given name must stand there, and little else
in the clause.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from personas.memory.clauses import Clause
from personas.memory.endings import called, is_noun_said
from personas.memory.personal_names import is_given_name, is_name, is_sure_name, short
from personas.memory.phrases import LEAD, MY, I

_WORD = r"(?P<word>[가-힣]{2,8})"
_TITLE = r"(?:이름|본명|별명|애칭|닉네임|닉)"
_IS = r"(?:이야|이에요|이예요|예요|에요|야|임|입니다|입니당|인데|이고|이고요)"
_SAID = r"(?:해|해요|합니다|해여|함|하는데|하고)"
_REMEMBER = r"(?:꼭 |잘 |좀 )?(?:기억|외워|외우|알아 ?둬|알아 ?두|잊지 ?마|까먹지 ?마)[^\n]{0,20}"
# What people say behind their name, and hardly behind anything else.
_GREETING = (
    rf"(?: ?{_REMEMBER}"
    r"| (?:만 ?)?(?:잘 ?부탁|반가|반갑|안녕|하이|처음 뵙|너는|넌|그쪽은|\d{1,2} ?살|올해 )[^\n]{0,60})?"
)

_TITLED = re.compile(rf"{LEAD}(?:{I}|{MY}){_TITLE}(?:은|이|는)? ?(?P<word>[가-힣]{{2,5}}?){_GREETING}")
_TITLED_LATIN = re.compile(
    rf"{LEAD}(?:{I}|{MY})?{_TITLE}(?:은|이|는)? ?(?P<word>[A-Za-z]{{2,12}}) ?{_IS}(?: [^\n]{{1,200}})?"
)
_ENDLESS = re.compile(rf"{LEAD}{I}(?P<word>[가-힣]{{2,4}}){_GREETING}")
_ALONE = re.compile(rf"{LEAD}(?P<word>[가-힣]{{2,4}}(?:임|입니다|입니당)){_GREETING}")
_ALONE_SAID = re.compile(rf"{LEAD}(?P<word>[가-힣]{{2,4}}(?:이라고|라고|이라구|라구)) ?{_SAID}{_GREETING}")
_TURNED = re.compile(rf"{LEAD}{_WORD} (?:나|난|나는|저|저는)")
_TURNED_TITLED = re.compile(rf"{LEAD}{_WORD} ?{MY}{_TITLE}(?:은|이)?")
_TWICE = re.compile(
    rf"{LEAD}{I}(?P<word>[가-힣]{{2}})(?:이)?{_IS} (?P<surname>[가-힣])(?P=word)(?:{_IS})?(?: [^\n]{{1,200}})?"
)
_BY_NAME = re.compile(
    rf"{LEAD}(?:(?:내|제) ?)?(?:이름부터 ?말하(?:면|자면)|이름을 ?말하자면|이름부터 ?말할게"
    r"|자기소개(?:를)? ?하자면|소개(?:를)? ?하자면) "
    rf"(?:{I})?{_WORD}(?: ?{_SAID})?{_GREETING}"
)
_IN_ENGLISH = re.compile(
    r"(?:hi |hello |hey |안녕 )?(?:my name is|my name's|call me) (?:(?:kim|lee|park|choi|jung|kang) )?"
    r"(?P<word>[a-z]{2,12}|[가-힣]{2,8})(?: (?:and|but|from|nice to|please) [^\n]{1,200})?",
    re.IGNORECASE,
)
# 최애가 누구야? 난 지민: a choice among others, no name of one's own.
_CHOICE = re.compile("최애|누구|누가|좋아|골라|고르|픽|팬|투표|멤버|아이돌|배우|가수|캐릭터|주인공|응원|이상형|닮")


def introduced(clause: Clause, before: str) -> str | None:
    """The name that a clause tells in one of these forms; `before` is the clause before it."""
    titled = _title_says(clause)
    if titled or clause.is_asked or _CHOICE.search(before):
        return titled
    return _first_told(
        clause,
        (
            (_ENDLESS, _as_it_is, is_sure_name),
            (_ALONE, is_noun_said, is_sure_name),
            (_ALONE_SAID, called, is_given_name),
            (_TURNED, _is_no_call, is_sure_name),
            (_TWICE, _as_it_is, is_name),
        ),
    )


def _title_says(clause: Clause) -> str | None:
    """Where "이름" or "name" is said; my name is 소율."""
    if clause.is_asked:
        return None
    return _first_told(
        clause,
        (
            (_TITLED, _as_it_is, is_given_name),
            (_TITLED_LATIN, _as_it_is, is_name),
            (_TURNED_TITLED, is_noun_said, is_given_name),
            (_BY_NAME, _as_noun_or_called, is_name),
            (_IN_ENGLISH, _in_english, is_name),
        ),
    )


def _first_told(
    clause: Clause,
    forms: Iterable[tuple[re.Pattern[str], Callable[[str], Iterable[str]], Callable[[str], bool]]],
) -> str | None:
    for wanted, read, is_fine in forms:
        if found := wanted.fullmatch(clause.text):
            name = next(filter(is_fine, map(short, read(found["word"]))), None)
            if name and is_name(name):
                return name
    return None


def _as_it_is(word: str) -> Iterator[str]:
    yield word


def _as_noun_or_called(word: str) -> Iterator[str]:
    yield from called(word)
    yield from is_noun_said(word)


def _in_english(word: str) -> Iterator[str]:
    yield from is_noun_said(word)
    yield word.capitalize()


def _is_no_call(word: str) -> Iterator[str]:
    """서윤이야 나 tells a name; 민지야 나 may call somebody of that name."""
    yield from is_noun_said(word) if not word.endswith("야") or word.endswith("이야") else ()
