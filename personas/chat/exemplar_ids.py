"""Ids of exemplars. The repository's own are the intents' ("food-012"); those of the desk name the row that they come
from and a hash of what it says ("pair-12-3fa9c1", "desk-7-90b2aa"), so that an edited row is another exemplar.
"""

import re

PAIR, SFT_ROW = "pair", "desk"  # SFT rows leave this site under "desk-7" (manage.py export_sft_rows)
HASH_DIGITS = 6

_FROM_THE_DESK = re.compile(rf"((?:{PAIR}|{SFT_ROW})-[0-9]{{1,18}})-[0-9a-f]{{{HASH_DIGITS}}}")


def source_of(exemplar_id: str) -> str | None:
    """The desk's row that an exemplar comes from, in any of its wordings: `pair-12`; None for the repository's own."""
    match = _FROM_THE_DESK.fullmatch(exemplar_id)
    return match[1] if match else None


def sources_of(exemplars: list[dict[str, str]]) -> set[str]:
    """The desk's rows among the sources of these exemplars."""
    return {source for exemplar in exemplars if (source := source_of(exemplar["id"]))}
