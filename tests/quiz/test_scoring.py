"""Points, percentages and types, for every combination there is."""

from hypothesis import example, given
from hypothesis import strategies as st

from quiz.scoring import MILD, STRONG, Kind, Score, total, whole_percents

points = st.integers(min_value=0, max_value=10_000)
weights = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=30)
counted = st.lists(points, min_size=1, max_size=8)
MIRRORED = dict(zip(Kind, reversed(Kind), strict=True))


@given(points, points)
@example(1, 7)
@example(0, 0)
def test_the_percentages_sum_to_100(egen, teto):
    score = Score(egen, teto)
    assert score.egen_percent + score.teto_percent == 100
    assert 0 <= score.egen_percent <= 100


@given(points)
def test_ties_are_balanced(both):
    score = Score(both, both)
    assert (score.egen_percent, score.kind) == (50, Kind.BALANCED)


@given(points, points)
@example(1, 7)
def test_swapping_the_axes_swaps_the_result(egen, teto):
    score, mirror = Score(egen, teto), Score(teto, egen)
    assert mirror.egen_percent == score.teto_percent
    assert mirror.kind == MIRRORED[score.kind]


@given(points, points)
def test_the_type_says_what_the_percentages_say(egen, teto):
    score = Score(egen, teto)
    expected = {
        Kind.STRONG_EGEN: score.egen_percent >= STRONG,
        Kind.MILD_EGEN: MILD <= score.egen_percent < STRONG,
        Kind.BALANCED: 100 - MILD < score.egen_percent < MILD,
        Kind.MILD_TETO: MILD <= score.teto_percent < STRONG,
        Kind.STRONG_TETO: score.teto_percent >= STRONG,
    }
    assert [kind for kind, fits in expected.items() if fits] == [score.kind]


@given(points, points)
def test_more_egen_never_means_a_smaller_share(egen, teto):
    assert Score(egen + 1, teto).egen_percent >= Score(egen, teto).egen_percent


@given(weights, st.randoms())
def test_the_order_of_the_answers_does_not_matter(chosen, random):
    shuffled = random.sample(chosen, len(chosen))
    assert total(shuffled) == total(chosen)


def test_only_egen_answers_are_all_egen():
    assert total([(3, 0)] * 12).egen_percent == 100


def test_no_answers_are_balanced():
    assert total([]).kind == Kind.BALANCED


@given(counted.filter(any))
@example([1, 1, 1])
@example([1, 7])
def test_shares_of_any_number_of_answers_sum_to_100_as_shown(counts):
    assert sum(whole_percents(counts)) == 100


@given(counted.filter(any))
def test_no_share_is_a_whole_percent_off(counts):
    whole = sum(counts)
    for count, percent in zip(counts, whole_percents(counts), strict=True):
        assert abs(percent * whole - 100 * count) < whole


@given(counted.filter(any))
def test_whoever_was_chosen_more_never_shows_a_smaller_share(counts):
    by_count = sorted(zip(counts, whole_percents(counts), strict=True))
    percents = [percent for _, percent in by_count]
    assert percents == sorted(percents)


def test_what_nobody_chose_has_no_share():
    assert whole_percents([0, 3, 0]) == [0, 100, 0]
    assert whole_percents([0, 0]) == [0, 0]
