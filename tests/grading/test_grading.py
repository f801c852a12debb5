"""Grades: one per reader and reply, changeable until the round is closed."""

import pytest
from django.db import IntegrityError, transaction

from personas.grading import errors
from personas.grading.models import Grade, GradingRound
from personas.grading.services import grade_note, grade_undo, grades_read, round_close


@pytest.fixture
def june(make_round) -> GradingRound:
    """An open round of three replies."""
    return make_round("6월", {"sora@v1": 2, "written": 1})


def note(june: GradingRound, grade: str = "good", *, number: int = 1, reader: str = "kim", in_style: bool = True):
    return grade_note(grading_round=june, number=number, reader=reader, grade=grade, in_style=in_style)


def test_a_second_thought_takes_the_place_of_the_first(june):
    first = note(june, "good")
    second = note(june, "miss", in_style=False)
    [kept] = Grade.objects.all()
    assert (kept.grade, kept.in_style) == ("miss", False)
    assert second.noted_at > first.noted_at


def test_the_database_itself_keeps_one_grade_per_reader_and_reply(june):
    grade = note(june)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grade.objects.create(item=grade.item, reader="kim", grade="miss", in_style=True)
    note(june, "miss", reader="lee")
    assert Grade.objects.count() == 2


def test_an_undone_grade_is_gone_and_undoing_twice_does_no_harm(june):
    note(june), note(june, reader="lee")
    for _ in range(2):
        grade_undo(grading_round=june, number=1, reader="kim")
    assert [grade.reader for grade in Grade.objects.all()] == ["lee"]


def test_a_closed_round_takes_nothing_more(june):
    note(june)
    round_close(grading_round=june)
    for late in (
        lambda: note(june, "miss"),
        lambda: grade_undo(grading_round=june, number=1, reader="kim"),
        lambda: grades_read(grading_round=june, reader="kim", rows=[]),
        lambda: round_close(grading_round=june),
    ):
        with pytest.raises(errors.RoundClosed):
            late()
    assert Grade.objects.get().grade == "good"


def test_a_round_that_nobody_read_is_not_closed(june):
    with pytest.raises(errors.NobodyGraded):
        round_close(grading_round=june)
    june.refresh_from_db()
    assert not june.is_closed


def test_a_reply_of_no_round_is_not_graded(june):
    with pytest.raises(errors.NoSuchItem):
        note(june, number=4)


@pytest.mark.parametrize("reader", ["", " ", "a" * 151])
def test_a_reader_has_a_name(june, reader):
    with pytest.raises(errors.NameUnusable):
        note(june, reader=reader)
