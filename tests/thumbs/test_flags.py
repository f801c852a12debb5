"""Thumbs are flagged as they come in, by the rules that pairs are flagged by, and anew while they wait."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from personas.chat.models import Reply
from personas.chat.services import turn_send
from personas.curation.flagging import pairs_flag
from personas.curation.models import PreferencePair
from personas.curation.odd_voting import Sign, signs_of
from personas.curation.text_flags import REPLY_RULES, Kind
from personas.thumbs.flagging import thumbs_flag
from personas.thumbs.models import Thumb, ThumbFlag
from personas.thumbs.services import thumb_give, thumb_take_back
from personas.thumbs.tasks import refresh_thumb_flags
from tests.replies import finish

pytestmark = pytest.mark.django_db


def flags(thumb: Thumb) -> list[tuple[str, str, str]]:
    return list(thumb.flags.values_list("kind", "side", "detail"))


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("010-1234-5678로 전화해", (Kind.PERSONAL, "", "전화번호")),
        ("이 병신아", (Kind.TOXIC, "", "")),
        ("난 진짜 사람이야", (Kind.IDENTITY, "", "")),
        ("물부터 마시고 산책을", (Kind.UNFINISHED, "", "")),
        ("Drink some water first", (Kind.LANGUAGE, "", "")),
    ],
)
def test_a_thumb_is_flagged_on_entry_for_what_the_reply_says(make_thumb, owner, text, flag):
    assert flags(make_thumb(owner, text=text)) == [flag]


def test_a_plain_reply_gets_no_flag(make_thumb, owner):
    assert flags(make_thumb(owner, text="물부터 한 잔 마시자~")) == []


def test_it_is_flagged_for_personal_data_in_what_was_asked_before(conversation, owner):
    finish(turn_send(conversation=conversation, text="내 번호 010-1234-5678").replies.get(), "응, 적어 뒀어")
    reply = finish(turn_send(conversation=conversation, text="고마워").replies.get(), "천만에~")
    thumb = thumb_give(reply=reply, visitor=owner, direction="up")
    assert flags(thumb) == [(Kind.PERSONAL, "prompt", "전화번호")], "the earlier turn trains along with it"


def test_a_pair_and_a_thumb_are_told_the_same_of_the_same_reply(make_thumb, owner, sora):
    """One rule, one place: whatever a reply is flagged for in a pair it is flagged for under a thumb."""
    bad = "난 사람이야, 이 병신아. Gemma (그리고 日本語 너를"
    prompt = [{"role": "user", "content": "뭐 해?"}]
    pair = PreferencePair.objects.create(persona=sora, prompt=prompt, chosen=bad, rejected="쉬어.", source="import")
    pairs_flag(pairs=[pair])
    of_the_reply = set(pair.flags.filter(side="chosen").values_list("kind", flat=True))
    assert {kind for kind, _side, _detail in flags(make_thumb(owner, text=bad))} == of_the_reply == set(REPLY_RULES)


def test_a_thumb_that_turns_round_is_flagged_anew(make_thumb, owner):
    first = make_thumb(owner, "up", text="난 사람이야")
    second = thumb_give(reply=first.reply, visitor=owner, direction="down")
    assert flags(second) == [(Kind.IDENTITY, "", "")] and ThumbFlag.objects.count() == 1


def test_flagging_twice_doubles_nothing(make_thumb, owner):
    thumb = make_thumb(owner, text="난 사람이야")
    assert thumbs_flag(thumbs=[thumb]) == 1
    assert len(flags(thumb)) == 1


def test_one_that_was_taken_back_meanwhile_is_passed_over(make_thumb, owner):
    thumb = make_thumb(owner, text="난 사람이야")
    thumb_take_back(reply=thumb.reply, visitor=owner)
    assert thumbs_flag(thumbs=[thumb]) == 0 and not ThumbFlag.objects.exists()


def test_the_waiting_ones_are_flagged_anew_and_the_decided_ones_are_left(make_thumb, owner):
    waiting, decided = make_thumb(owner, status="pending"), make_thumb(owner, status="approved")
    Reply.objects.update(text="난 사람이야")
    refresh_thumb_flags()
    assert flags(waiting) == [(Kind.IDENTITY, "", "")] and flags(decided) == []
    Reply.objects.update(text="난 AI야")
    refresh_thumb_flags()
    assert flags(waiting) == [], "what no longer applies is dropped"


@pytest.fixture
def judge_often(make_thumb) -> Callable[..., Thumb]:
    """`judge_often(owner, times=5, seconds=0.5)`: so many thumbs, each so long after its reply was begun."""

    def judge(visitor, times: int, seconds: float) -> Thumb:
        for _ in range(times):
            thumb = make_thumb(visitor, status="pending", text="가" * 100)
            Reply.objects.filter(pk=thumb.reply_id).update(created_at=thumb.created_at - timedelta(seconds=seconds))
        return thumb

    return judge


def test_thumbs_faster_than_anyone_reads_are_odd_and_the_sign_says_so(judge_often, owner):
    thumb = judge_often(owner, times=5, seconds=0.5)
    refresh_thumb_flags()
    assert flags(thumb) == [(Kind.VOTING, "", Sign.FAST)]
    assert "읽기에는 너무 빠름" in str(thumb.flags.get()) and str(owner.pk)[:8] not in str(thumb.flags.get())


@pytest.mark.parametrize(("times", "seconds"), [(4, 0.5), (5, 8)])
def test_few_quick_ones_and_many_at_a_readers_pace_are_not(judge_often, owner, times, seconds):
    assert signs_of(judge_often(owner, times, seconds)) == []


def test_whoever_is_quick_with_thumbs_is_odd_behind_a_pair_too(judge_often, owner, sora):
    judge_often(owner, times=5, seconds=0.5)
    pair = PreferencePair(persona=sora, visitor=owner, source="vote")
    assert signs_of(pair) == [Sign.FAST]


def test_one_person_over_five_per_cent_of_a_personas_thumbs_is_odd(judge_often, make_thumb, owner, friend):
    few = judge_often(owner, times=9, seconds=8)
    assert signs_of(few) == []
    assert signs_of(judge_often(owner, times=1, seconds=8)) == [Sign.MANY]
    assert signs_of(judge_often(friend, times=1, seconds=8)) == []
