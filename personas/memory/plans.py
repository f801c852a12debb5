"""Plans with a day: 나 내일 면접 있어, 금요일에 영어 시험 봐. What they may be stands in words/events.txt, so nothing
that the visitor makes up is kept, nor with whom it is."""

from collections.abc import Iterable, Iterator
from datetime import date

from personas.memory.clauses import Clause
from personas.memory.days import DAY, day_meant
from personas.memory.facts import Change, Erased, Fact, Kind, Told
from personas.memory.phrases import I, pattern, told
from personas.memory.word_lists import either

_EVENT = rf"(?:(?P<of>{either('event_kinds')}) ?)?(?P<event>{either('events')})"
_IS = (
    r"(?:이|가|을|를)? ?(?:있어|있어요|있음|있는데|있다|있습니다|있거든|있어서|잡혔어|잡혔는데"
    r"|봐|봐요|보는데|보러 ?가|보러 ?가는데"
    r"|가|가요|가는데|가기로 ?했어|하기로 ?했어|하는데|해|해요|한다|이야|야|이에요|예요|입니다|임|인데"
    r"|이라|라|이라서|라서|이라니|이거든|거든)"
)
_HOUR = r"(?:(?:(?:새벽|아침|오전|점심|오후|저녁|밤)(?:에)? ?)?(?:\d{1,2}시(?: ?반| ?\d{1,2}분)?(?:에)? ?)?)"
_PLANNED = pattern(
    rf"(?:{I}|우리 )?{DAY}(?:에|은|는)? ?{_HOUR}(?:(?:나|난|나는|내|제|우리|드디어|중요한) ?)?{_EVENT}{_IS}"
)
_CALLED_OFF = pattern(
    rf"(?:{I})?(?:{DAY}(?:에|은|는)? ?)?{_EVENT}(?:이|가|은|는)?"
    r" ?(?:취소됐어|취소됐어요|취소야|취소했어|미뤄졌어|연기됐어)"
)


def plans_in(clauses: Iterable[Clause], today: date) -> Iterator[Change]:
    """Plans that are made and that are called off."""
    for clause in clauses:
        if found := told(_PLANNED, clause):
            day = day_meant(found, today)
            if day:
                yield Told(Fact(Kind.PLAN, _words(found), day))
        elif found := told(_CALLED_OFF, clause):
            yield Erased(Kind.PLAN, _words(found))


def _words(found) -> str:
    return f"{found['of']} {found['event']}" if found["of"] else found["event"]
