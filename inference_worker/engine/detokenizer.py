"""From token ids to text, piece by piece, without ever splitting a character."""

from collections.abc import Callable, Sequence

_INCOMPLETE = "\ufffd"  # what a decoder writes for bytes that are no character yet


class Detokenizer:
    """Turns one reply's tokens into text as they come.

    `decode` maps token ids to text and leaves out special tokens. Only a few recent tokens are decoded each time: some
    tokenizers drop a space at the start of what they decode, so a piece is always decoded behind the one before it.
    """

    def __init__(self, decode: Callable[[Sequence[int]], str]) -> None:
        self._decode = decode
        self._shown: list[int] = []  # the tokens of the piece given out last
        self._shown_text = ""
        self._held: list[int] = []  # tokens not given out yet

    def push(self, token_id: int) -> str:
        """Add a token. Returns the text that is complete now; "" while a character lacks bytes."""
        self._held.append(token_id)
        text = self._decode(self._shown + self._held)
        if text.endswith(_INCOMPLETE) or len(text) <= len(self._shown_text):
            return ""
        return self._give_out(text)

    def flush(self) -> str:
        """The text still held at the end of the reply. A character that never became whole is left out."""
        text = self._decode(self._shown + self._held).rstrip(_INCOMPLETE) if self._held else ""
        return self._give_out(text) if len(text) > len(self._shown_text) else ""

    def _give_out(self, text: str) -> str:
        new = text[len(self._shown_text) :]
        self._shown, self._held = self._held, []
        self._shown_text = self._decode(self._shown)
        return new
