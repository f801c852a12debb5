"""An adapter beside what one could do without it: the bare base, the base told the style, the base shown examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inference_worker.base_model import BaseModel, load_tokenizer
from inference_worker.training.evaluate import build_record_set, measure
from inference_worker.training.lora import load_for_training
from inference_worker.training.progress import Progress, named
from inference_worker.training.rows import Message, sample_rows
from inference_worker.training.seed_data import SeedData
from inference_worker.training.settings import TrainingSettings

EXAMPLES = 4


def compare_with_base(
    *,
    base: BaseModel,
    adapter: Path,
    slug: str,
    style_prompt: str,
    data: SeedData,
    settings: TrainingSettings,
    progress: Progress,
    quantization: str = "none",
    device: str | None = None,
) -> dict[str, dict[str, Any]]:
    """Metrics on the test split, by row: `adapter`, `base`, `base + prompt`, `base + examples`.

    Raises:
        AdapterFileError: the adapter must not be used.
        RowError: a file of rows cannot be read.
    """
    items = build_record_set(data, slug, settings.evaluation.prompts)
    model: Any = load_for_training(
        base, settings.lora, adapter=adapter, quantization=quantization, device=device, seed=settings.seed
    )
    tokenizer = load_tokenizer(base)

    def figures(name: str, preamble: list[Message]) -> dict[str, Any]:
        return measure(model, tokenizer, items.after(preamble), settings.evaluation, named(name, progress)).metrics

    table = {"adapter": figures("adapter", [])}
    with model.disable_adapter():
        table["base"] = figures("base", [])
        table["base + prompt"] = figures("base + prompt", [{"role": "system", "content": style_prompt}])
        table["base + examples"] = figures("base + examples", few_shot(data, slug, settings.seed))
    return table


def few_shot(data: SeedData, slug: str, seed: int) -> list[Message]:
    """A few single exchanges of the persona's training split, the same ones every time."""
    rows = sample_rows(data.single_exchanges(slug, "train"), EXAMPLES, seed)
    return [message for row in rows for message in row.messages]
