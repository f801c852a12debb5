"""What the desk lets in among the exchanges that a model reads before a message, and what has been taken back of it.

Two kinds of rows: SFT rows that curators wrote, and approved pairs that a curator let in. Of a visitor's pair the
message serves the look-up alone; what another visitor may ever see is the reply. Reads only: how texts of a row that
was taken back leave other replies is in exemplar_withdrawal.py.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from moderation import danger_of, is_sexual
from personas.chat.exemplar_ids import HASH_DIGITS, PAIR, SFT_ROW, source_of, sources_of
from personas.curation.models import PreferencePair, SftRow
from personas.curation.selectors import pairs_as_exemplars
from personas.privacy.masking import mask

MOST_ROWS = 20_000  # the newest: they take some 30 MB of a worker, and the look-up stays quick
BATCH = 200

Exemplar = dict[str, str]  # {"id", "persona", "said", "reply"}; of one that was taken back "id" and "persona" are left
Dated = tuple[datetime, "ExemplarRow"]

# What the worker would fill in ("{name}"). It does so where a row's author said which facts it needs; none does here.
_SLOT = re.compile(r"\{[a-z]+\}")


@dataclass(frozen=True)
class ExemplarRow:
    """An exchange from the desk. `id` names its row and its wording: an edited row is another exemplar."""

    id: str
    wordings: tuple[str, ...]
    replies: dict[str, tuple[str, ...]]  # by the persona's slug


def exemplar_rows_live() -> list[ExemplarRow]:
    """All that may stand before a message now, masked, the newest first, at most MOST_ROWS. Two queries."""
    dated = sorted([*_let_in(), *_written()], key=lambda one: one[0], reverse=True)
    return [row for _at, row in dated[:MOST_ROWS]]


def _let_in() -> Iterator[Dated]:
    newest = pairs_as_exemplars().filter(is_exemplar=True).order_by("-created_at")[:MOST_ROWS]
    for at, pk, slug, prompt, chosen in newest.values_list("created_at", "pk", "persona__slug", "prompt", "chosen"):
        if row := _row(f"{PAIR}-{pk}", slug, [*prompt, {"role": "assistant", "content": chosen}]):
            yield at, row


def _written() -> Iterator[Dated]:
    """SFT rows of one exchange; a category says that a row is for something else than an exchange as people have it."""
    rows = SftRow.objects.filter(category="", messages__2__isnull=True).order_by("-created_at")[:MOST_ROWS]
    for at, pk, slug, messages in rows.values_list("created_at", "pk", "persona__slug", "messages"):
        if row := _row(f"{SFT_ROW}-{pk}", slug, messages):
            yield at, row


def pair_fits(pair: PreferencePair) -> bool:
    """Whether the texts of a pair may stand before others' messages; flags and consent are for the database to say."""
    return _row("", "", [*pair.prompt, {"role": "assistant", "content": pair.chosen}]) is not None


def _row(source: str, slug: str, messages: list[Exemplar]) -> ExemplarRow | None:
    """None where somebody is in danger in any of the messages, and where nothing was said or the reply has a slot."""
    texts = [_masked_unless_dangerous(message["content"]) for message in messages]
    safe = [text for text in texts if text is not None]
    if len(safe) < len(messages) or _SLOT.search(safe[-1]):
        return None
    said = [text for text, message in zip(safe, messages, strict=True) if message["role"] == "user"]
    wording = " ".join(" ".join(said[-2:]).split())  # a follow-up is looked up together with what was said before it
    if not wording:
        return None
    content = json.dumps([slug, wording, safe[-1]], ensure_ascii=False)
    digest = hashlib.sha256(content.encode()).hexdigest()[:HASH_DIGITS]
    return ExemplarRow(f"{source}-{digest}", (wording,), {slug: (safe[-1],)})


@lru_cache(maxsize=4 * MOST_ROWS)  # half a millisecond a text, and workers ask for all of them again and again
def _masked_unless_dangerous(text: str) -> str | None:
    return None if danger_of(text) or is_sexual(text) else mask(text)


def sources_standing(sources: Collection[str]) -> set[str]:
    """Those of the desk's rows ("pair-12") that are not taken back: the pair is let in, approved and consented to now,
    the SFT row is there."""
    standing = set()
    for kind, rows in (
        (PAIR, pairs_as_exemplars(flagged_too=True).filter(is_exemplar=True)),
        (SFT_ROW, SftRow.objects),
    ):
        ids = [int(source.removeprefix(f"{kind}-")) for source in sources if source.startswith(f"{kind}-")]
        for some in batches(ids):
            standing |= {f"{kind}-{pk}" for pk in rows.filter(pk__in=some).values_list("pk", flat=True)}
    return standing


def exemplars_standing(lists: Sequence[list[Exemplar]]) -> list[list[Exemplar]]:
    """These lists of exemplars without those that were taken back, whether or not their texts have been cleared yet."""
    sources: set[str] = set().union(*map(sources_of, lists))
    taken_back = sources - sources_standing(sources)
    return [
        [one for one in exemplars if "reply" in one and source_of(one["id"]) not in taken_back] for exemplars in lists
    ]


def without_texts(exemplars: Iterable[Exemplar], source: str) -> list[Exemplar]:
    """The same exemplars; of those that come from this row of the desk only "id" and "persona" are left."""
    kept = ("id", "persona")
    return [
        {name: one[name] for name in kept if name in one} if source_of(one["id"]) == source else one
        for one in exemplars
    ]


def batches(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The rows in pieces: no transaction is long, and no query has more parameters than a database takes."""
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))
