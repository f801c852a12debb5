from personas.curation.models import PreferencePair
from personas.curation.services import pair_from_vote


def test_the_picked_reply_is_chosen_and_the_other_rejected(cast_vote):
    pair = pair_from_vote(vote=cast_vote("b", "A의 답", "B의 답"))
    assert (pair.chosen, pair.rejected, pair.status, pair.source) == ("B의 답", "A의 답", "pending", "vote")


def test_the_prompt_is_the_conversation_up_to_the_message(cast_vote):
    assert pair_from_vote(vote=cast_vote("a")).prompt == [
        {"role": "user", "content": "안녕"},
        {"role": "assistant", "content": "반가워!"},
        {"role": "user", "content": "오늘 힘들었어"},
    ]


def test_a_pair_carries_its_lineage(cast_vote, consenting, sora, versions):
    vote = cast_vote("b")
    pair = pair_from_vote(vote=vote)
    assert (pair.persona, pair.visitor, pair.vote) == (sora, consenting, vote)
    assert pair.consent_at == consenting.training_consent_at
    assert (pair.chosen_version, pair.rejected_version) == (versions[1], versions[0])
    assert pair.sampling["chosen"] == {"temperature": 0.7, "seed": 2, "adapters": [[versions[1].pk, 1.0]]}
    assert pair.sampling["rejected"]["adapters"] == [[versions[0].pk, 1.0]]


def test_a_vote_without_consent_says_so(cast_vote):
    assert pair_from_vote(vote=cast_vote("a")).consent_at is None


def test_asking_twice_gives_the_same_pair(cast_vote):
    vote = cast_vote("a")
    assert pair_from_vote(vote=vote) == pair_from_vote(vote=vote)
    assert PreferencePair.objects.count() == 1


def test_a_decided_pair_is_not_put_back_by_asking_again(cast_vote):
    vote = cast_vote("a")
    pair_from_vote(vote=vote)
    PreferencePair.objects.update(status="approved")
    assert pair_from_vote(vote=vote).status == "approved"


def test_a_tie_teaches_nothing(cast_vote):
    assert pair_from_vote(vote=cast_vote("tie")) is None
    assert pair_from_vote(vote=cast_vote("both_bad")) is None
    assert not PreferencePair.objects.exists()


def test_an_empty_or_equal_reply_teaches_nothing(cast_vote):
    assert pair_from_vote(vote=cast_vote("a", "답이 있다", "  ")) is None
    assert pair_from_vote(vote=cast_vote("a", "같은 답", "같은 답 ")) is None


def test_someone_who_leaves_takes_their_words_along(cast_vote, owner):
    pair = pair_from_vote(vote=cast_vote("a"))
    history = PreferencePair.history.filter(id=pair.pk)
    assert history.exists()
    owner.delete()
    assert not PreferencePair.objects.exists()
    assert not history.exists()
