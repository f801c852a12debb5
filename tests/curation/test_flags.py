"""Pairs are flagged as they come in, and anew as things change."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command

from personas.chat.models import Reply
from personas.curation import odd_voting
from personas.curation.deciding import pair_edit
from personas.curation.flagging import pairs_flag, pairs_similar
from personas.curation.models import PairFlag, PreferencePair
from personas.curation.services import pair_from_vote, pairs_import
from personas.curation.snapshots import snapshot_make
from personas.curation.tasks import refresh_pair_flags
from personas.curation.text_flags import Kind
from personas.voting.models import Comparison, Vote

LONG = "오늘 진짜 힘들었겠다ㅠㅠ 나라도 속상했을 것 같아. 일단 따뜻한 거 먹고 쉬자"


def kinds(pair: PreferencePair) -> list[str]:
    return sorted(pair.flags.values_list("kind", flat=True))


def test_a_votes_pair_is_flagged_on_entry(cast_vote):
    pair = pair_from_vote(
        vote=cast_vote("a", "난 진짜 사람이야. 010-1234-5678로 전화해!", "쉬어. 내일 또 하면 되니까.")
    )
    assert kinds(pair) == [Kind.IDENTITY, Kind.PERSONAL]
    assert {flag.side for flag in pair.flags.all()} == {"chosen"}


def test_imported_rows_are_flagged_on_entry(sora):
    row = {"prompt": "뭐 해?", "chosen": LONG, "rejected": "일."}
    pairs_import(lines=[json.dumps(row)], persona="sora")
    assert kinds(PreferencePair.objects.get()) == [Kind.LENGTH]


def test_the_second_of_two_nearly_equal_pairs_is_flagged_and_names_the_first(make_pair):
    first = make_pair(chosen=LONG, rejected="쉬어. 그게 답이야.")
    second = make_pair(prompt=first.prompt, chosen=LONG + "~", rejected="쉬어. 그게 답이야.")
    pairs_flag(pairs=[first, second])
    assert Kind.DUPLICATE not in kinds(first)
    assert second.flags.get(kind=Kind.DUPLICATE).twin == first


def test_the_same_replies_the_other_way_round_are_a_twin(make_pair):
    first = make_pair(chosen=LONG, rejected="쉬어. 그게 답이야.")
    turned = make_pair(prompt=first.prompt, chosen=first.rejected, rejected=first.chosen)
    pairs_flag(pairs=[first, turned])
    assert Kind.DUPLICATE in kinds(turned)


def test_another_personas_pair_is_no_twin(make_pair, dodo):
    first = make_pair(chosen=LONG)
    pairs_flag(
        pairs=[first, copy := make_pair(persona=dodo, prompt=first.prompt, chosen=LONG, rejected=first.rejected)]
    )
    assert Kind.DUPLICATE not in kinds(copy)


def test_a_twin_that_leaves_takes_the_flag_along(make_pair):
    first, second = make_pair(chosen=LONG, rejected="응."), make_pair(chosen=LONG, rejected="응.")
    pairs_flag(pairs=[first, second])
    first.delete()
    assert Kind.DUPLICATE not in kinds(second)


def test_similar_pairs_come_the_most_similar_first(make_pair):
    pair = make_pair(chosen=LONG, rejected="쉬어.")
    near = make_pair(chosen=LONG + " 응?", rejected="쉬어.")
    nearer = make_pair(prompt=pair.prompt, chosen=LONG, rejected="쉬어.")
    far = make_pair(chosen="커밋부터 나눠", rejected="전혀 다른 이야기를 하고 있어")
    pairs_flag(pairs=[pair, near, nearer, far])
    assert [other for other, _share in pairs_similar(pair=pair)] == [nearer, near]


def test_rewording_flags_anew(make_pair, curator):
    pair = make_pair(chosen="난 사람이야", rejected="그건 몰라")
    pairs_flag(pairs=[pair])
    assert kinds(pair) == [Kind.IDENTITY]
    pair_edit(pair=pair, chosen="난 AI야", rejected="그건 몰라", by=curator)
    assert kinds(pair) == []


def test_an_earlier_pair_is_flagged_by_command_and_a_visitors_by_task_too(make_pair, owner):
    pair, decided = make_pair(chosen="난 사람이야", visitor=owner), make_pair(chosen="난 사람이야", status="approved")
    refresh_pair_flags()
    assert Kind.IDENTITY in kinds(pair) and kinds(decided) == []
    out = io.StringIO()
    call_command("flag_pairs", "--all", stdout=out)
    assert Kind.IDENTITY in kinds(decided)
    assert out.getvalue() == "2 pairs looked at, 2 flagged.\n"


def test_flagging_twice_doubles_nothing(make_pair):
    pair = make_pair(chosen="난 사람이야")
    pairs_flag(pairs=[pair])
    pairs_flag(pairs=[pair])
    assert PairFlag.objects.count() == 1 and pair.band_keys.count() == 20


def test_personal_data_is_hidden_in_what_trains_even_where_a_curator_approved_it(make_pair, sora):
    make_pair(
        status="approved",
        prompt=[{"role": "user", "content": "내 번호 010-1234-5678"}],
        chosen="010-1234-5678로 전화할게",
        rejected="minsu@example.com으로 보낼게",
    )
    words = snapshot_make(persona=sora).file.read_text()
    assert "1234" not in words and "minsu" not in words
    assert words.count("[전화번호]") == 2 and "[이메일]" in words


@pytest.fixture
def vote_often(turn, owner, cast_vote):
    """`vote_often("aab...", seconds=3)`: the owner votes so, each time so long after the newer reply was begun."""

    def vote(choices: str, seconds: float, text: str = "가" * 100) -> PreferencePair:
        for choice in choices:
            cast = cast_vote(choice, text, text + "나")
            begun = cast.created_at - timedelta(seconds=seconds)
            Reply.objects.filter(turn=turn).update(created_at=begun)
            pair = pair_from_vote(vote=cast)
        return pair

    return vote


def voting(pair: PreferencePair) -> list[str]:
    return odd_voting.signs_of(pair)


def test_votes_faster_than_anyone_reads_are_odd(vote_often):
    assert voting(vote_often("ababa", seconds=0.5)) == [odd_voting.Sign.FAST]


def test_votes_at_a_readers_pace_are_not(vote_often):
    assert voting(vote_often("ababa", seconds=8)) == []


def test_always_the_same_side_is_odd(vote_often):
    pair = vote_often("a" * 12, seconds=8)
    assert odd_voting.Sign.ONE_SIDE in voting(pair)


def test_eleven_votes_on_one_side_may_be_chance(vote_often):
    assert odd_voting.Sign.ONE_SIDE not in voting(vote_often("b" * 11, seconds=8))


def test_one_person_over_five_per_cent_of_the_rows_is_odd(make_pair, owner, friend):
    pairs = [make_pair(visitor=owner) for _ in range(11)]
    for _ in range(189):
        make_pair()
    assert voting(pairs[0]) == [odd_voting.Sign.MANY]
    for _ in range(20):
        make_pair()
    assert voting(pairs[0]) == []
    assert voting(make_pair(visitor=friend)) == []


def test_the_sign_is_stored_without_the_voter(vote_often, owner):
    pair = vote_often("ab" * 6, seconds=0.2)
    flag = pair.flags.get(kind=Kind.VOTING, detail="fast")
    assert str(owner.pk)[:8] not in str(flag)
    assert Vote.objects.count() == Comparison.objects.count() == 12
