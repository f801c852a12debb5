"""Looks at what a model writes before anybody reads it, and holds back as little as that needs."""

from moderation.replies import HELD, TELLS, Fault, fault_in


class ReplyFaulty(Exception):
    """The reply says what it must not; it has to be drawn again. `fault` says what it was."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


class ReplyGuard:
    """Takes a reply's deltas and gives them on a little later. Used by one thread."""

    def __init__(self) -> None:
        self._text = ""
        self._given = 0

    def take(self, delta: str) -> str:
        """What may be shown now that this came. Raises ReplyFaulty."""
        self._text += delta
        self._check(len(self._text) - TELLS)
        return self._give(len(self._text) - HELD)

    def rest(self) -> str:
        """What was held back, at the end. Raises ReplyFaulty."""
        self._check(len(self._text))
        return self._give(len(self._text))

    def _check(self, end: int) -> None:
        # From a little before what was given: some of what is looked for asks what stands before it.
        fault = fault_in(self._text[max(self._given - HELD, 0) : max(end, 0)])
        if fault:
            raise ReplyFaulty(fault)

    def _give(self, end: int) -> str:
        given, self._given = self._given, max(end, self._given)
        return self._text[given : self._given]
