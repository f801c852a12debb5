"""Replies from an OpenAI-compatible server (vLLM with one LoRA module per persona) instead of an engine of our own.

Reading order: wire (what is sent and how answers are read), errors (what is refused, and the remedy), server (HTTP),
reply (one reply in the making), engine (the same interface as `resident.ResidentEngine`). Knows neither Django nor
Celery nor Redis, and never loads the model.
"""

from inference_worker.remote.engine import RemoteEngine, remote_engine
from inference_worker.remote.errors import (
    BlendNotServed,
    ModelNotServed,
    ScoringNotServed,
    ServerRefused,
    ServerUnreachable,
)

__all__ = [
    "BlendNotServed",
    "ModelNotServed",
    "RemoteEngine",
    "ScoringNotServed",
    "ServerRefused",
    "ServerUnreachable",
    "remote_engine",
]
