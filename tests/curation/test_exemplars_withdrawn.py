"""What is taken back leaves every reply and pair that read it."""

import json

import pytest

from config.celery import app as celery_app
from inference_worker.contracts import FORGET_EXEMPLARS
from personas.chat.models import ExemplarUse, Reply
from personas.chat.reply_lifecycle import reply_exemplars_note
from personas.curation import deciding, exemplars
from personas.curation.exemplar_deeds import pairs_let_in, pairs_take_out
from personas.curation.exemplars import exemplar_rows_live
from personas.curation.models import PreferencePair, SftRow
from personas.curation.services import pair_from_vote
from personas.curation.snapshots import snapshot_make
from personas.curation.tasks import forget_exemplars
from personas.privacy.models import Visitor
from personas.privacy.services import consent_give, consent_withdraw, visitor_delete

WRITTEN = {"id": "food-012", "persona": "sora", "said": "배고파", "reply": "뭐 먹을래?"}


@pytest.fixture
def tasks_at_once(monkeypatch, django_capture_on_commit_callbacks):
    """`with tasks_at_once():` what is sent on commit is done, as a worker would."""

    def send(name: str, args: list) -> None:
        assert name == FORGET_EXEMPLARS
        forget_exemplars(*args)

    monkeypatch.setattr(celery_app, "send_task", send)
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def giver(db) -> Visitor:
    """Somebody who consented, and whose reply others read."""
    visitor = Visitor.objects.create()
    consent_give(visitor=visitor)
    return visitor


@pytest.fixture
def let_in(make_pair, giver, curator) -> PreferencePair:
    pair = make_pair(visitor=giver, status="approved", prompt=[{"role": "user", "content": "비밀이야"}], chosen="쉿.")
    pairs_let_in(pairs=[pair.pk], by=curator)
    return pair


def seen(source: str) -> dict[str, str]:
    """The row of the desk as a reply sees it."""
    row = next(row for row in exemplar_rows_live() if row.id.startswith(f"{source}-"))
    [(persona, [reply])] = row.replies.items()
    return {"id": row.id, "persona": persona, "said": row.wordings[0], "reply": reply}


@pytest.fixture
def reader(turn) -> Reply:
    """Another visitor's running reply."""
    return Reply.objects.create(turn=turn, number=9, status="running")


@pytest.fixture
def read(reader):
    """Have the reply read these exemplars."""

    def note(*given: dict[str, str]) -> Reply:
        assert reply_exemplars_note(reply_id=str(reader.pk), attempt=1, exemplars=list(given))
        return reader

    return note


@pytest.fixture
def reading_pair(make_pair, consenting, let_in) -> PreferencePair:
    """Another visitor's approved pair whose chosen reply read what was let in."""
    exemplars = [seen(f"pair-{let_in.pk}"), WRITTEN]
    return make_pair(visitor=consenting, status="approved", exemplars=exemplars)


def what_takes_back(kind: str, pair: PreferencePair, giver: Visitor, curator) -> None:
    match kind:
        case "consent":
            consent_withdraw(visitor=giver)
        case "leaving":
            visitor_delete(visitor_id=giver.pk)
        case "taken out":
            pairs_take_out(pairs=[pair.pk], by=curator)
        case "reopened":
            deciding.pairs_reopen(pairs=[pair.pk], by=curator)
        case "undone":
            deciding.decision_undo(by=curator)


@pytest.mark.parametrize("kind", ["consent", "leaving", "taken out", "reopened", "undone"])
def test_texts_leave_replies_and_pairs_and_the_id_stays(
    tasks_at_once, read, let_in, giver, curator, reading_pair, kind
):
    exemplar = seen(f"pair-{let_in.pk}")
    reply = read(exemplar, WRITTEN)
    with tasks_at_once():
        what_takes_back(kind, let_in, giver, curator)
    reply.refresh_from_db()
    reading_pair.refresh_from_db()
    left = [{"id": exemplar["id"], "persona": "sora"}, WRITTEN]
    assert reply.exemplars == left
    assert reading_pair.exemplars == left
    assert not ExemplarUse.objects.exists()


def test_a_deleted_row_of_the_desk_leaves_too(tasks_at_once, read, sora):
    messages = [{"role": "user", "content": "졸려"}, {"role": "assistant", "content": "자."}]
    row = SftRow.objects.create(persona=sora, messages=messages)
    exemplar = seen(f"desk-{row.pk}")
    reply = read(exemplar)
    with tasks_at_once():
        row.delete()
    reply.refresh_from_db()
    assert reply.exemplars == [{"id": exemplar["id"], "persona": "sora"}]


def test_a_deleted_conversation_takes_its_pair_and_what_others_read_of_it(
    tasks_at_once, cast_vote, consenting, curator, make_pair
):
    vote = cast_vote("a")
    pair = pair_from_vote(vote=vote)
    deciding.pairs_approve(pairs=[pair.pk], by=curator)
    pairs_let_in(pairs=[pair.pk], by=curator)
    reader = make_pair(exemplars=[seen(f"pair-{pair.pk}")])
    with tasks_at_once():
        vote.comparison.turn.conversation.delete()
    reader.refresh_from_db()
    assert [set(one) for one in reader.exemplars] == [{"id", "persona"}]


def test_every_wording_of_the_row_leaves_those_before_an_edit_as_well(tasks_at_once, read, let_in, curator):
    first = seen(f"pair-{let_in.pk}")
    deciding.pair_edit(pair=let_in, chosen="쉿, 비밀.", rejected=let_in.rejected, by=curator)
    reply = read(first, seen(f"pair-{let_in.pk}"))
    with tasks_at_once():
        pairs_take_out(pairs=[let_in.pk], by=curator)
    reply.refresh_from_db()
    assert [set(one) for one in reply.exemplars] == [{"id", "persona"}] * 2


def test_another_row_whose_number_begins_alike_stays(tasks_at_once, read, let_in, curator):
    other = {"id": f"pair-{let_in.pk}0-abc123", "persona": "sora", "said": "음", "reply": "응"}
    reply = read(seen(f"pair-{let_in.pk}"), other)
    with tasks_at_once():
        pairs_take_out(pairs=[let_in.pk], by=curator)
    reply.refresh_from_db()
    assert reply.exemplars[1] == other


def test_consent_given_again_before_the_task_runs_takes_nothing(read, let_in, giver):
    exemplar = seen(f"pair-{let_in.pk}")
    reply = read(exemplar)
    consent_withdraw(visitor=giver)
    consent_give(visitor=giver)
    forget_exemplars([f"pair-{let_in.pk}"])
    reply.refresh_from_db()
    assert reply.exemplars == [exemplar]


def test_the_sweep_finds_what_a_lost_task_left(read, let_in, giver, reading_pair):
    reply = read(seen(f"pair-{let_in.pk}"))
    consent_withdraw(visitor=giver)  # its task is lost
    forget_exemplars()
    reply.refresh_from_db()
    reading_pair.refresh_from_db()
    assert "reply" not in reply.exemplars[0]
    assert [one.get("reply") for one in reading_pair.exemplars] == [None, WRITTEN["reply"]]


def test_the_next_snapshot_has_no_such_exemplar_even_before_the_task_has_run(reading_pair, let_in, giver, sora):
    before = snapshot_make(persona=sora).file.read_text()
    assert "쉿." in json.dumps(
        [row.get("exemplars") for row in map(json.loads, before.splitlines())], ensure_ascii=False
    )
    consent_withdraw(visitor=giver)
    [row] = map(json.loads, snapshot_make(persona=sora).file.read_text().splitlines())
    assert [one["id"] for one in row["exemplars"]] == ["food-012"]


def test_many_readers_are_cleared_in_batches(tasks_at_once, let_in, make_pair, curator, monkeypatch):
    exemplar = seen(f"pair-{let_in.pk}")
    readers = [make_pair(exemplars=[exemplar]) for _ in range(5)]
    monkeypatch.setattr(exemplars, "BATCH", 2)
    with tasks_at_once():
        pairs_take_out(pairs=[let_in.pk], by=curator)
    for reader in readers:
        reader.refresh_from_db()
        assert "reply" not in reader.exemplars[0]


def test_no_history_keeps_others_words(reading_pair, curator):
    deciding.pair_edit(pair=reading_pair, chosen="고친 답", rejected=reading_pair.rejected, by=curator)
    assert reading_pair.history.count() == 2
    assert not any("쉿." in str(list(record.__dict__.values())) for record in reading_pair.history.all())


def test_whoever_let_nothing_in_costs_no_task(giver, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as sent:
        consent_withdraw(visitor=giver)
    assert sent == []
