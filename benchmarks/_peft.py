"""Rounds of transformers + peft: what people write first, and its own way to mix adapters in a batch."""

import time

import torch
from peft import PeftModel

from benchmarks._workload import PERSONAS, REPLY_TOKENS, Round, Times, adapter_folder, load_base, persona_of, prompts


def one_at_a_time() -> Round:
    """`generate` on all prompts of one persona, then on all of the next."""
    model, tokenizer = _load()

    def run(streams: int) -> Times:
        start, times = time.perf_counter(), []
        asked = list(prompts(streams, tokenizer))
        for persona in PERSONAS:
            own = [prompt for stream, prompt in enumerate(asked) if persona_of(stream) == persona]
            if own:
                model.set_adapter(persona)
                times += _generate(model, tokenizer, own, start)
        return times

    return run


def mixed() -> Round:
    """`generate` on all prompts at once, each with its persona's adapter."""
    model, tokenizer = _load()

    def run(streams: int) -> Times:
        personas = [persona_of(stream) for stream in range(streams)]
        asked = list(prompts(streams, tokenizer))
        return _generate(model, tokenizer, asked, time.perf_counter(), adapter_names=personas)

    return run


def _load():
    _, model, tokenizer = load_base()
    first, *others = PERSONAS
    model = PeftModel.from_pretrained(model, adapter_folder(first), adapter_name=first)
    for persona in others:
        model.load_adapter(adapter_folder(persona), adapter_name=persona)
    return model.eval(), tokenizer


def _generate(model, tokenizer, asked, start: float, **options) -> Times:
    """Times of a batch that `generate` runs: every stream gets its token at the end of each step."""
    stamps: list[float] = []

    def note_the_time(input_ids, scores, **kwargs):
        stamps.append(time.perf_counter() - start)
        return torch.zeros(len(input_ids), dtype=torch.bool)

    longest = max(map(len, asked))
    ids = torch.tensor([[tokenizer.pad_token_id] * (longest - len(prompt)) + list(prompt) for prompt in asked])
    mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in asked])
    with torch.inference_mode():
        model.generate(
            input_ids=ids,
            attention_mask=mask,
            max_new_tokens=REPLY_TOKENS,
            do_sample=False,
            eos_token_id=None,
            stopping_criteria=[note_the_time],
            **options,
        )
    return [stamps] * len(asked)
