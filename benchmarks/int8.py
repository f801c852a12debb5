"""What int8 costs the default base: the likeliest token and the perplexity beside fp32, on neutral Korean sentences."""

import math
from pathlib import Path

import torch
from torch import Tensor

from inference_worker.adapter_files import read_adapter
from inference_worker.base_model import load_model, load_tokenizer, resolve_base_model
from inference_worker.engine.adapters import AdapterBank
from inference_worker.engine.runner import Runner

ROOT = Path(__file__).resolve().parent.parent
SENTENCES = ROOT / "personas" / "data" / "neutral" / "sentences.txt"
ADAPTERS = ("", "egen", "teto")
BATCH = 16


def run() -> list[dict]:
    """One row per adapter. The divergence is KL(fp32 | int8), the mean over all tokens in nats."""
    base = resolve_base_model(cache=ROOT / "var" / "base")
    tokenizer = load_tokenizer(base)
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    texts = [[tokenizer.bos_token_id, *tokenizer.encode(line, add_special_tokens=False)] for line in lines if line]
    exact, rounded = Texts(base, texts, int8=False), Texts(base, texts, int8=True)
    return [_compare(name, texts, exact, rounded) for name in ADAPTERS]


def _compare(adapter: str, texts: list[list[int]], exact: "Texts", rounded: "Texts") -> dict:
    tokens = agreeing = 0
    losses = [0.0, 0.0]
    divergence = 0.0
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        for text, right, near in zip(batch, exact.run(batch, adapter), rounded.run(batch, adapter), strict=True):
            targets = torch.tensor(text[1:]).unsqueeze(1)
            tokens += len(targets)
            agreeing += int((right.argmax(-1) == near.argmax(-1)).sum())
            divergence += float((right.exp() * (right - near)).sum())
            for side, logprobs in enumerate((right, near)):
                losses[side] -= float(logprobs.gather(-1, targets).sum())
    return {
        "adapter": adapter or "base",
        "tokens": tokens,
        "top1_agreement": round(agreeing / tokens, 4),
        "perplexity_fp32": round(math.exp(losses[0] / tokens), 2),
        "perplexity_int8": round(math.exp(losses[1] / tokens), 2),
        "divergence": round(divergence / tokens, 5),
    }


class Texts:
    """The base in one precision, run over whole texts."""

    def __init__(self, base, texts: list[list[int]], *, int8: bool) -> None:
        model = load_model(base, device="cpu")
        self._bank = AdapterBank(model)
        self._runner = Runner(model, self._bank, slots=1, max_len=max(map(len, texts)), int8=int8)
        for name in filter(None, ADAPTERS):
            files = read_adapter(ROOT / "personas" / "shipped" / name / "v1", base.hash)
            self._bank.load(name, files.tensors, files.config)

    @torch.inference_mode()
    def run(self, texts: list[list[int]], adapter: str) -> list[Tensor]:
        """Log-probabilities of every token of each text but the first, [tokens - 1, vocab]."""
        mixes = [self._bank.acquire({adapter: 1.0} if adapter else {}) for _ in texts]
        inputs = [text[:-1] for text in texts]
        logits = self._runner.tail_logits(inputs, max(map(len, inputs)), mixes)
        for mix in mixes:
            self._bank.release(mix)
        return [row[-len(text) :].double().log_softmax(-1) for row, text in zip(logits, inputs, strict=True)]
