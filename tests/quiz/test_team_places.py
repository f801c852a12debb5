"""The map of a team: dots apart, names that cover nothing, wedges that agree with the kinds."""

from itertools import combinations
from math import hypot

from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.scoring import Kind, Score
from quiz.teams.places import RADIUS, SIZE, Box, places, wedges

MOST = 36
members = st.lists(
    st.tuples(st.integers(0, MOST), st.integers(0, MOST), st.text("가나다라마abc 12", min_size=1, max_size=12)),
    max_size=30,
)


def dot_box(place) -> Box:
    return Box(place.x - RADIUS, place.y - RADIUS, place.x + RADIUS, place.y + RADIUS)


@settings(max_examples=40, deadline=None)
@given(members)
def test_no_dot_or_name_covers_another_and_all_stay_on_the_map(points):
    found = places(points, MOST)
    assert len(found) == len(points)
    for one, other in combinations(found, 2):
        assert hypot(one.x - other.x, one.y - other.y) >= 2 * RADIUS - 1e-6
        if one.box and other.box:
            assert not one.box.meets(other.box)
    for place in found:
        assert dot_box(place).is_on_the_map
        if place.box:
            assert place.box.is_on_the_map
            assert not any(place.box.meets(dot_box(other)) for other in found)


def test_thirty_people_with_one_result_all_have_a_dot_of_their_own():
    found = places([(18, 18, "가")] * 30, MOST)
    assert len({(round(place.x, 3), round(place.y, 3)) for place in found}) == 30


def test_a_usual_team_has_every_name_on_the_map():
    team = [
        (30, 6, "김밥"),
        (28, 9, "라떼"),
        (20, 18, "오후반"),
        (19, 19, "새벽형인간"),
        (8, 29, "직진"),
        (8, 29, "직진둘"),
    ]
    assert all(place.box for place in places(team, MOST))


@given(st.integers(0, MOST), st.integers(0, MOST))
def test_egen_is_up_and_teto_is_right(egen, teto):
    [place] = places([(egen, teto, "나")], MOST)
    [more_egen] = places([(egen + 1, teto, "나")], MOST + 1)
    [same] = places([(egen, teto, "나")], MOST + 1)
    assert more_egen.y < same.y and more_egen.x == same.x
    assert 0 <= place.x <= SIZE and 0 <= place.y <= SIZE


def inside(x: float, y: float, polygon: list[tuple[float, float]]) -> bool:
    """Ray casting: how often a line to the right crosses the edges."""
    crossed = False
    for (x1, y1), (x2, y2) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossed = not crossed
    return crossed


def test_the_wedges_are_the_kinds():
    polygons = {kind: [tuple(map(float, point.split(","))) for point in text.split()] for kind, text in wedges()}
    for egen_share in (5, 20, 33, 36, 44, 48, 50, 52, 57, 64, 70, 90):
        x, y = SIZE * 0.7 * (100 - egen_share) / 100, SIZE - SIZE * 0.7 * egen_share / 100
        expected = Score(egen_share, 100 - egen_share).kind
        assert [kind for kind in Kind if inside(x, y, polygons[kind])] == [expected], egen_share
