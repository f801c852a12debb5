"""Flags of pairs: made when a pair comes in or is reworded, and made anew as the other rows change."""

from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Count

from personas.curation.minhash import alike, band_keys, pieces
from personas.curation.models import BandKey, PairFlag, PreferencePair
from personas.curation.odd_voting import signs_of
from personas.curation.text_flags import Found, Kind, flags_in_texts

NEARLY_THE_SAME = 0.8
SIMILAR = 0.3
MOST_CANDIDATES = 60


def pairs_flag(*, pairs: Iterable[PreferencePair]) -> int:
    """Flag these pairs as they are now; what no longer applies is dropped. How many pairs carry a flag."""
    return sum(_pair_flag(pair) for pair in pairs)


@transaction.atomic
def _pair_flag(pair: PreferencePair) -> bool:
    BandKey.objects.filter(pair=pair).delete()
    BandKey.objects.bulk_create(BandKey(pair=pair, key=key) for key in set(band_keys(_pieces(pair))))
    flags = [PairFlag(pair=pair, **found._asdict()) for found in _found(pair)]
    twin = _older_twin(pair)
    if twin is not None:
        flags.append(PairFlag(pair=pair, kind=Kind.DUPLICATE, twin=twin))
    PairFlag.objects.filter(pair=pair).delete()
    PairFlag.objects.bulk_create(flags)
    return bool(flags)


def _found(pair: PreferencePair) -> Iterator[Found]:
    spoken = "\n".join(message["content"] for message in pair.prompt)
    yield from flags_in_texts(spoken, pair.chosen, pair.rejected)
    for sign in signs_of(pair):
        yield Found(Kind.VOTING, detail=sign)


def _older_twin(pair: PreferencePair) -> PreferencePair | None:
    """The first of nearly equal pairs stays without a flag, so that one of them can be approved in good conscience."""
    return next(
        (twin for twin, share in pairs_similar(pair=pair) if twin.pk < pair.pk and share >= NEARLY_THE_SAME), None
    )


def pairs_similar(*, pair: PreferencePair, least: float = SIMILAR) -> list[tuple[PreferencePair, float]]:
    """Pairs of the same persona with similar words, the most similar first, each with its share of common pieces.

    Whose reply was preferred plays no part: the same two replies the other way round are a twin, too.
    """
    keys = BandKey.objects.filter(pair=pair).values("key")
    shared = BandKey.objects.filter(key__in=keys, pair__persona=pair.persona_id).exclude(pair=pair)
    ids = shared.values("pair").annotate(keys=Count("pk")).order_by("-keys").values_list("pair", flat=True)
    own = _pieces(pair)
    candidates = PreferencePair.objects.filter(pk__in=list(ids[:MOST_CANDIDATES]))
    ranked = [(other, alike(own, _pieces(other))) for other in candidates]
    return sorted((one for one in ranked if one[1] >= least), key=lambda one: (-one[1], one[0].pk))


def _pieces(pair: PreferencePair) -> set[str]:
    return pieces((pair.last_message, pair.chosen, pair.rejected))
