"""Tiny models, random adapters, and the same adapters in plain transformers + peft to compare with."""

import copy
import weakref
from collections.abc import Callable, Iterator

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict

from inference_worker.base_model import load_model, load_tokenizer
from inference_worker.contracts import Sampling
from inference_worker.engine import Engine, Request, Result
from tests.tiny_models import make_tiny_base

KINDS = ("gemma3", "gemma2", "llama", "qwen2")
ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]
MLP = ["gate_proj", "up_proj", "down_proj"]

# Different ranks, scalings and layers, so that they have to stand side by side.
ADAPTERS = {
    "egen": LoraConfig(r=4, lora_alpha=8, target_modules=ATTENTION + MLP, init_lora_weights=False),
    "teto": LoraConfig(r=7, lora_alpha=7, target_modules=ATTENTION, init_lora_weights=False),
    "shy": LoraConfig(r=2, lora_alpha=4, use_rslora=True, target_modules=MLP, init_lora_weights=False),
}


class Plain:
    """Plain transformers + peft over one tiny base: what the engine must equal."""

    def __init__(self, kind: str, folder) -> None:
        self.base = make_tiny_base(folder, kind=kind)
        self.model = load_model(self.base, device="cpu")
        self.tokenizer = load_tokenizer(self.base)
        self.peft: PeftModel | None = None
        torch.manual_seed(0)
        peft_model = copy.deepcopy(self.model)
        for name, shared_config in ADAPTERS.items():
            config = copy.copy(shared_config)  # PEFT writes the base's path into it
            if self.peft is None:
                self.peft = get_peft_model(peft_model, config, adapter_name=name)
            else:
                self.peft.add_adapter(name, config)
        self.peft.eval()
        self._greedy: dict = {}

    def adapter(self, name: str) -> tuple[dict[str, torch.Tensor], dict]:
        """Tensors and settings as PEFT saves them."""
        return get_peft_model_state_dict(self.peft, adapter_name=name), ADAPTERS[name].to_dict()

    @torch.no_grad()
    def logits(self, ids: list[int], weights: dict[str, float]) -> torch.Tensor:
        """[tokens, vocab] of one text, without a cache."""
        return self._run(weights, lambda: self.peft(torch.tensor([ids])).logits[0])

    def greedy(self, ids: list[int], weights: dict[str, float], tokens: int) -> list[int]:
        """The greedy continuation of one prompt."""
        key = (tuple(ids), tuple(sorted(weights.items())), tokens)
        if key not in self._greedy:
            prompt = torch.tensor([ids])
            output = self._run(
                weights,
                lambda: self.peft.generate(
                    input_ids=prompt,
                    attention_mask=torch.ones_like(prompt),
                    max_new_tokens=tokens,
                    do_sample=False,
                    eos_token_id=None,
                ),
            )
            self._greedy[key] = output[0, len(ids) :].tolist()
        return self._greedy[key]

    def _run(self, weights: dict[str, float], call: Callable):
        if not weights:
            with self.peft.disable_adapter():
                return call()
        if list(weights.values()) == [1.0]:
            self.peft.set_adapter(*weights)
            return call()
        # PEFT gives a blend the rslora setting of its first adapter: it must not begin with "shy".
        weights = {"egen": 0.0, **weights} if set(weights) == {"shy"} else weights
        names = sorted(weights, key=lambda name: name == "shy")
        self.peft.add_weighted_adapter(names, [weights[name] for name in names], "blend", combination_type="cat")
        self.peft.set_adapter("blend")
        try:
            return call()
        finally:
            self.peft.delete_adapter("blend")


@pytest.fixture(scope="session", autouse=True)
def one_torch_thread() -> Iterator[None]:
    """On models this small, threads wait for each other longer than they compute."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def plains(tmp_path_factory) -> dict[str, Plain]:
    return {kind: Plain(kind, tmp_path_factory.mktemp(kind)) for kind in KINDS}


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    return request.param


@pytest.fixture
def plain(plains) -> Plain:
    """The base of tests to which the kind of model makes no difference."""
    return plains["gemma3"]


@pytest.fixture
def make_engine(plains) -> Iterator[Callable[..., Engine]]:
    """Makes engines with the adapters loaded.

    Afterwards none may hold a row, a waiting place or a reference, and no kept states but those of its prefix cache,
    which clearing it frees.
    """
    engines: list[Engine] = []

    def make(kind: str = "gemma3", adapters=tuple(ADAPTERS), **options) -> Engine:
        plain = plains[kind]
        engine = Engine(copy.deepcopy(plain.model), plain.tokenizer, **{"max_streams": 4, "max_len": 128, **options})
        for name in adapters:
            engine.load_adapter(name, *plain.adapter(name))
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        assert (engine.running, engine.waiting, engine.adapter_references) == (0, 0, 0)
        kept = [weakref.ref(block.states) for block in engine.prefixes._blocks.values()]
        engine.prefixes.clear()
        assert engine.prefixes.tokens == 0
        assert not any(states() is not None for states in kept)


@pytest.fixture
def engine(make_engine) -> Engine:
    return make_engine()


def ask(prompt_ids, adapters=None, *, tokens: int = 8, **settings) -> Request:
    """A greedy request without penalties, unless the settings say otherwise."""
    stops = {name: settings.pop(name) for name in ("stop_token_ids", "stop_strings") if name in settings}
    plain = {"temperature": 0.0, "top_p": 1.0, "top_k": 0, "repetition_penalty": 1.0}
    return Request(tuple(prompt_ids), adapters or {}, Sampling(max_new_tokens=tokens, **{**plain, **settings}), **stops)


def finish(engine: Engine, *sequences) -> list[Result]:
    """Step until everything is done; the results of `sequences`."""
    while not engine.idle:
        engine.step()
    return [sequence.result() for sequence in sequences]


def alone(engine: Engine, request: Request) -> Result:
    """The reply to one request with nothing beside it."""
    return finish(engine, engine.submit(request))[0]
