"""What a reply read goes along with it: into its pair, snapshots and files, and back from them."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from personas.curation.deciding import decision_undo, pair_swap
from personas.curation.exemplar_deeds import pairs_let_in
from personas.curation.exemplars import exemplar_rows_live
from personas.curation.models import PreferencePair
from personas.curation.row_files import parquet
from personas.curation.services import pair_from_vote
from personas.curation.snapshots import snapshot_make
from personas.curation.trl_rows import row_data, rows_read
from personas.thumbs.models import Thumb

READ = {"id": "food-012", "persona": "sora", "said": "배고파", "reply": "뭐 먹을래?"}
OTHER = {"id": "food-013", "persona": "sora", "said": "배불러", "reply": "산책 가자"}
SHOWN = {"id": "food-012", "said": "배고파", "reply": "뭐 먹을래?"}


@pytest.fixture
def voted(cast_vote) -> PreferencePair:
    """The pair of a vote for A, which read one exemplar; B read another."""
    vote = cast_vote("a")
    for reply, exemplar in ((vote.comparison.reply_a, READ), (vote.comparison.reply_b, OTHER)):
        reply.exemplars = [exemplar]
        reply.save()
    return pair_from_vote(vote=vote)


def exported() -> list[dict]:
    out = io.StringIO()
    call_command("export_pairs", status="approved", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def imported(tmp_path, *rows: dict) -> list[PreferencePair]:
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    call_command("import_pairs", str(file), stdout=io.StringIO())
    return list(PreferencePair.objects.order_by("pk"))


def test_a_votes_pair_has_what_the_chosen_reply_read(voted):
    assert voted.exemplars == [READ]


def test_swapped_it_has_what_the_other_one_read_and_undone_its_own_again(voted, curator):
    assert pair_swap(pair=voted.pk, by=curator).exemplars == [OTHER]
    decision_undo(by=curator)
    voted.refresh_from_db()
    assert voted.exemplars == [READ]


def test_a_snapshots_row_has_them_beside_the_prompt(make_pair, sora):
    make_pair(status="approved", exemplars=[READ])
    [row] = map(json.loads, snapshot_make(persona=sora).file.read_text().splitlines())
    assert row["exemplars"] == [SHOWN]


def test_a_thumbs_row_has_them_too(turn, owner, consenting, sora, settings):
    settings.MIN_TRAINING_THUMBS = 2
    for number, direction in enumerate(("up", "down"), 5):
        reply = turn.replies.create(number=number, status="done", text="응", persona=sora, exemplars=[READ])
        Thumb.objects.create(reply=reply, visitor=owner, direction=direction, persona=sora, status="approved")
    rows = [json.loads(line) for line in snapshot_make(persona=sora).file.read_text().splitlines()]
    assert [row["exemplars"] for row in rows] == [[SHOWN], [SHOWN]]


def test_a_row_without_any_is_as_it_was(make_pair):
    make_pair(status="approved")
    [row] = exported()
    assert set(row) == {"prompt", "chosen", "rejected", "persona"}


def test_personal_words_in_them_are_hidden(make_pair):
    make_pair(status="approved", exemplars=[{**READ, "reply": "010-1234-5678로 걸어"}])
    assert exported()[0]["exemplars"][0]["reply"] == "[전화번호]로 걸어"


def test_what_went_out_comes_back(make_pair, tmp_path):
    make_pair(status="approved", exemplars=[READ, OTHER])
    rows = exported()
    PreferencePair.objects.all().delete()
    [pair] = imported(tmp_path, *rows)
    assert pair.exemplars == [READ, OTHER]


def test_what_this_desk_let_in_comes_back_while_it_stands(make_pair, tmp_path, curator):
    given = make_pair(status="approved")
    pairs_let_in(pairs=[given.pk], by=curator)
    [live] = exemplar_rows_live()
    row = {"persona": "sora", "prompt": "p", "chosen": "c", "rejected": "r"}
    kept = {"id": live.id, "said": "질문 1", "reply": "좋은 답 1"}
    foreign = {**kept, "id": "pair-999-abcdef"}
    *_, pair = imported(tmp_path, {**row, "exemplars": [kept, foreign]})
    assert pair.exemplars == [{**kept, "persona": "sora"}]


@pytest.mark.parametrize("bad", ["배고파", [1], [{"id": "a", "said": "b"}], [{"id": "a", "said": "b", "reply": " "}]])
def test_a_row_whose_exemplars_are_none_names_the_field(sora, tmp_path, bad):
    row = {"persona": "sora", "prompt": "p", "chosen": "c", "rejected": "r", "exemplars": bad}
    with pytest.raises(CommandError, match="exemplars"):
        imported(tmp_path, row)


def test_a_parquet_file_keeps_them_where_the_first_row_has_none(make_pair):
    files = pytest.importorskip("pyarrow.parquet")
    rows = [row_data(make_pair(), persona="sora"), row_data(make_pair(), [READ], persona="sora")]
    back = files.read_table(io.BytesIO(parquet(rows))).to_pylist()
    assert [row["exemplars"] for row in back] == [None, [SHOWN]]
    assert [read.exemplars for read in rows_read(back, known={"sora"})] == [[], [READ]]
