"""What the desk lets in among the exchanges that stand before others' messages."""

import pytest

from personas.curation import exemplars
from personas.curation.deciding import pair_edit, pairs_reopen
from personas.curation.exemplar_deeds import pairs_let_in, pairs_take_out
from personas.curation.exemplars import exemplar_rows_live
from personas.curation.flagging import pairs_flag
from personas.curation.models import Decision, PreferencePair, SftRow
from personas.privacy.services import consent_withdraw, visitor_delete


def said(*texts: str) -> list[dict[str, str]]:
    return [{"role": ("user", "assistant")[at % 2], "content": text} for at, text in enumerate(texts)]


@pytest.fixture
def write_row(sora):
    """An SFT row: `write_row("배고파", "뭐 먹을래?")`."""
    return lambda *texts, **values: SftRow.objects.create(persona=sora, messages=said(*texts), **values)


@pytest.fixture
def let_in(make_pair, consenting, curator):
    """A consenting visitor's approved pair that a curator let in: `let_in(chosen="...")`."""

    def make(**values) -> PreferencePair:
        pair = make_pair(visitor=consenting, status="approved", **values)
        assert pairs_let_in(pairs=[pair.pk], by=curator) == [pair]
        return pair

    return make


def replies_live() -> list[str]:
    return [reply for row in exemplar_rows_live() for given in row.replies.values() for reply in given]


def test_an_exchange_that_curators_wrote_is_an_exemplar(write_row):
    row = write_row("배고파", "뭐 먹고 싶은데?")
    [live] = exemplar_rows_live()
    assert (live.wordings, live.replies) == (("배고파",), {"sora": ("뭐 먹고 싶은데?",)})
    assert live.id.startswith(f"desk-{row.pk}-")


def test_a_row_with_a_category_or_of_several_turns_is_none(write_row):
    write_row("너 사람이야?", "아니, 난 AI야.", category="identity")
    write_row("안녕", "안녕!", "배고파", "뭐 먹을래?")
    assert exemplar_rows_live() == []


def test_an_approved_pair_is_none_until_a_curator_lets_it_in(make_pair, consenting, curator):
    pair = make_pair(visitor=consenting, status="approved")
    assert exemplar_rows_live() == []
    pairs_let_in(pairs=[pair.pk], by=curator)
    [live] = exemplar_rows_live()
    assert (live.wordings, live.replies) == (("질문 1",), {"sora": ("좋은 답 1",)})
    assert live.id.startswith(f"pair-{pair.pk}-")


def test_an_imported_pair_has_nobody_to_ask(make_pair, curator):
    pair = make_pair(status="approved")
    assert pairs_let_in(pairs=[pair.pk], by=curator) == [pair]
    assert replies_live() == ["좋은 답 1"]


def test_letting_in_and_taking_out_are_lines_of_the_log_and_of_the_history(let_in, curator):
    pair = let_in()
    pairs_take_out(pairs=[pair.pk], by=curator)
    lines = list(Decision.objects.order_by("pk").values_list("deed", "by__username", "before", "after"))
    assert lines == [
        ("let_in", "curator", {"is_exemplar": False}, {"is_exemplar": True}),
        ("take_out", "curator", {"is_exemplar": True}, {"is_exemplar": False}),
    ]
    assert list(pair.history.values_list("is_exemplar", "history_user__username"))[:2] == [
        (False, "curator"),
        (True, "curator"),
    ]


@pytest.mark.parametrize("status", ["pending", "rejected", "disputed"])
def test_what_is_not_approved_cannot_be_let_in(make_pair, consenting, curator, status):
    pair = make_pair(visitor=consenting, status=status)
    assert pairs_let_in(pairs=[pair.pk], by=curator) == []


def test_without_consent_a_pair_cannot_be_let_in(make_pair, stranger, curator):
    pair = make_pair(visitor=stranger, status="approved")
    assert pairs_let_in(pairs=[pair.pk], by=curator) == []


@pytest.mark.parametrize(
    "texts",
    [
        {"chosen": "그럼 010-1234-5678로 전화해"},
        {"prompt": said("내 메일은 sora@example.com이야")},
        {"chosen": "닥쳐 병신아"},
        {"chosen": "나도 사람이야"},
        {"chosen": "안녕 {name}, 잘 지냈어?"},
        {"prompt": said("죽고 싶어")},
        {"prompt": said("죽고 싶어", "무슨 일이야?", "배고파")},
        {"chosen": "그럴 땐 죽어버리고 싶어 나도"},
    ],
    ids=["phone", "mail", "abuse", "human", "slot", "danger", "danger earlier", "danger in the reply"],
)
def test_what_nobody_else_should_read_cannot_be_let_in(make_pair, consenting, curator, texts):
    pair = make_pair(visitor=consenting, status="approved", **texts)
    pairs_flag(pairs=[pair])
    assert pairs_let_in(pairs=[pair.pk], by=curator) == []


def test_a_flag_of_the_reply_that_lost_or_of_the_lengths_forbids_nothing(make_pair, consenting, curator):
    pair = make_pair(visitor=consenting, status="approved", rejected="병신")
    pairs_flag(pairs=[pair])
    assert {flag.kind for flag in pair.flags.all()} == {"toxic", "length"}
    assert pairs_let_in(pairs=[pair.pk], by=curator) == [pair]


def test_a_follow_up_is_looked_up_with_what_was_said_before_it(let_in):
    let_in(prompt=said("면접 떨어졌어", "속상하겠다.", "그럼 뭐부터 하지?"))
    [live] = exemplar_rows_live()
    assert live.wordings == ("면접 떨어졌어 그럼 뭐부터 하지?",)


def test_personal_words_are_hidden_from_a_row_of_the_desk_too(write_row):
    write_row("내 번호는 010-1234-5678이야", "저장해 둘게!")
    [live] = exemplar_rows_live()
    assert live.wordings == ("내 번호는 [전화번호]이야",)


def test_an_edited_row_is_another_exemplar(let_in, curator):
    pair = let_in()
    [before] = exemplar_rows_live()
    pair_edit(pair=pair, chosen="고친 답", rejected=pair.rejected, by=curator)
    [after] = exemplar_rows_live()
    assert after.replies == {"sora": ("고친 답",)}
    assert before.id != after.id
    assert before.id.rpartition("-")[0] == after.id.rpartition("-")[0]


def test_an_edit_that_brings_danger_takes_the_pair_out(let_in, curator):
    pair = let_in()
    pair_edit(pair=pair, chosen="나도 죽고 싶어", rejected=pair.rejected, by=curator)
    assert exemplar_rows_live() == []


def test_a_reopened_pair_leaves_and_is_let_in_anew_or_not_at_all(let_in, curator):
    pair = let_in()
    pairs_reopen(pairs=[pair.pk], by=curator)
    assert exemplar_rows_live() == []
    pair.refresh_from_db()
    assert pair.is_exemplar is False


def test_withdrawn_consent_takes_it_out_at_once(let_in, consenting):
    let_in()
    consent_withdraw(visitor=consenting)
    assert exemplar_rows_live() == []


def test_a_visitor_who_leaves_takes_it_along(let_in, consenting):
    let_in()
    visitor_delete(visitor_id=consenting.pk)
    assert exemplar_rows_live() == []


def test_at_most_so_many_the_newest_of_both_kinds(let_in, write_row, monkeypatch):
    monkeypatch.setattr(exemplars, "MOST_ROWS", 2)
    write_row("하나", "첫째")
    let_in(chosen="둘째")
    write_row("셋", "셋째")
    assert replies_live() == ["셋째", "둘째"]


def test_two_queries_whatever_the_number(let_in, write_row, django_assert_num_queries):
    for number in range(5):
        let_in(chosen=f"답 {number}")
        write_row(f"말 {number}", f"대꾸 {number}")
    with django_assert_num_queries(2):
        assert len(exemplar_rows_live()) == 10
