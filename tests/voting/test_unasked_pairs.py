"""Now and then a message gets two answers that nobody asked for, where it disturbs nobody."""

import pytest

from personas.chat.actions import frame_perform
from personas.chat.errors import ChatRefused, FrameInvalid
from personas.chat.log import log_of
from personas.chat.models import Reply
from personas.chat.services import conversation_start, turn_send
from personas.registry.models import AdapterVersion
from personas.voting import unasked
from personas.voting.errors import NotSkippable
from personas.voting.models import Comparison
from personas.voting.services import comparison_skip, vote_cast
from personas.voting.unasked import pair_call_off, turn_send_by_lot
from tests.replies import finish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def every_message(settings):
    settings.UNASKED_PAIRS = 100


@pytest.fixture
def second_turn(first, conversation):
    """The message after the first reply, with two answers on their way."""
    return turn_send_by_lot(conversation=conversation, text="그다음엔?")


@pytest.fixture
def pair(second_turn) -> Comparison:
    """Two finished answers that nobody asked for."""
    for number, reply in enumerate(second_turn.replies.all()):
        finish(reply, f"답 {number}")
    return Comparison.objects.get()


def sent_after_a_first(conversation, text="그다음엔?"):
    finish(turn_send_by_lot(conversation=conversation, text="안녕").replies.get(), "반가워")
    return turn_send_by_lot(conversation=conversation, text=text)


def test_two_answers_are_queued_on_sides_of_one_comparison(second_turn):
    comparison = Comparison.objects.get(is_unasked=True)
    assert {comparison.reply_a, comparison.reply_b} == set(second_turn.replies.all())
    assert {reply.status for reply in second_turn.replies.all()} == {Reply.Status.QUEUED}


def test_the_first_message_of_a_talk_gets_one_answer(conversation):
    assert turn_send_by_lot(conversation=conversation, text="안녕").replies.count() == 1


def test_an_edited_first_message_gets_one_answer(first, conversation):
    edited = turn_send_by_lot(conversation=conversation, text="안녕?", edits=first.turn)
    assert edited.replies.count() == 1


def test_there_are_never_two_pairs_in_a_row(pair, conversation):
    assert turn_send_by_lot(conversation=conversation, text="또?").replies.count() == 1


def test_nothing_is_drawn_where_the_share_is_zero(conversation, settings):
    settings.UNASKED_PAIRS = 0
    assert sent_after_a_first(conversation).replies.count() == 1


def test_the_share_is_kept_roughly(settings, monkeypatch):
    assert 200 < sum(unasked._lot(30) for _ in range(1000)) < 400


def test_a_busy_worker_writes_one_answer(conversation, stranger, teto, settings):
    settings.REPLY_SLOTS = 2
    for _ in range(2):
        turn_send(conversation=conversation_start(visitor=stranger, persona=teto), text="나도")
    assert sent_after_a_first(conversation).replies.count() == 1


def test_a_visitor_who_waits_elsewhere_gets_one_answer(conversation, owner, teto):
    turn_send(conversation=conversation_start(visitor=owner, persona=teto), text="저기")
    assert sent_after_a_first(conversation).replies.count() == 1


def test_a_message_that_arrives_twice_draws_once(first, conversation, settings):
    settings.UNASKED_PAIRS = 0
    turn = turn_send_by_lot(conversation=conversation, text="그다음엔?")
    settings.UNASKED_PAIRS = 100
    again = turn_send_by_lot(conversation=conversation, text="그다음엔?", turn_id=turn.pk)
    assert again == turn and turn.replies.count() == 1


def version(persona, number=2, base_hash=None):
    return AdapterVersion.objects.create(
        persona=persona, number=number, base_hash=base_hash or persona.champion.base_hash, path="x", weights_sha256="0"
    )


def test_the_candidate_stands_beside_the_champion(conversation, egen):
    candidate = version(egen)
    egen.candidate, egen.canary_percent = candidate, 100
    egen.save()
    turn = sent_after_a_first(conversation)
    assert sorted(reply.adapters for reply in turn.replies.all()) == sorted(
        [[[egen.champion_id, 1.0]], [[candidate.pk, 1.0]]]
    )


def test_a_version_that_is_no_candidate_is_never_shown(conversation, egen):
    version(egen)
    egen.canary_percent = 100
    egen.save()
    assert {str(reply.adapters) for reply in sent_after_a_first(conversation).replies.all()} == {
        str([[egen.champion_id, 1.0]])
    }


def test_without_a_candidate_two_samples_differ_by_their_seed(second_turn):
    one, other = second_turn.replies.all()
    assert one.adapters == other.adapters and one.sampling["seed"] != other.sampling["seed"]


def test_skipping_leaves_one_answer_and_the_other_to_leaf_to(pair, conversation):
    comparison_skip(comparison=pair)
    shown = log_of(conversation).turns[-1]
    assert shown.comparison is None and len(shown.replies) == 1
    assert shown.answer.total == 2


def test_skipping_shows_the_answer_that_was_finished(second_turn, conversation):
    kept = second_turn.kept_reply
    finish(kept, "", status="failed")
    other = finish(second_turn.replies.exclude(pk=kept.pk).get(), "다 썼어")
    comparison_skip(comparison=Comparison.objects.get())
    assert [shown.reply for shown in log_of(conversation).turns[-1].replies] == [other]


def test_after_a_vote_there_is_nothing_to_skip(pair, owner):
    Comparison.objects.update(question="quality")
    vote_cast(comparison=Comparison.objects.get(), visitor=owner, choice="tie")
    with pytest.raises(NotSkippable):
        comparison_skip(comparison=pair)


def test_what_was_asked_for_cannot_be_skipped(comparison):
    with pytest.raises(NotSkippable):
        comparison_skip(comparison=comparison)


def test_the_talk_goes_on_without_a_vote(pair, conversation):
    turn = turn_send_by_lot(conversation=conversation, text="그건 그렇고")
    assert turn.goes_on_from == pair.turn.kept_reply


def test_stopping_stops_both_and_ends_the_pair(second_turn, conversation, redis_server):
    frame_perform(conversation=conversation, frame='{"action": "stop"}')
    assert {reply.status for reply in second_turn.replies.all()} == {Reply.Status.STOPPED}
    assert not Comparison.objects.exists()


def test_the_page_skips_by_a_frame(pair, conversation):
    frame_perform(conversation=conversation, frame=f'{{"action": "skip", "turn": "{pair.turn_id}"}}')
    assert not Comparison.objects.exists()


def test_nobody_skips_in_another_conversation(pair, stranger, egen):
    theirs = conversation_start(visitor=stranger, persona=egen)
    with pytest.raises(FrameInvalid):
        frame_perform(conversation=theirs, frame=f'{{"action": "skip", "turn": "{pair.turn_id}"}}')
    assert Comparison.objects.exists()


def test_calling_off_twice_is_as_good_as_once(second_turn):
    for reply in second_turn.replies.all():
        pair_call_off(reply_id=str(reply.pk))
    assert not Comparison.objects.exists()


def test_calling_off_leaves_a_voted_pair_alone(pair, owner):
    Comparison.objects.update(question="quality")
    vote_cast(comparison=Comparison.objects.get(), visitor=owner, choice="a")
    pair_call_off(reply_id=str(pair.reply_a_id))
    assert Comparison.objects.exists()


def test_a_refused_message_draws_nothing(first, conversation):
    with pytest.raises(ChatRefused):
        turn_send_by_lot(conversation=conversation, text="  ")
    assert not Comparison.objects.exists()
