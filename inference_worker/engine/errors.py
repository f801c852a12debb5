"""Everything the engine refuses or fails with. Each message names the problem and, where there is one, the remedy."""


class EngineError(Exception):
    """Base of all engine errors."""


class BadRequest(EngineError):
    """The request can never run: a value is out of range."""


class PromptTooLong(BadRequest):
    """The prompt leaves no room for a single reply token."""


class UnknownAdapter(BadRequest):
    """The request names an adapter that is not loaded, or is being unloaded."""


class EngineBusy(EngineError):
    """The waiting queue is full. The same request may be sent again later."""


class OutOfMemory(EngineBusy):
    """Memory ran out and this reply, the newest, was given up for the others. It may be sent again later."""


class AdapterMismatch(EngineError):
    """The adapter's tensors or settings don't fit this base model. Nothing was loaded."""


class AdapterNameTaken(EngineError):
    """An adapter of this name is loaded. Load the new one under its own name (a version), then unload the old one."""


class UnsupportedModel(EngineError):
    """The base model has a kind of layer that the engine cannot batch."""


class RequestFailed(EngineError):
    """This one reply failed; the others went on."""


class StepFailed(EngineError):
    """A decode step failed, and with it every reply in the batch. New requests are served."""


class EngineStopped(EngineError):
    """The engine was stopped before the reply ended, or before the call was made."""
