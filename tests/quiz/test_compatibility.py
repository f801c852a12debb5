"""The score of two people, for every two percentages there are, and that it agrees with the tests' own words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz import content_files
from quiz.compatibility import PAIRS, compatibility, in_order
from quiz.scoring import Kind, Score

percents = st.integers(0, 100)
IN_THE_MIDDLE = {
    Kind.STRONG_EGEN: 84,
    Kind.MILD_EGEN: 61,
    Kind.BALANCED: 50,
    Kind.MILD_TETO: 39,
    Kind.STRONG_TETO: 16,
}


@given(percents, percents)
def test_the_score_is_a_percentage(own, others):
    assert 0 <= compatibility(own, others) <= 100


@given(percents, percents)
def test_both_see_the_same_score(own, others):
    assert compatibility(own, others) == compatibility(others, own)


@given(percents, percents)
def test_egen_and_teto_are_treated_alike(own, others):
    assert compatibility(100 - own, 100 - others) == compatibility(own, others)


@given(st.integers(0, 99), percents)
def test_one_percent_makes_no_leap(own, others):
    assert abs(compatibility(own + 1, others) - compatibility(own, others)) <= 4


@given(st.sampled_from(Kind), st.sampled_from(Kind))
def test_the_middle_of_each_kind_belongs_to_it(kind, other):
    assert Score(IN_THE_MIDDLE[kind], 100 - IN_THE_MIDDLE[kind]).kind == kind
    assert in_order(kind, other) == in_order(other, kind)
    assert in_order(kind, other) in PAIRS


@pytest.mark.parametrize("slug", ["general", "developer"])
def test_the_best_match_of_a_type_scores_highest_and_the_worst_lowest(slug):
    content = json.loads((content_files.FOLDER / f"{slug}.json").read_text(encoding="utf-8"))
    for row in content["types"]:
        own = IN_THE_MIDDLE[row["kind"]]
        scores = {kind: compatibility(own, place) for kind, place in IN_THE_MIDDLE.items()}
        assert scores[row["best_match"]] == max(scores.values()), row["kind"]
        assert scores[row["worst_match"]] == min(scores.values()), row["kind"]


def test_the_scores_tell_people_apart():
    assert len({compatibility(own, others) for own in range(101) for others in range(101)}) > 40
