"""Long work in pieces, each a short transaction: nobody else waits long for the database."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def in_pieces(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of at most so many, in their order."""
    rest = iter(items)
    while piece := list(islice(rest, size)):
        yield piece
