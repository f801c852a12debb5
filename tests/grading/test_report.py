"""What a round found: shares with intervals, agreement, the control, and who graded."""

import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.proportion import proportion_confint

from personas.grading.models import GradingRound
from personas.grading.report import round_report
from personas.grading.services import grade_note
from tests.grading.conftest import grade_replies

KIM = ["good", "good", "partly", "miss", "miss", "good", "partly", "miss", "good", "partly"]
LEE = ["good", "partly", "partly", "miss", "good", "good", "miss", "miss", "good", "good"]


def grade_all(grading_round: GradingRound, reader: str, grades: list[str], version: str | None = None) -> None:
    """These grades for the replies of the round, in their order; those out of style are the missed ones."""
    items = grading_round.items.filter(version=version) if version else grading_round.items.all()
    for item, grade in zip(items, grades, strict=True):
        note = {"number": item.number, "grade": grade, "in_style": grade != "miss"}
        grade_note(grading_round=grading_round, reader=reader, **note)


def test_shares_come_with_wilsons_interval(make_round):
    june = make_round("6월", {"sora@v1": 10})
    grade_all(june, "kim", KIM)
    [one] = round_report(june).versions
    for share, count in ((one.good, 4), (one.partly, 3), (one.miss, 3), (one.in_style, 7)):
        low, high = proportion_confint(count, 10, method="wilson")
        assert (share.value, share.low, share.high) == pytest.approx((count / 10, low, high))


def test_a_reply_counts_once_however_many_read_it(make_round):
    june = make_round("6월", {"sora@v1": 10})
    grade_all(june, "kim", KIM)
    alone = round_report(june).versions[0].good
    grade_all(june, "copy of kim", KIM)
    assert round_report(june).versions[0].good == alone
    grade_all(june, "lee", LEE)
    [one] = round_report(june).versions
    assert one.good.value == pytest.approx((4 + 4 + 5) / 30)
    assert (one.replies, one.readers) == (10, 3)


def test_kappa_is_that_of_scikit_learn(make_round):
    june = make_round("6월", {"sora@v1": 10})
    grade_all(june, "lee", LEE)
    grade_all(june, "kim", KIM)
    [two] = round_report(june).agreements
    assert (two.grade.people, two.grade.judged) == (("kim", "lee"), 10)
    assert two.grade.kappa == pytest.approx(cohen_kappa_score(KIM, LEE))
    in_style = [[grade != "miss" for grade in grades] for grades in (KIM, LEE)]
    assert two.style.kappa == pytest.approx(cohen_kappa_score(*in_style))


def test_each_two_readers_are_compared_on_what_both_read(make_round):
    june = make_round("6월", {"sora@v1": 3})
    grade_all(june, "kim", KIM[:3])
    grade_all(june, "lee", LEE[:3])
    grade_note(grading_round=june, number=2, reader="park", grade="miss", in_style=True)
    shared = {two.grade.people: two.grade.judged for two in round_report(june).agreements}
    assert shared == {("kim", "lee"): 3, ("kim", "park"): 1, ("lee", "park"): 1}


def test_where_both_always_say_the_same_kappa_is_undefined(make_round):
    june = make_round("6월", {"sora@v1": 3})
    grade_all(june, "kim", ["good"] * 3)
    grade_all(june, "lee", ["good"] * 3)
    [two] = round_report(june).agreements
    assert (two.grade.kappa, two.grade.percent) == (None, 100)
    assert "kappa undefined" in grade_replies("--report", "6월")


def test_versions_stand_apart_and_the_control_comes_last(make_round):
    june = make_round("6월", {"written": 2, "sora@v2": 2, "sora@v1": 2})
    grade_all(june, "kim", ["good", "good"], "written")
    grade_all(june, "kim", ["good", "miss"], "sora@v2")
    report = round_report(june)
    assert [one.version for one in report.versions] == ["sora@v1", "sora@v2", "written"]
    ungraded, half, control = report.versions
    assert (ungraded.good, ungraded.replies, ungraded.items) == (None, 0, 2)
    assert (half.good.value, control.good.value, control.is_control) == (0.5, 1, True)
    assert [(one.reader, one.graded) for one in report.readers] == [("kim", 4)]


def test_the_command_prints_all_of_it(make_round):
    june = make_round("6월", {"sora@v1": 8, "written": 2})
    grade_all(june, "kim", KIM)
    grade_all(june, "lee", LEE)
    told = grade_replies("--report", "6월")
    assert "still open" in told
    assert f"kappa {cohen_kappa_score(KIM, LEE):.2f}" in told
    assert "written, sora (control)" in told and "sora@v1" in told
    assert "Who graded: kim 10 of 10, lee 10 of 10." in told
    grade_replies("--close", "6월")
    assert "still open" not in grade_replies("--report", "6월")
