"""A message as a vector: what the embedded base's first layers make of it, tuned so that one intent lies together.

The base was trained on far more Korean than the intents hold, and its first layers know what words have to do with
each other; letters and morphemes alone find half as many of the right exchanges (docs/training-log.md). Only those
layers are loaded (some 200 MB), whatever BASE_MODEL answers with.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from inference_worker.base_model import BaseModel, load_tokenizer, resolve_base_model
from inference_worker.exemplars.index import Encoder

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerFast

LAYERS = 6  # of the base's eighteen; those above them are never loaded
MAX_TOKENS = 64  # of one text; a message's point stands in its first lines
_BATCH = 64

WEIGHTS_FILE = "encoder.safetensors"


class EncoderError(Exception):
    """The encoder's weights cannot be used. The message names the file and the remedy."""


@dataclass(frozen=True)
class EncoderWeights:
    """What was learned beside the base: low-rank changes of its layers, and a projection of their mean states.

    `changes` maps a linear layer's name in the body (`layers.0.mlp.up_proj`) to (A, B): its weight becomes W + B @ A.
    States are standardised by `mean` and `scale`, (hidden size,), then times `weight`, (dimensions, hidden size).
    """

    changes: dict[str, tuple[np.ndarray, np.ndarray]]
    mean: np.ndarray
    scale: np.ndarray
    weight: np.ndarray


class ExemplarEncoder:
    """What the index looks up with. Safe to call from many threads."""

    def __init__(self, base: BaseModel, weights: EncoderWeights) -> None:
        self._tokenizer = load_tokenizer(base)
        self._body = first_layers(base)
        _apply(weights.changes, self._body)
        self._weights = weights
        self._lock = threading.Lock()  # two texts at once would share the cores: each waits longer than one by one

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors, float32 (texts, dimensions)."""
        import torch

        vectors = np.empty((len(texts), len(self._weights.weight)), dtype=np.float32)
        ids = [token_ids(text, self._tokenizer) for text in texts]
        order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            with self._lock, torch.inference_mode():
                states = mean_states(self._body, [ids[row] for row in rows]).numpy()
            vectors[rows] = self._projected(states)
        return vectors

    def _projected(self, states: np.ndarray) -> np.ndarray:
        vectors = ((states - self._weights.mean) / self._weights.scale) @ self._weights.weight.T
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)


class RememberingEncoder:
    """An encoder that keeps what it has encoded: for trainings, which ask for the same wordings again and again."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, np.ndarray] = {}

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors, float32 (texts, dimensions)."""
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._known[text] for text in texts])


def load_encoder(folder: Path, cache: Path) -> ExemplarEncoder:
    """The encoder whose weights lie in `folder`, over the embedded base below `cache`.

    Raises:
        EncoderError: the weights are missing, damaged, or made for another base.
        BaseModelError: the embedded base cannot be had.
    """
    base = resolve_base_model("", cache=cache)
    return ExemplarEncoder(base, read_weights(folder, base.hash))


def read_weights(folder: Path, base_hash: str) -> EncoderWeights:
    """Raises EncoderError."""
    from safetensors import SafetensorError, safe_open

    file = folder / WEIGHTS_FILE
    try:
        with safe_open(file, framework="np") as stored:
            made_for = (stored.metadata() or {}).get("base_hash")
            arrays = {name: stored.get_tensor(name).astype(np.float32) for name in stored.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise EncoderError(f"{file} cannot be read ({error}). Make it with `make encoder`.") from error
    if made_for != base_hash:
        raise EncoderError(f"{file} was made for another base ({made_for}). Make it anew with `make encoder`.")
    names = sorted(name.removesuffix(".A") for name in arrays if name.endswith(".A"))
    changes = {name: (arrays[f"{name}.A"], arrays[f"{name}.B"]) for name in names}
    return EncoderWeights(changes, arrays["mean"], arrays["scale"], arrays["weight"])


def write_weights(weights: EncoderWeights, folder: Path, base_hash: str, facts: dict[str, str]) -> None:
    """Write the weights in half precision; `facts` (how they were made) go into the file's own metadata."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    arrays = {"mean": weights.mean, "scale": weights.scale, "weight": weights.weight}
    for name, (down, up) in weights.changes.items():
        arrays |= {f"{name}.A": down, f"{name}.B": up}
    halves = {name: np.ascontiguousarray(array, dtype=np.float16) for name, array in arrays.items()}
    save_file(halves, folder / WEIGHTS_FILE, metadata={"base_hash": base_hash, **facts})


def token_ids(text: str, tokenizer: PreTrainedTokenizerFast) -> list[int]:
    """What the layers read of a text, the begin token first."""
    ids = tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).ids[:MAX_TOKENS]
    return [tokenizer.bos_token_id or 0, *(ids or [0])]


def mean_states(body: torch.nn.Module, ids: Sequence[list[int]]) -> torch.Tensor:
    """Mean last states over each text's tokens but the begin token: float32 (texts, hidden size)."""
    import torch

    rows = [torch.tensor(row) for row in ids]
    input_ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
    mask = torch.nn.utils.rnn.pad_sequence([torch.ones_like(row) for row in rows], batch_first=True)
    states = body(input_ids=input_ids, attention_mask=mask, use_cache=False).last_hidden_state
    counted = mask.clone()
    counted[:, 0] = 0
    weights = counted / counted.sum(1, keepdim=True)
    return (states.float() * weights.unsqueeze(-1)).sum(1)


def first_layers(base: BaseModel) -> torch.nn.Module:
    """The base's body up to the last layer that is read, without the final norm."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(base.path)
    config.num_hidden_layers = LAYERS
    if getattr(config, "layer_types", None):
        config.layer_types = config.layer_types[:LAYERS]
    model = AutoModelForCausalLM.from_pretrained(base.path, config=config, dtype=torch.float32)
    body = model.get_decoder()
    body.norm = torch.nn.Identity()  # the states of a middle layer are read as they are
    return body.eval().requires_grad_(False)


def _apply(changes: dict[str, tuple[np.ndarray, np.ndarray]], body: torch.nn.Module) -> None:
    import torch

    for name, (down, up) in changes.items():
        linear: Any = body.get_submodule(name)
        linear.weight += torch.from_numpy(up @ down)
