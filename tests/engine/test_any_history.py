"""Whatever has happened to an engine, each reply is that of plain transformers + peft, and nothing is left."""

import copy

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from inference_worker.engine import Engine, UnknownAdapter
from tests.engine.conftest import ADAPTERS, ask, finish
from tests.engine.test_same_as_alone import LONGEST_REPLY, prompt_of

# Below, at and beyond the window of 8 tokens; the last two begin alike for longer than a block of kept prefixes.
PROMPTS = [prompt_of(length) for length in (1, 7, 8, 9)] + [prompt_of(60), prompt_of(60)[:40] + prompt_of(5)]
WEIGHTS = (0.25, 0.5, 1.0)


class History(RuleBasedStateMachine):
    """Requests, steps, cancels, loads and unloads in any order, beside a plain record of what is expected."""

    def __init__(self, plain) -> None:
        super().__init__()
        self.plain = plain
        self.sources: dict[str, str] = {}  # a loaded name -> whose tensors it stands for
        self.asked: list[tuple] = []  # sequence, its prompt, its mix of sources, tokens of its reply

    @initialize(
        max_streams=st.integers(1, 4), prefill_tokens=st.integers(1, 40), prefix_tokens=st.sampled_from([0, 48, 400])
    )
    def start(self, **options):
        self.engine = Engine(copy.deepcopy(self.plain.model), self.plain.tokenizer, max_len=96, **options)

    @rule(name=st.sampled_from(["v1", "v2", "v3"]), source=st.sampled_from(list(ADAPTERS)))
    def load(self, name, source):
        if name not in self.sources:
            self.engine.load_adapter(name, *self.plain.adapter(source))
            self.sources[name] = source

    @rule(name=st.sampled_from(["v1", "v2", "v3"]))
    def unload(self, name):
        if self.sources.pop(name, None):
            self.engine.unload_adapter(name)
        with pytest.raises(UnknownAdapter):
            self.engine.submit(ask(PROMPTS[0], {name: 1.0}))

    @rule(
        prompt=st.sampled_from(PROMPTS),
        tokens=st.integers(1, LONGEST_REPLY),
        weights=st.lists(st.sampled_from(WEIGHTS), max_size=2),
        data=st.data(),
    )
    def submit(self, prompt, tokens, weights, data):
        names = data.draw(st.permutations(sorted(self.sources)))
        mix = dict(zip(names, weights, strict=False))
        if len({self.sources[name] for name in mix}) < len(mix):
            return  # the plain side cannot blend an adapter with itself
        sequence = self.engine.submit(ask(prompt, mix, tokens=tokens))
        self.asked.append((sequence, prompt, {self.sources[name]: weight for name, weight in mix.items()}, tokens))

    @rule(steps=st.integers(1, 8))
    def step(self, steps):
        for _ in range(steps):
            self.engine.step()

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def cancel(self, data):
        data.draw(st.sampled_from(self.asked))[0].cancelled = True

    @invariant()
    def only_live_replies_hold_adapters(self):
        live = [mix for sequence, _, mix, _ in self.asked if sequence._end is None]
        assert self.engine.adapter_references == sum(map(len, live))
        assert self.engine.running + self.engine.waiting == len(live)

    def teardown(self):
        finish(self.engine)
        for sequence, prompt, mix, tokens in self.asked:
            result = sequence.result()
            expected = self.plain.greedy(prompt, mix, LONGEST_REPLY)[:tokens]
            assert list(result.token_ids) == expected[: len(result.token_ids)]
            assert len(result.token_ids) == tokens or (result.finish == "cancelled" and sequence.cancelled)
        self._nothing_is_left()

    def _nothing_is_left(self):
        for name in self.sources:
            self.engine.unload_adapter(name)
        bank, prefixes = self.engine._bank, self.engine.prefixes
        assert (self.engine.running, self.engine.waiting, bank.references, bank.ranks) == (0, 0, 0, 0)
        assert not any(block.mix for block in prefixes._blocks.values())  # the base's own may stay
        prefixes.clear()
        assert prefixes.tokens == 0


def test_replies_in_any_history(kind, plains):
    run_state_machine_as_test(
        lambda: History(plains[kind]),
        settings=settings(
            max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
