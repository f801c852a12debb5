"""Putting an adapter on the base, and taking it off again as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference_worker.adapter_files import WEIGHTS_FILE, AdapterFileError, read_adapter
from inference_worker.base_model import BITSANDBYTES, BaseModel, load_model
from inference_worker.training.settings import LoraSettings

if TYPE_CHECKING:
    import torch
    from peft import PeftModel

ADAPTER_NAME = "default"  # TRL copies the adapter of this name, and no other, to be DPO's reference


def load_for_training(
    base: BaseModel, lora: LoraSettings, *, adapter: Path | None, quantization: str, device: str | None, seed: int
) -> PeftModel:
    """The base with one trainable adapter: a fresh one, or the weights of the folder `adapter`.

    Raises:
        AdapterFileError: `adapter` must not be used.
    """
    import torch
    from peft import get_peft_model, prepare_model_for_kbit_training

    model = load_model(base, quantization=quantization, device=device)
    if quantization in BITSANDBYTES:
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
    torch.manual_seed(seed)  # A starts random
    model = get_peft_model(model, _lora_config(lora), adapter_name=ADAPTER_NAME)
    if adapter is not None:
        load_weights(model, read_adapter(adapter, base.hash).tensors, adapter)
    return model


def load_weights(model: PeftModel, tensors: dict[str, torch.Tensor], folder: Path) -> None:
    """Overwrite the model's adapter with an adapter's tensors, which came from `folder`.

    Raises:
        AdapterFileError: they don't fit the base layer for layer.
    """
    from peft import set_peft_model_state_dict

    try:
        result: Any = set_peft_model_state_dict(model, dict(tensors), adapter_name=ADAPTER_NAME)
    except RuntimeError as error:  # torch's word for shapes that differ
        raise AdapterFileError(folder, f"its layers are not this base's: {error}") from error
    strays = [name for name in result.missing_keys if "lora_" in name] + list(result.unexpected_keys)
    if strays:
        raise AdapterFileError(folder, f"its layers are not this base's (first: {strays[0]})")


def save_weights(model: PeftModel, folder: Path) -> None:
    """The adapter `default` alone, in fp16, as safetensors with PEFT's configuration.

    fp16 rounds LoRA's small weights by less than 0.1 %, and halves what the repository and the workers carry.
    """
    import torch
    from peft import get_peft_model_state_dict
    from safetensors.torch import save_file

    state = get_peft_model_state_dict(model, adapter_name=ADAPTER_NAME)
    weights = {name: tensor.detach().to("cpu", torch.float16).contiguous() for name, tensor in state.items()}
    save_file(weights, folder / WEIGHTS_FILE, metadata={"format": "pt"})
    config = model.peft_config[ADAPTER_NAME]
    config.inference_mode = True
    # A folder's path on the machine that trained it means nothing elsewhere; the manifest names the base by its hash.
    config.base_model_name_or_path = ""
    config.save_pretrained(str(folder))


def _lora_config(lora: LoraSettings):
    from peft import LoraConfig

    return LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules="all-linear",  # every linear layer but the head
        task_type="CAUSAL_LM",
    )
