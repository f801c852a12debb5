"""OpenAI's chat API on the wire: what is sent, and how what comes back is read."""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from inference_worker.contracts import Sampling
from inference_worker.engine import FinishReason, RequestFailed

# Sampling that OpenAI's API has no fields for, under vLLM's names, with the value that means off.
EXTRA_FIELDS: dict[str, float] = {"top_k": 0, "repetition_penalty": 1.0}
# What a strict server may refuse to know: a reply is the same kind of reply without.
OPTIONAL_FIELDS = {"stream_options", "seed", *EXTRA_FIELDS}
END_OF_STREAM = "[DONE]"  # OpenAI and vLLM send it; `transformers serve` just ends

_CUT_BY_LENGTH = {"length", "max_tokens", "model_length"}
# Ends that are none of the reply's own. Any other word (stop, eos, eos_token, stop_sequence ...) says that it is done.
_BROKEN = {"abort", "cancelled", "content_filter", "error", "insufficient_system_resource"}
_WORDS = 300  # characters of a server's answer that an error repeats


@dataclass(frozen=True)
class Chunk:
    """One event of a reply's stream. `tokens` counts the reply's tokens so far where the server tells it."""

    text: str = ""
    finish: FinishReason | None = None
    tokens: int | None = None


def chat_body(model: str, messages: list[dict[str, str]], sampling: Sampling) -> dict[str, Any]:
    """A request for a streamed reply, in OpenAI's own fields."""
    return {
        "model": model,
        "messages": messages,
        "max_tokens": sampling.max_new_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "seed": sampling.seed,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def extra_sampling(sampling: Sampling) -> dict[str, float]:
    """The fields that a strict server refuses; what is off is left out."""
    return {name: getattr(sampling, name) for name, off in EXTRA_FIELDS.items() if getattr(sampling, name) != off}


def read_event(kind: str, data: str) -> Chunk:
    """Read one event of a stream. What the protocol lets be (empty, of another kind) is an empty chunk.

    Raises RequestFailed where it is an error, an end other than the reply's own, or not a chunk.
    """
    if data == END_OF_STREAM:
        return Chunk(finish="stop")  # where no end was told before: some servers tell none
    if kind == "error":
        raise RequestFailed(f"The server broke the reply off: {words_of(data)}")
    return read_chunk(data) if data and kind == "message" else Chunk()


def read_chunk(data: str) -> Chunk:
    """Read one chunk, or a whole answer that came instead of a stream. Raises RequestFailed as `read_event` does."""
    try:
        chunk = json.loads(data)
        if not isinstance(chunk, dict):
            return Chunk()  # null, a number: something that keeps the line awake
        choice = (chunk.get("choices") or [{}])[0] or {}
        text = _text_of((choice.get("delta") or choice.get("message") or {}).get("content"))
        reason = choice.get("finish_reason")
        tokens = (chunk.get("usage") or {}).get("completion_tokens")
    except (ValueError, AttributeError, LookupError, TypeError, RecursionError):
        raise RequestFailed(f"The server sent no chunk of a reply: {data[:_WORDS]}") from None
    if chunk.get("error"):
        raise RequestFailed(f"The server broke the reply off: {words_of(data)}")
    if reason in _BROKEN:
        raise RequestFailed(f"The server ended the reply with {reason!r}.")
    # A server that counts in UTF-16 may cut an emoji in two; half of one can be stored nowhere.
    return Chunk(text.encode(errors="replace").decode(), _finish_of(reason), tokens)


def _finish_of(reason: str | None) -> FinishReason | None:
    if not reason:
        return None
    return "length" if reason in _CUT_BY_LENGTH else "stop"


def _text_of(content: Any) -> str:
    """A text, or one in parts. Raises TypeError, AttributeError."""
    if isinstance(content, list):
        return "".join(part.get("text") or "" for part in content)
    return content + "" if content else ""


def refused_fields(answer: str, sent: Collection[str]) -> set[str]:
    """Which of the optional fields sent a server's refusal is about: those it points at, else those it names."""
    optional = OPTIONAL_FIELDS & set(sent)
    try:
        pointed = set(_places(json.loads(answer))) & set(sent)
    except (ValueError, RecursionError):
        pointed = set()
    if pointed:
        return pointed & optional  # whatever else is named: FastAPI repeats the whole request
    words = words_of(answer)
    return {name for name in optional if re.search(rf"\b{name}\b", words)}


def _places(said: Any) -> Iterator[str]:
    """The fields at which an error points: the end of FastAPI's `loc`, OpenAI's `param`."""
    if isinstance(said, list):
        for item in said:
            yield from _places(item)
    elif isinstance(said, dict):
        place = said.get("loc") or [said.get("param")]
        yield from (name for name in place if isinstance(name, str))
        for key in ("error", "message", "detail"):
            yield from _places(said.get(key))


def words_of(answer: str) -> str:
    """What a server says in an error: OpenAI's and vLLM's `error.message`, FastAPI's `detail`, or the text itself."""
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        said = answer
    while isinstance(said, dict):
        said = next((said[key] for key in ("error", "message", "detail") if said.get(key)), answer)
    return str(said).strip()[:_WORDS]
