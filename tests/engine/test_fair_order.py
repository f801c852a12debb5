"""A crowd on one persona cannot keep the others waiting."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference_worker.engine import EngineBusy
from tests.engine.conftest import ask, finish

PROMPT = list(range(20, 32))
EGEN, TETO = {"egen": 1.0}, {"teto": 1.0}


def order_of(engine, sequences) -> list[int]:
    """Step until all have ended; the indices of `sequences` in the order in which their first tokens came."""
    order = []
    while not engine.idle:
        engine.step()
        order += [index for index, each in enumerate(sequences) if each.token_ids and index not in order]
    return order


def test_personas_take_turns_and_each_ones_requests_keep_their_order(make_engine):
    engine = make_engine(max_streams=1)
    sequences = [engine.submit(ask(PROMPT, mix, tokens=2)) for mix in (EGEN, EGEN, EGEN, TETO, TETO, {})]
    assert order_of(engine, sequences) == [0, 3, 5, 1, 4, 2]


def test_a_persona_that_comes_late_is_served_within_one_round(make_engine):
    engine = make_engine(max_streams=1)
    crowd = [engine.submit(ask(PROMPT, EGEN, tokens=2)) for _ in range(6)]
    engine.step()
    late = engine.submit(ask(PROMPT, TETO, tokens=2))
    assert order_of(engine, [*crowd, late]).index(6) <= 2


def test_blends_of_the_same_personas_share_one_turn(make_engine):
    engine = make_engine(max_streams=1)
    blends = [{"egen": share / 10, "teto": 1 - share / 10} for share in (2, 5, 8)]
    sequences = [engine.submit(ask(PROMPT, mix, tokens=2)) for mix in (*blends, EGEN, EGEN)]
    assert order_of(engine, sequences) == [0, 3, 1, 4, 2]


def test_a_persona_whose_requests_gave_up_takes_no_turn(make_engine):
    engine = make_engine(max_streams=1)
    sequences = [engine.submit(ask(PROMPT, mix, tokens=2)) for mix in (EGEN, TETO, EGEN, {})]
    sequences[1].cancelled = True
    assert order_of(engine, sequences) == [0, 3, 2]


def test_the_bound_counts_all_personas_together(make_engine):
    engine = make_engine(max_streams=1, max_waiting=2)
    for mix in (EGEN, TETO):
        engine.submit(ask(PROMPT, mix, tokens=2))
    with pytest.raises(EngineBusy, match="2 replies are waiting"):
        engine.submit(ask(PROMPT, tokens=2))
    finish(engine)


@given(crowd=st.lists(st.sampled_from(["egen", "teto", "shy"]), min_size=1, max_size=12))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_between_two_of_one_persona_every_waiting_persona_has_its_turn(engine, crowd):
    sequences = [engine.submit(ask(PROMPT, {name: 1.0}, tokens=1)) for name in crowd]
    order = order_of(engine, sequences)
    assert sorted(order) == list(range(len(crowd)))
    for name in crowd:
        of_one = [place for place, index in enumerate(order) if crowd[index] == name]
        assert [order[place] for place in of_one] == sorted(order[place] for place in of_one)
        for before, after in zip(of_one, of_one[1:], strict=False):
            still_waiting = {crowd[index] for index in order[after:]} - {name}
            assert still_waiting <= {crowd[index] for index in order[before:after]}
