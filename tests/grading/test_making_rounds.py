"""A round is made from files of replies, with written ones mixed in."""

import pytest
from django.core.management import CommandError

from personas.grading.models import GradingItem, GradingRound
from tests.grading.conftest import grade_replies, rows_of


def test_replies_of_any_version_and_written_ones_make_a_round(versions, file_of):
    replies = file_of([*rows_of("sora@v1", 3), *rows_of("try at 2e-3", 2)])
    control = file_of([{"prompt": "안녕", "reply": "어서 와.", "persona": "sora"}])
    told = grade_replies("--new", "6월", "--from", replies, "--control", control, "--seed", 7)
    assert told == "Round 6월: 6 replies, 1 of them written, seed 7.\n"
    items = GradingItem.objects.filter(round__name="6월")
    assert {item.adapter for item in items if item.version == "sora@v1"} == {versions[0]}
    assert {item.adapter for item in items if item.version == "try at 2e-3"} == {None}
    assert [item.reply for item in items if item.is_control] == ["어서 와."]


def test_a_number_says_nothing_of_the_version(make_round):
    mixed = make_round("6월", {"sora@v1": 30, "written": 30})
    first_half = [item.is_control for item in mixed.items.all()[:30]]
    assert 5 < sum(first_half) < 25
    assert sorted(mixed.items.values_list("number", flat=True)) == list(range(1, 61))


def test_the_same_seed_mixes_the_same_way(make_round):
    rounds = [make_round(name, {"sora@v1": 10, "written": 5}, seed) for name, seed in (("가", 3), ("나", 3), ("다", 4))]
    first, second, third = (list(one.items.values_list("reply", flat=True)) for one in rounds)
    assert first == second != third


def test_lines_of_generate_replies_are_read_as_they_are(versions, file_of):
    line = {"prompt": "안녕", "reply": "그래.", "adapter": "sora@v2", "exemplars": []}
    grade_replies("--new", "6월", "--from", file_of([line]))
    [item] = GradingItem.objects.all()
    assert (item.adapter, item.persona.slug, item.messages) == (
        versions[1],
        "sora",
        [{"role": "user", "content": "안녕"}],
    )


def test_a_whole_talk_is_kept_even_where_one_side_says_two_things_in_a_row(versions, file_of):
    talk = [{"role": "user", "content": "있잖아"}, {"role": "user", "content": "나 합격했어"}]
    grade_replies("--new", "6월", "--from", file_of([{"messages": talk, "reply": "해냈네.", "version": "sora@v1"}]))
    assert GradingItem.objects.get().messages == talk


def test_a_round_without_written_replies_says_what_is_missing(versions, file_of):
    assert "No written replies" in grade_replies("--new", "6월", "--from", file_of(rows_of("sora@v1", 1)))


GOOD = {"prompt": "안녕", "reply": "그래.", "version": "sora@v1"}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{", "line 2: is not JSON"),
        ({**GOOD, "reply": " "}, "line 2, field reply:"),
        ({**GOOD, "prompt": 3}, "line 2, field prompt:"),
        ({**GOOD, "messages": []}, "line 2, field messages:"),
        ({**GOOD, "messages": [{"role": "user"}]}, "line 2, field messages[0].content:"),
        ({**GOOD, "messages": [{"role": "assistant", "content": "응"}]}, "line 2, field messages:"),
        ({"prompt": "안녕", "reply": "그래."}, "line 2, field version:"),
        ({**GOOD, "version": "v" * 121}, "line 2, field version:"),
        ({**GOOD, "version": "try"}, "line 2, field persona:"),
        ({**GOOD, "persona": "dodo"}, "line 2, field persona:"),
        ({**GOOD, "persona": "nobody"}, "line 2, field persona:"),
    ],
)
def test_a_bad_line_is_named_with_its_field_and_nothing_is_made(versions, dodo, file_of, row, told):
    with pytest.raises(CommandError, match="Nothing was taken from") as refused:
        grade_replies("--new", "6월", "--from", file_of([GOOD, row]))
    assert told in str(refused.value)
    assert not GradingRound.objects.exists()


def test_a_models_reply_is_no_control(versions, file_of):
    with pytest.raises(CommandError, match="line 1, field version: .*written"):
        grade_replies("--new", "6월", "--from", file_of([GOOD]), "--control", file_of([GOOD]))


def test_two_rounds_never_share_a_name(make_round, file_of):
    make_round("6월", {"sora@v1": 1})
    with pytest.raises(CommandError, match="another name"):
        grade_replies("--new", "6월", "--from", file_of([GOOD]))


@pytest.mark.parametrize(("name", "lines"), [("", [GOOD]), ("a" * 81, [GOOD]), ("6월", [""])])
def test_a_round_has_a_name_and_replies(versions, file_of, name, lines):
    with pytest.raises(CommandError):
        grade_replies("--new", name, "--from", file_of(lines))
    assert not GradingRound.objects.exists()
