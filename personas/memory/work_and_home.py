"""What the visitor does, and in which city: 나 백엔드 개발자야, 저는 부산에 살아요. Only what stands in words/."""

from collections.abc import Iterable, Iterator

from personas.memory.clauses import Clause
from personas.memory.facts import Change, Fact, Kind, Told
from personas.memory.phrases import I, pattern, told
from personas.memory.word_lists import either

_IS = (
    r"(?:이야|야|이에요|예요|입니다|임|인데|이고|이거든|거든"
    r"|로 ?일해|로 ?일하고 ?있어|으로 ?일해|으로 ?일하고 ?있어|로 ?일하는데)"
)
_NOW = r"(?:(?:지금|요즘|아직|현재) ?)?"
_WORKS = pattern(rf"{I}{_NOW}(?P<job>{either('jobs')}){_IS}")
_LIVES = pattern(
    rf"{I}{_NOW}(?P<place>{either('places')})(?:에|에서)? ?(?:살아|살아요|사는데|살고 ?있어|삽니다|산다|살거든)"
)


def work_and_home_in(clauses: Iterable[Clause]) -> Iterator[Change]:
    """Jobs and cities that are told."""
    for clause in clauses:
        if found := told(_WORKS, clause):
            yield Told(Fact(Kind.JOB, found["job"]))
        if found := told(_LIVES, clause):
            yield Told(Fact(Kind.PLACE, found["place"]))
