"""OpenAI's chat API on the wire: what is sent, and how what comes back is read."""

import json
from dataclasses import dataclass
from typing import Any

from inference_worker.contracts import Sampling
from inference_worker.engine import FinishReason, RequestFailed

# Sampling that OpenAI's API has no fields for, under vLLM's names, with the value that means off.
EXTRA_FIELDS: dict[str, float] = {"top_k": 0, "repetition_penalty": 1.0}
END_OF_STREAM = "[DONE]"  # OpenAI and vLLM send it; `transformers serve` just ends

_FINISH: dict[str, FinishReason] = {"stop": "stop", "length": "length"}
_WORDS = 300  # characters of a server's answer that an error repeats


@dataclass(frozen=True)
class Chunk:
    """One event of a reply's stream. `tokens` counts the reply's tokens so far where the server tells it."""

    text: str = ""
    finish: FinishReason | None = None
    tokens: int | None = None


def chat_body(model: str, messages: list[dict[str, str]], sampling: Sampling) -> dict[str, Any]:
    """A request for a streamed reply, in the fields that every server knows."""
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


def read_chunk(data: str) -> Chunk:
    """Read one event. Raises RequestFailed where it is an error, an end other than the reply's own, or not a chunk."""
    try:
        chunk = json.loads(data)
        choice = (chunk.get("choices") or [{}])[0]
        text = (choice.get("delta") or {}).get("content") or ""
        reason = choice.get("finish_reason")
        tokens = (chunk.get("usage") or {}).get("completion_tokens")
    except (ValueError, AttributeError, LookupError, TypeError):
        raise RequestFailed(f"The server sent no chunk of a reply: {data[:_WORDS]}") from None
    if "error" in chunk:
        raise RequestFailed(f"The server broke the reply off: {words_of(data)}")
    if reason and reason not in _FINISH:
        raise RequestFailed(f"The server ended the reply with {reason!r}.")
    # A server that counts in UTF-16 may cut an emoji in two; half of one can be stored nowhere.
    return Chunk(text.encode(errors="replace").decode(), _FINISH.get(reason), tokens)


def words_of(answer: str) -> str:
    """What a server says in an error: OpenAI's and vLLM's `error.message`, FastAPI's `detail`, or the text itself."""
    try:
        said = json.loads(answer)
    except ValueError:
        said = answer
    while isinstance(said, dict):
        said = next((said[key] for key in ("error", "message", "detail") if said.get(key)), answer)
    return str(said).strip()[:_WORDS]
