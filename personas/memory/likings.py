"""What the visitor likes: 나는 민트초코 좋아해, 내가 제일 좋아하는 음식은 떡볶이야. Things, never people."""

import re
from collections.abc import Iterable, Iterator

from personas.memory.clauses import Clause
from personas.memory.endings import is_noun_said, without_object_particle
from personas.memory.facts import Change, Erased, Fact, Kind, Told
from personas.memory.fitness import is_fit
from personas.memory.personal_names import is_given_name, short
from personas.memory.phrases import MY, I, pattern, told

_W = "[0-9A-Za-z가-힣]{1,10}"
_THING = rf"(?P<thing>{_W}(?: {_W}){{0,2}}?)"
_MUCH = r"(?: ?(?:진짜|너무|엄청|제일|젤|정말|완전|되게|가장|무지|매우|많이|아주))?"
_LIKE = r"(?:좋아해|좋아해요|좋아함|좋아하는데|좋아합니다|좋아한다|좋아하거든|좋아하지|좋아하는 ?편이야|사랑해)"
_DISLIKE = r"(?:안 ?좋아해|안 ?좋아해요|싫어해|싫어해요|싫어|별로야|질렸어)"
_OF = (
    r"(?:음식|색|색깔|노래|가수|밴드|영화|드라마|게임|계절|동물|운동|스포츠|과일|음료|커피|술|책|작가|과목|언어|간식|디저트"
    r"|취미|건|거|것)"
)

_LIKED = pattern(rf"{I}(?:(?:요즘|원래|평소에|예전부터|어릴 때부터) )?{_MUCH} ?{_THING}{_MUCH} {_LIKE}")
_FAVOURITE = pattern(
    rf"(?:(?:내가|제가|나는|난|저는) ?(?:제일 ?|가장 ?|젤 ?)?좋아하는|{MY}최애) {_OF}(?:은|는|이)? {_THING}"
)
_DISLIKED = pattern(rf"{I}(?:이제 ?)?{_THING}(?: 이제| 더 이상)? {_DISLIKE}")

# Pointed at, turned round, or a person.
_NO_THING = re.compile(
    r"(?:^| )(?:너|니|네|널|너를|넌|너희|당신|걔|얘|쟤|그|그런|이런|저런|이|저|누가|누구|뭐|뭘|뭔가|아무"
    r"|아무도|안|못|별로|딱히|그다지|그거|이거|저거|그것|이것"
    r"|이게|그게|나|내|우리|자기|여보|사람|사람들|애|애들|엄마|아빠|언니|오빠|누나|형|동생|친구|선배|후배|팀장|과장|대리|사장|선생님|쌤"
    r"|비밀|같이|혼자서|서로|에겐|테토|진짜|너무|정말|다|더|둘|가끔|요즘|원래|예전|안녕|왜|어떻게|만약|혹시)"
    r"(?:이|가|은|는|을|를|도|만|한테|에게|님)?(?= |$)"
    r"|(?:님|씨|쌤|선배|팀장)(?:을|를|이|가)?$|[가-힣](?:면|니까|지만|다고|라고|냐고|는데|아서|어서)(?= |$)"
)
_LONGEST_THING = 15
_SHORT_THINGS = frozenset("롤술책잠밥꽃눈비빵떡회차춤귤닭돈산")  # other single syllables are pointing or turning words


def likings_in(clauses: Iterable[Clause]) -> Iterator[Change]:
    """Things that are liked, and that are no longer."""
    for clause in clauses:
        if found := told(_DISLIKED, clause):
            yield Erased(Kind.LIKING, without_object_particle(found["thing"]))
        elif (found := told(_LIKED, clause)) and is_thing(thing := without_object_particle(found["thing"])):
            yield Told(Fact(Kind.LIKING, thing))
        elif found := told(_FAVOURITE, clause):
            favourite = next(filter(is_thing, is_noun_said(found["thing"])), None)
            if favourite:
                yield Told(Fact(Kind.LIKING, favourite))


def is_thing(words: str) -> bool:
    """Whether the words name something to like that is nobody known to the visitor alone."""
    is_someone = any(is_given_name(short(word)) for word in {words, without_object_particle(words)})
    is_long_enough = len(words) > 1 or words in _SHORT_THINGS
    return (
        is_long_enough
        and len(words) <= _LONGEST_THING
        and not is_someone
        and not _NO_THING.search(words)
        and is_fit(words)
    )
