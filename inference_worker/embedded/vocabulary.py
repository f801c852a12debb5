"""Which of Gemma's 262,144 tokens a Korean chat needs, and a tokenizer that knows only these.

The embedding is 170 of Gemma 3 270M's 268 million parameters, and its tied head is read whole for every token, so the
cut makes decoding about twice as fast. No text is lost: what has no token is spelled in bytes.
"""

from __future__ import annotations

import re

from inference_worker.chat_format import GEMMA_CHAT_TEMPLATE
from inference_worker.embedded.source import Token, TokenType

# Rows of the cut embedding; a multiple of 512 keeps matrix kernels on whole tiles.
VOCABULARY_SIZE = 26_112

PAD, EOS, BOS, UNK = "<pad>", "<eos>", "<bos>", "<unk>"
START_OF_TURN, END_OF_TURN = "<start_of_turn>", "<end_of_turn>"
SPECIAL_TOKENS = (PAD, EOS, BOS, UNK, START_OF_TURN, END_OF_TURN)

_HANGUL = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"
_DASHES_QUOTES_DOTS = "\u00b7\u2010-\u2027"
_EMOJI = "\u200d\u20e3\u2600-\u27bf\u2b50\ufe0f\U0001f000-\U0001faff"
# Latin-1 signs; punctuation, currency, arrows, mathematics, shapes; CJK punctuation; full-width forms.
_SYMBOLS = f"\u00a0-\u00bf\u00d7\u00f7\u2000-\u2bff\u3000-\u303f\uff00-\uffef{_EMOJI}"

_is_single = re.compile(f"[\\x20-\\x7e{_SYMBOLS}]").fullmatch
_is_korean = re.compile(f"[\\x20-\\x7e{_HANGUL}]*[{_HANGUL}][\\x20-\\x7e{_HANGUL}]*").fullmatch
_is_chat_mark = re.compile(f" ?[!?.,~^{_DASHES_QUOTES_DOTS}{_EMOJI}]+").fullmatch
_is_english = re.compile(f"[\\x20-\\x7e{_DASHES_QUOTES_DOTS}]+").fullmatch


def keep_tokens(tokens: list[Token], size: int = VOCABULARY_SIZE) -> list[Token]:
    """The `size` tokens that stay, in id order.

    Always kept: the special tokens, all bytes, runs of whitespace, everything with Hangul, every single character of
    ASCII and the symbols, and the marks that chats are full of ("!!", "~~", "❤️"). The rest of the room goes to the
    commonest ASCII tokens: SentencePiece numbers merges in the order it found them, so a low id is a common token.

    The result is closed: the pieces that a token is merged from are of its own kind, with lower ids or single
    characters, so they are kept as well and every kept token can still be reached.
    """
    always, by_rank = [], []
    for token in tokens:
        if token.type == TokenType.NORMAL:
            if _is_single(token.text) or _is_korean(token.text) or _is_chat_mark(token.text):
                always.append(token)
            elif _is_english(token.text):
                by_rank.append(token)
        elif token.type == TokenType.BYTE or token.text in SPECIAL_TOKENS or _is_whitespace_run(token):
            always.append(token)
    return sorted(always + by_rank[: size - len(always)], key=lambda token: token.id)


def build_tokenizer(kept: list[Token], model_max_length: int):
    """A `PreTrainedTokenizerFast` over `kept`, whose position in the list is its new id.

    Segments as Gemma's SentencePiece does: of all adjacent pieces whose union is a token, those with the best score
    merge first. It adds no begin-of-sequence token; `chat_format` does, through the chat template.

    Gemma's own tokenizer writes a space as U+2581 and reads U+2581 back as a space. Here tokens hold plain spaces, so
    nothing has to be replaced and a U+2581 that someone types survives (as bytes).
    """
    from tokenizers import Tokenizer, decoders
    from tokenizers.models import BPE
    from transformers import PreTrainedTokenizerFast

    vocabulary = {token.text: new_id for new_id, token in enumerate(kept)}
    backend = Tokenizer(BPE(vocabulary, _merges(kept), byte_fallback=True, unk_token=UNK))
    backend.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token=PAD,
        eos_token=EOS,
        bos_token=BOS,
        unk_token=UNK,
        additional_special_tokens=[START_OF_TURN, END_OF_TURN],
        clean_up_tokenization_spaces=False,
        model_max_length=model_max_length,
    )
    tokenizer.chat_template = GEMMA_CHAT_TEMPLATE
    return tokenizer


def _merges(kept: list[Token]) -> list[tuple[str, str]]:
    """Every split of a kept token into two kept tokens, best first.

    Special and byte tokens take no part, or the typed text "<0x41>" would become the byte A. Runs of whitespace come
    first, shortest first: SentencePiece matches them before it looks at anything else, and gives them no real score.
    """
    mergeable = [token for token in kept if token.type == TokenType.NORMAL or _is_whitespace_run(token)]
    ids = {token.text: token.id for token in mergeable}
    ranked = []
    for token in mergeable:
        order = (0, len(token.text)) if token.type == TokenType.USER_DEFINED else (1, -token.score)
        for cut in range(1, len(token.text)):
            left, right = token.text[:cut], token.text[cut:]
            if left in ids and right in ids:
                ranked.append((order, ids[left], ids[right], left, right))
    ranked.sort()
    return [(left, right) for *_, left, right in ranked]


def _is_whitespace_run(token: Token) -> bool:
    return token.type == TokenType.USER_DEFINED and token.text.isspace()
