"""Flags of pairs: made when a pair comes in or is reworded, and made anew as the other rows change."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from personas.curation.minhash import alike, band_keys, pieces
from personas.curation.models import BandKey, PairFlag, PreferencePair
from personas.curation.odd_voting import signs_of
from personas.curation.text_flags import Found, Kind, flags_in_texts
from personas.in_pieces import in_pieces

NEARLY_THE_SAME = 0.8
SIMILAR = 0.3
MOST_CANDIDATES = 60
# Of pairs that all say nearly the same, so many are found again by one key: the others are like these anyway, and the
# search for what is like a new pair takes the same time however many there are.
MOST_OF_ONE_KEY = 20
IN_ONE_TRANSACTION = 100  # pairs


@dataclass(frozen=True)
class Look:
    """What is to be written about one pair, found out before anything is locked."""

    pair: PreferencePair
    keys: set[int]
    found: list[Found]
    twin: PreferencePair | None  # the older pair that it nearly repeats

    @property
    def is_flagged(self) -> bool:
        """Whether a curator should look at it twice."""
        return bool(self.found) or self.twin is not None


def pairs_flag(*, pairs: Iterable[PreferencePair]) -> int:
    """Flag these pairs as they are now; what no longer applies is dropped. How many pairs carry a flag."""
    return sum(_piece_flag(piece) for piece in in_pieces(pairs, IN_ONE_TRANSACTION))


def _piece_flag(piece: list[PreferencePair]) -> int:
    looks = pairs_look(pairs=piece)
    with transaction.atomic():
        looks_write(looks=looks)
    return sum(look.is_flagged for look in looks)


def pairs_look(*, pairs: list[PreferencePair]) -> list[Look]:
    """Look at a few pairs of any age, saved or about to be, in their order. Reads only, a few queries for all of them.

    Of nearly equal pairs the first stays without a flag, so that one of them can be approved in good conscience.
    """
    words = [_pieces(pair) for pair in pairs]
    keys = [set(band_keys(found)) for found in words]
    older = _saved_with(set().union(*keys), {pair.pk for pair in pairs if pair.pk})
    known = _Known(older)
    looks = []
    for pair, own, own_keys in zip(pairs, words, keys, strict=True):
        twin = known.twin_of(pair, own, own_keys)
        known.add(pair, own, own_keys)
        looks.append(Look(pair, own_keys, list(_found(pair)), twin))
    return looks


class _Known:
    """Pairs among which a twin is looked for, by persona and key."""

    def __init__(self, saved: list[tuple[int, PreferencePair]]) -> None:
        self._by_key: dict[tuple[int, int], list[int]] = defaultdict(list)
        self._pairs: list[PreferencePair] = []
        self._words: dict[int, set[str]] = {}
        places: dict[int, int] = {}
        for key, pair in saved:
            if pair.pk not in places:
                places[pair.pk] = len(self._pairs)
                self._pairs.append(pair)
            self._by_key[pair.persona_id, key].append(places[pair.pk])

    def add(self, pair: PreferencePair, words: set[str], keys: set[int]) -> None:
        """One more, younger than those before it unless its number says otherwise."""
        place = len(self._pairs)
        self._pairs.append(pair)
        self._words[place] = words
        for key in keys:
            if len(found := self._by_key[pair.persona_id, key]) < MOST_OF_ONE_KEY:
                found.append(place)

    def twin_of(self, pair: PreferencePair, words: set[str], keys: set[int]) -> PreferencePair | None:
        """The most similar older pair, where it is nearly the same."""
        shared = Counter(place for key in keys for place in self._by_key.get((pair.persona_id, key), ()))
        ranked = (
            (alike(words, self._words_at(place)), -place)
            for place, _keys in shared.most_common(MOST_CANDIDATES)
            if _is_older(self._pairs[place], pair)
        )
        share, place = max(ranked, default=(0.0, 0))
        return self._pairs[-place] if share >= NEARLY_THE_SAME else None

    def _words_at(self, place: int) -> set[str]:
        if place not in self._words:
            self._words[place] = _pieces(self._pairs[place])
        return self._words[place]


def _is_older(one: PreferencePair, other: PreferencePair) -> bool:
    return other.pk is None or (one.pk is not None and one.pk < other.pk)


def _saved_with(keys: set[int], leave_out: set[int]) -> list[tuple[int, PreferencePair]]:
    """Saved pairs under these keys, the oldest first."""
    rows = BandKey.objects.filter(key__in=keys).exclude(pair__in=leave_out).order_by("pair").values_list("key", "pair")
    wanted = list(rows)
    pairs = PreferencePair.objects.only("persona", "prompt", "chosen", "rejected").in_bulk({pk for _key, pk in wanted})
    return [(key, pairs[pk]) for key, pk in wanted if pk in pairs]


def looks_write(*, looks: list[Look]) -> None:
    """Write what was found out, in the caller's transaction. The pairs are saved by now."""
    pairs = [look.pair for look in looks]
    BandKey.objects.filter(pair__in=pairs).delete()
    PairFlag.objects.filter(pair__in=pairs).delete()
    BandKey.objects.bulk_create(_keys_to_keep(looks))
    PairFlag.objects.bulk_create(flag for look in looks for flag in _flags(look))


def _keys_to_keep(looks: list[Look]) -> Iterator[BandKey]:
    all_keys = set().union(*(look.keys for look in looks))
    saved = BandKey.objects.filter(key__in=all_keys).values_list("pair__persona", "key").annotate(pairs=Count("pk"))
    kept = Counter({(persona, key): pairs for persona, key, pairs in saved})
    for look in looks:
        for key in look.keys:
            if kept[look.pair.persona_id, key] < MOST_OF_ONE_KEY:
                kept[look.pair.persona_id, key] += 1
                yield BandKey(pair=look.pair, key=key)


def _flags(look: Look) -> Iterator[PairFlag]:
    for found in look.found:
        yield PairFlag(pair=look.pair, **found._asdict())
    if look.twin is not None:
        yield PairFlag(pair=look.pair, kind=Kind.DUPLICATE, twin=look.twin)


def _found(pair: PreferencePair) -> Iterator[Found]:
    spoken = "\n".join(message["content"] for message in pair.prompt)
    yield from flags_in_texts(spoken, pair.chosen, pair.rejected)
    for sign in signs_of(pair):
        yield Found(Kind.VOTING, detail=sign)


def pairs_similar(*, pair: PreferencePair, least: float = SIMILAR) -> list[tuple[PreferencePair, float]]:
    """Pairs of the same persona with similar words, the most similar first, each with its share of common pieces.

    Whose reply was preferred plays no part: the same two replies the other way round are a twin, too.
    """
    keys = band_keys(_pieces(pair))
    shared = BandKey.objects.filter(key__in=keys, pair__persona=pair.persona_id).exclude(pair=pair)
    ids = shared.values("pair").annotate(keys=Count("pk")).order_by("-keys").values_list("pair", flat=True)
    own = _pieces(pair)
    candidates = PreferencePair.objects.filter(pk__in=list(ids[:MOST_CANDIDATES]))
    ranked = [(other, alike(own, _pieces(other))) for other in candidates]
    return sorted((one for one in ranked if one[1] >= least), key=lambda one: (-one[1], one[0].pk))


def _pieces(pair: PreferencePair) -> set[str]:
    return pieces((pair.last_message, pair.chosen, pair.rejected))
