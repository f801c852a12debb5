"""Continuous batching of many LoRA adapters over one frozen causal language model.

Reading order: request (what is asked, what comes back), sequence (one reply's state), scheduler with fair_queue (who
runs next), engine (the step loop), rows (what a step computes) with prefix_cache and out_of_memory, runner with cache
and masks (tensors), adapters with lora_tensors and lora_linear, forward (how a model is run; lean_gemma with
joined_linear, int8_product and the loops in int8_kernel, adapter_kernel, lean_kernels and tiles is our own way),
sampler, detokenizer with stop_strings, thread with deltas (for use from outside), figures (for operators). Knows
neither Django nor Celery nor Redis nor the chat format.
"""

from inference_worker.engine.engine import Engine
from inference_worker.engine.errors import (
    AdapterMismatch,
    AdapterNameTaken,
    BadRequest,
    EngineBusy,
    EngineError,
    EngineStopped,
    OutOfMemory,
    PromptTooLong,
    RequestFailed,
    StepFailed,
    UnknownAdapter,
    UnsupportedModel,
)
from inference_worker.engine.figures import Figures
from inference_worker.engine.request import Delta, FinishReason, Request, Result
from inference_worker.engine.scoring import Score, ScoreRequest
from inference_worker.engine.thread import EngineThread, Running

__all__ = [
    "AdapterMismatch",
    "AdapterNameTaken",
    "BadRequest",
    "Delta",
    "Engine",
    "EngineBusy",
    "EngineError",
    "EngineStopped",
    "EngineThread",
    "Figures",
    "FinishReason",
    "OutOfMemory",
    "PromptTooLong",
    "Request",
    "RequestFailed",
    "Result",
    "Running",
    "Score",
    "ScoreRequest",
    "StepFailed",
    "UnknownAdapter",
    "UnsupportedModel",
]
