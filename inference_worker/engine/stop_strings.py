"""Stop strings: they end a reply and are never seen, not even in part."""

from collections.abc import Sequence


class StopStrings:
    """Watches one reply's text for the strings that end it."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stops)
        self._held = ""  # text that may turn out to be the beginning of a stop string

    def push(self, text: str) -> tuple[str, bool]:
        """Add text. Returns what may be shown, and whether a stop string was met (it and the rest are dropped)."""
        if not self._stops:
            return text, False
        text = self._held + text
        found = [position for stop in self._stops if (position := text.find(stop)) >= 0]
        if found:
            self._held = ""
            return text[: min(found)], True
        held = max(_overlap(text, stop) for stop in self._stops)
        self._held = text[len(text) - held :]
        return text[: len(text) - held], False

    def flush(self) -> str:
        """The held text: the reply is over, so it was no stop string."""
        held, self._held = self._held, ""
        return held


def _overlap(text: str, stop: str) -> int:
    """Length of the longest end of `text` that `stop` begins with."""
    return next(
        (length for length in range(min(len(text), len(stop) - 1), 0, -1) if stop.startswith(text[-length:])), 0
    )
