"""Where the base model comes from.

`BASE_MODEL` is empty (the embedded Gemma 3 270M, converted on first use), a folder, or a Hugging Face id. Whatever it
is, it ends as a local folder that transformers can load and a hash that names exactly these weights and this
tokenizer. Adapters carry the hash of the base they were trained on, so one is never put on another's base.

Nothing heavy is imported at module level: `manage.py` reads this file on every command.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

BITSANDBYTES = ("int8", "nf4")
# `auto` loads as `none` does; it lets the engine quantise what it can serve faster so (see engine/forward.py).
QUANTIZATIONS = ("auto", "none", *BITSANDBYTES)

# Everything that decides what the model says. Anything else in a folder (a README, other weight formats) may change.
_IDENTITY_FILES = ("config.json", "*.safetensors", "tokenizer.json", "tokenizer.model", "tokenizer_config.json")
_DOWNLOADED_FILES = (*_IDENTITY_FILES, "*.json", "*.jinja")


class BaseModelError(Exception):
    """The base model cannot be had or loaded. The message names the problem and the remedy."""


@dataclass(frozen=True)
class BaseModel:
    """A base model on this machine.

    `path` is a folder that transformers loads, `hash` is the SHA-256 (hex) naming its weights and tokenizer, and
    `name` is what people call it.
    """

    path: Path | str
    hash: str
    name: str


def resolve_base_model(
    base_model: str = "", *, cache: Path, progress: Callable[[int, int], None] | None = None
) -> BaseModel:
    """Turn a `BASE_MODEL` setting into a folder on this machine, converting or downloading it on first use.

    Args:
        base_model: empty for the embedded model, a folder, or a Hugging Face id such as `"org/name"`.
        cache: folder for what is made here: the converted model (about 500 MB) and remembered hashes.
        progress: called with (percent done, 100) while converting; None shows a tqdm bar.

    Raises:
        BaseModelError: it cannot be had, it is incomplete, or the disk is full.
    """
    if not base_model:
        from inference_worker.embedded.convert import ensure_converted

        folder, manifest = ensure_converted(Path(cache), progress=progress)
        return BaseModel(path=folder, hash=manifest["hash"], name=manifest["name"])

    folder = Path(base_model).expanduser()
    if not folder.is_dir():
        folder = _hub_folder(base_model)
    _check_complete(folder, base_model)
    return BaseModel(path=folder, hash=_folder_hash(folder, Path(cache)), name=_readable_name(base_model))


def load_tokenizer(base: BaseModel) -> PreTrainedTokenizerFast:
    """The base's tokenizer. Ids come from `chat_format.render`, which knows where the special tokens belong."""
    from transformers import AutoTokenizer, PreTrainedTokenizerFast

    try:
        tokenizer = AutoTokenizer.from_pretrained(base.path)
    except (OSError, ValueError) as error:
        raise BaseModelError(f"The tokenizer of {base.name} cannot be loaded from {base.path}: {error}") from error
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise BaseModelError(f"{base.name} has no fast tokenizer. Put its tokenizer.json into {base.path}.")
    return tokenizer


def load_model(base: BaseModel, *, quantization: str = "none", device: str | None = None) -> PreTrainedModel:
    """The base's weights, ready to serve or to put adapters on: eval mode, gradients off.

    Args:
        quantization: `none` or `auto` (fp32 on a CPU, bf16 on CUDA), `int8` or `nf4` (bitsandbytes, NF4 with
            double quantisation).
        device: a torch device; None takes CUDA where there is one.

    Raises:
        BaseModelError: `quantization` is unknown or does not work here, or the weights cannot be loaded.
    """
    if quantization not in QUANTIZATIONS:
        raise BaseModelError(f"QUANTIZATION is {quantization!r}. It may be {', '.join(QUANTIZATIONS)}.")

    import torch
    from transformers import AutoModelForCausalLM

    target = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    dtype = torch.bfloat16 if target.type == "cuda" else torch.float32
    try:
        model = AutoModelForCausalLM.from_pretrained(
            base.path,
            dtype=dtype,
            device_map={"": target},
            quantization_config=_quantization_config(quantization, dtype),
        )
    except (OSError, ValueError, ImportError) as error:
        raise BaseModelError(
            f"{base.name} cannot be loaded from {base.path} with QUANTIZATION={quantization} on {target}: {error}"
        ) from error
    return model.eval().requires_grad_(False)


def _quantization_config(quantization: str, dtype):
    """The bitsandbytes settings behind a `QUANTIZATION` value, or None for the others."""
    from transformers import BitsAndBytesConfig

    if quantization == "int8":
        # It warns of its float16 activations at every matrix product of every token.
        logging.getLogger("bitsandbytes.autograd._functions").setLevel(logging.ERROR)
        return BitsAndBytesConfig(load_in_8bit=True)
    if quantization == "nf4":
        return BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
        )
    return None


def _hub_folder(base_model: str) -> Path:
    """The local snapshot of a Hugging Face id, downloaded if it isn't here yet."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    # The local copy comes first: a model that moved upstream must not change under its adapters between two starts.
    for local_only in (True, False):
        try:
            folder = Path(
                snapshot_download(base_model, allow_patterns=list(_DOWNLOADED_FILES), local_files_only=local_only)
            )
        except HFValidationError as error:
            raise BaseModelError(
                f"BASE_MODEL is {base_model!r}: neither a folder here nor a Hugging Face id. "
                "Give a folder, an id such as org/name, or leave it empty for the embedded model."
            ) from error
        except Exception as error:  # the hub raises its own, httpx's and the operating system's errors
            if not local_only:
                raise BaseModelError(
                    f"BASE_MODEL {base_model!r} is not a folder here, not in the Hugging Face cache, and cannot be "
                    f"downloaded ({type(error).__name__}: {error}). Check the id, the network and, for a gated "
                    "model, HF_TOKEN; or leave BASE_MODEL empty for the embedded model."
                ) from error
        else:
            if not (local_only and _missing_files(folder)):
                return folder
    raise AssertionError("the second round returns or raises")


def _missing_files(folder: Path) -> list[str]:
    """What a loadable model folder should hold and this one doesn't."""
    missing = [] if (folder / "config.json").is_file() else ["config.json"]
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        shards = set(json.loads(index.read_text())["weight_map"].values())
        missing += sorted(shard for shard in shards if not (folder / shard).is_file())
    elif not any(folder.glob("*.safetensors")):
        missing.append("*.safetensors")
    return missing


def _check_complete(folder: Path, base_model: str) -> None:
    missing = _missing_files(folder)
    if missing:
        raise BaseModelError(
            f"BASE_MODEL {base_model!r} ({folder}) lacks {', '.join(missing)}. It must hold a transformers causal "
            "language model with safetensors weights; download it again or name another."
        )


def _folder_hash(folder: Path, cache: Path) -> str:
    """SHA-256 over names and contents of the identity files, remembered under `cache`.

    Reading 16 GB of weights takes tens of seconds, so the answer is kept with the files' sizes and times, and only
    believed while these are the same.
    """
    files = sorted({file for pattern in _IDENTITY_FILES for file in folder.glob(pattern)})
    stamps = [[file.name, file.stat().st_size, file.stat().st_mtime_ns] for file in files]
    key = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    remembered = cache / "hashes" / f"{key}.json"
    try:
        entry = json.loads(remembered.read_text())
        if entry["stamps"] == stamps:
            return entry["hash"]
    except (OSError, ValueError, KeyError):
        pass  # no entry, or a torn one: both mean counting again

    total = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            total.update(f"{file.name}:{hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    remembered.parent.mkdir(parents=True, exist_ok=True)
    draft = remembered.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(json.dumps({"hash": total.hexdigest(), "stamps": stamps}))
    draft.replace(remembered)
    return total.hexdigest()


def _readable_name(base_model: str) -> str:
    """`org/name` as it is; of a folder's path only the last part."""
    folder = Path(base_model).expanduser()
    return folder.resolve().name if folder.is_dir() else base_model
