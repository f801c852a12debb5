"""내 투표가 바꾼 AI: a returning visitor sees which version learned from their votes, before and after."""

import pytest
from django.utils import timezone

from personas.curation.models import PreferencePair
from personas.curation.snapshots import snapshot_make
from personas.effects.models import VoteEffect
from personas.effects.services import effect_fail, effect_write
from personas.privacy.services import consent_withdraw, visitor_delete
from personas.registry.models import AdapterVersion, ChampionMove


@pytest.fixture
def consenting(owner):
    owner.training_consent_at = timezone.now()
    owner.save()
    return owner


@pytest.fixture
def pair(sora, consenting) -> PreferencePair:
    """The owner's approved vote."""
    return PreferencePair.objects.create(
        persona=sora,
        visitor=consenting,
        prompt=[{"role": "user", "content": "오늘 힘들었어"}],
        chosen="토닥토닥",
        rejected="그래.",
        source="vote",
        status="approved",
    )


@pytest.fixture
def promoted(sora, pair) -> ChampionMove:
    """A version that learned from it, and replaced the one before."""
    versions = [
        AdapterVersion.objects.create(
            persona=sora, number=number, base_hash="b" * 64, path="-", weights_sha256="w" * 64, snapshot=snapshot
        )
        for number, snapshot in ((1, None), (2, snapshot_make(persona=sora)))
    ]
    ChampionMove.objects.create(persona=sora, version=versions[0], reason="shipped")
    return ChampionMove.objects.create(persona=sora, previous=versions[0], version=versions[1], reason="gate")


def test_the_visitor_sees_the_version_and_asks_for_before_and_after(visit, consenting, promoted, pair):
    page = visit(consenting).get("/my-votes/").content.decode()
    assert "오늘 힘들었어" in page and "내 투표 1개로 배웠어요" in page and "전과 후 보기" in page

    fragment = visit(consenting).post(f"/my-votes/{pair.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "물어보고 있어요" in fragment and "every 2s" in fragment
    effect_write(effect=VoteEffect.objects.get(), before="그랬구나.", after="많이 힘들었겠다")
    fragment = visit(consenting).get(f"/my-votes/{pair.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "그랬구나." in fragment and "많이 힘들었겠다" in fragment and "every 2s" not in fragment


def test_the_replies_are_written_once_and_again_only_after_a_failure(
    visit, consenting, promoted, pair, redis_client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            visit(consenting).post(f"/my-votes/{pair.pk}/")
    assert redis_client.llen("generate") == 1
    effect_fail(effect=VoteEffect.objects.get())
    assert "받지 못했어요" in visit(consenting).get("/my-votes/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        visit(consenting).post(f"/my-votes/{pair.pk}/")
    assert redis_client.llen("generate") == 2


def test_a_stranger_sees_nothing_of_it(visit, stranger, promoted, pair):
    assert "오늘 힘들었어" not in visit(stranger).get("/my-votes/").content.decode()
    assert visit(stranger).post(f"/my-votes/{pair.pk}/").status_code == 404
    assert not VoteEffect.objects.exists()


def test_a_newcomer_without_a_cookie_gets_a_page_and_no_cookie(client, promoted):
    response = client.get("/my-votes/")
    assert response.status_code == 200 and not response.cookies
    assert client.get("/my-votes/1/").status_code == 404


def test_after_withdrawing_consent_nothing_is_shown_and_the_page_says_why(visit, consenting, promoted, pair):
    consent_withdraw(visitor=consenting)
    page = visit(consenting).get("/my-votes/").content.decode()
    assert "오늘 힘들었어" not in page and "학습에 쓰지 않아요" in page
    assert visit(consenting).get(f"/my-votes/{pair.pk}/").status_code == 404


def test_a_vote_that_no_version_has_learned_from_yet_waits(visit, consenting, pair):
    assert "기다리고 있어요" in visit(consenting).get("/my-votes/").content.decode()
    assert visit(consenting).post(f"/my-votes/{pair.pk}/").status_code == 404


def test_a_version_that_the_gate_refused_has_changed_nothing(visit, consenting, promoted):
    ChampionMove.objects.filter(pk=promoted.pk).delete()
    assert "기다리고 있어요" in visit(consenting).get("/my-votes/").content.decode()


def test_a_vote_belongs_to_the_first_version_that_learned_from_it(visit, consenting, promoted, pair, sora):
    later = AdapterVersion.objects.create(
        persona=sora,
        number=3,
        base_hash="b" * 64,
        path="-",
        weights_sha256="w" * 64,
        snapshot=promoted.version.snapshot,
    )
    ChampionMove.objects.create(persona=sora, previous=promoted.version, version=later, reason="gate")
    page = visit(consenting).get("/my-votes/").content.decode()
    assert page.count("오늘 힘들었어") == 1 and "v2" in page and "v3" not in page


def test_the_landing_page_tells_those_whose_votes_changed_something(visit, consenting, stranger, promoted):
    news = "내 투표로 배운 AI가 나왔어요"
    assert news in visit(consenting).get("/").content.decode()
    assert news not in visit(stranger).get("/").content.decode()


def test_it_goes_with_its_visitor(consenting, promoted, pair):
    VoteEffect.objects.create(pair=pair, move=promoted, before="그랬구나.", after="많이 힘들었겠다", status="done")
    visitor_delete(visitor_id=consenting.pk)
    assert not VoteEffect.objects.exists()
