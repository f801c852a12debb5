"""What the prefix cache keeps, for whom, and what leaves first."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_worker.engine.adapters import LoadedAdapter
from inference_worker.engine.prefix_cache import BLOCK_TOKENS, PrefixCache

EGEN = ((LoadedAdapter("egen", 4), 1.0),)
TETO = ((LoadedAdapter("teto", 4), 1.0),)


def text(*blocks: int) -> list[int]:
    """Tokens of whole blocks, one number for each."""
    return [block * 100 + token for block in blocks for token in range(BLOCK_TOKENS)]


def states(mix, token_ids) -> torch.Tensor:
    """Stand-ins for keys and values: like these they depend on the mix and on every token before."""
    own = hash(mix) % 1000
    return torch.tensor([[float(sum(token_ids[: place + 1]) * 7 + own)] for place in range(len(token_ids))])


def keep(cache, mix, token_ids) -> None:
    cache.keep(mix, token_ids, lambda start, stop: states(mix, token_ids)[start:stop])


def found(cache, mix, token_ids) -> int:
    """How many tokens are known; their states must be the right ones."""
    known = cache.find(mix, token_ids)
    if known is None:
        return 0
    assert torch.equal(known, states(mix, token_ids)[: len(known)])
    return len(known)


@pytest.fixture
def cache() -> PrefixCache:
    return PrefixCache(8 * BLOCK_TOKENS)


def test_the_longest_common_prefix_is_found_in_whole_blocks(cache):
    keep(cache, EGEN, text(1, 2, 3))
    keep(cache, EGEN, text(1, 2, 4, 5))
    assert found(cache, EGEN, text(1, 2, 4, 6)) == 3 * BLOCK_TOKENS
    assert found(cache, EGEN, text(1, 2, 3)[: 2 * BLOCK_TOKENS + 5]) == 2 * BLOCK_TOKENS
    assert found(cache, EGEN, text(2, 1)) == 0


def test_at_least_one_token_is_left_to_compute(cache):
    keep(cache, EGEN, text(1, 2))
    assert found(cache, EGEN, text(1, 2)) == BLOCK_TOKENS
    assert found(cache, EGEN, [*text(1, 2), 7]) == 2 * BLOCK_TOKENS


def test_what_several_texts_begin_with_is_kept_once(cache):
    keep(cache, EGEN, text(1, 2))
    read = []
    cache.keep(EGEN, text(1, 2, 3), lambda *span: read.append(span) or states(EGEN, text(1, 2, 3))[slice(*span)])
    assert read == [(2 * BLOCK_TOKENS, 3 * BLOCK_TOKENS)]
    assert cache.tokens == 3 * BLOCK_TOKENS


@pytest.mark.parametrize(
    "other",
    [
        (),
        TETO,
        ((LoadedAdapter("egen", 4), 1.0),),  # another adapter that was given the same name
        ((EGEN[0][0], 0.5),),
        (*EGEN, *TETO),
    ],
)
def test_another_mix_finds_nothing(cache, other):
    keep(cache, EGEN, text(1, 2))
    assert found(cache, other, text(1, 2, 3)) == 0
    keep(cache, other, text(1, 2))
    assert found(cache, other, text(1, 2, 3)) == found(cache, EGEN, text(1, 2, 3)) == 2 * BLOCK_TOKENS


def test_the_least_recently_used_leaves_first_and_the_end_before_the_beginning(cache):
    keep(cache, EGEN, text(1, 2, 3, 4))
    keep(cache, EGEN, text(5, 6, 7, 8))
    found(cache, EGEN, text(1, 2, 3, 9))
    keep(cache, EGEN, text(10, 11))
    assert cache.tokens == 8 * BLOCK_TOKENS
    assert found(cache, EGEN, text(1, 2, 3, 4, 0)) == 3 * BLOCK_TOKENS
    assert found(cache, EGEN, text(5, 6, 7, 8, 0)) == 3 * BLOCK_TOKENS


def test_a_text_longer_than_the_cache_is_kept_as_far_as_it_fits(cache):
    keep(cache, EGEN, text(*range(20)))
    assert found(cache, EGEN, text(*range(20))) == cache.tokens == 8 * BLOCK_TOKENS


def test_a_cache_without_room_keeps_nothing():
    cache = PrefixCache(0)
    keep(cache, EGEN, text(1, 2))
    assert (found(cache, EGEN, text(1, 2, 3)), cache.tokens) == (0, 0)


def test_what_belongs_to_an_unloaded_adapter_leaves_and_comes_no_more(cache):
    leaving = ((LoadedAdapter("egen", 4), 0.5), *TETO)
    keep(cache, leaving, text(1, 2))
    keep(cache, TETO, text(1, 2))
    leaving[0][0].is_unloaded = True
    cache.forget_unloaded()
    keep(cache, leaving, text(1, 2))
    assert found(cache, leaving, text(1, 2, 3)) == 0
    assert found(cache, TETO, text(1, 2, 3)) == cache.tokens == 2 * BLOCK_TOKENS


def test_the_counters_count(cache):
    keep(cache, EGEN, text(1, 2))
    for asked in (text(1, 2, 3), text(4), text(1, 5)):
        cache.find(EGEN, asked)
    assert (cache.hits, cache.misses, cache.reused_tokens) == (2, 1, 3 * BLOCK_TOKENS)


def test_clear_says_whether_there_was_anything(cache):
    assert not cache.clear()
    keep(cache, EGEN, text(1))
    assert cache.clear()
    assert cache.tokens == 0


texts = st.lists(st.integers(1, 3), min_size=1, max_size=6)


@given(
    max_blocks=st.integers(0, 6),
    uses=st.lists(st.tuples(st.sampled_from(["keep", "find"]), st.sampled_from([EGEN, TETO, ()]), texts), max_size=30),
)
@settings(deadline=None)
def test_whatever_is_kept_and_asked_states_are_right_and_the_bound_holds(max_blocks, uses):
    cache = PrefixCache(max_blocks * BLOCK_TOKENS)
    kept = set()
    for use, mix, blocks in uses:
        if use == "keep":
            keep(cache, mix, text(*blocks))
            kept |= {(mix, tuple(blocks[:length])) for length in range(1, len(blocks) + 1)}
            fitting = min(len(blocks), max_blocks)
            assert found(cache, mix, [*text(*blocks), 0]) == fitting * BLOCK_TOKENS
        else:
            known = found(cache, mix, text(*blocks)) // BLOCK_TOKENS
            assert known == 0 or (mix, tuple(blocks[:known])) in kept
        assert cache.tokens <= max_blocks * BLOCK_TOKENS
        # The oldest block has none behind it, so it can always leave without putting others out of reach.
        ages = {block: age for age, block in enumerate(cache._blocks.values())}
        for (before, _), block in cache._blocks.items():
            assert before in (EGEN, TETO, ()) or ages[before] > ages[block]
