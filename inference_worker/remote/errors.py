"""What a server refuses, in the engine's own family of errors. Each message names the problem and the remedy."""

import re
import shlex

from inference_worker.engine import EngineBusy, EngineError, PromptTooLong

_CONTEXT_IS_FULL = re.compile(r"context[ _](length|size|window)", re.IGNORECASE)
_REMEDIES = {
    401: " Put its key into ENGINE_URL, as in http://:KEY@host:8000/v1.",
    404: " Does ENGINE_URL name an OpenAI-compatible server?",
}


class ServerUnreachable(EngineError):
    """Nobody answers at ENGINE_URL."""


class ServerRefused(EngineError):
    """The server refused the request, in its own words."""


class ModelNotServed(EngineError):
    """The server has no model, or no LoRA module, of this name."""

    def __init__(self, model: str, words: str) -> None:
        super().__init__(
            f"The server has no model {model!r} ({words}). An adapter is served with `--lora-modules {model}=FOLDER`, "
            f"or loaded on demand where VLLM_ALLOW_RUNTIME_LORA_UPDATING=True; the base is named with "
            f"`--served-model-name {shlex.quote(model)}`."
        )


class BlendNotServed(EngineError):
    """Such a server puts one adapter, whole, on a reply: it can neither mix nor weaken adapters."""


class ScoringNotServed(EngineError):
    """Such a server does not tell how likely a given reply is."""


def refusal(status: int, words: str, model: str) -> EngineError:
    """The error behind an HTTP status and the server's words about a request for `model`."""
    if status in (429, 503):
        return EngineBusy(f"The server is busy ({status}): {words}")
    if status == 404 and model in words:
        return ModelNotServed(model, words)
    if status < 500 and _CONTEXT_IS_FULL.search(words):
        return PromptTooLong(f"The chat is too long for the server: {words}")
    return ServerRefused(f"The server answered {status} ({words}).{_REMEDIES.get(status, '')}")
