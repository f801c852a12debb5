"""Which thumbs train: approved, of people who consent now, where an operator has switched it on."""

import hashlib
import json

import pytest
from django.urls import reverse

from personas.curation.selectors import removed_rows
from personas.curation.snapshot_changes import snapshot_changes
from personas.curation.snapshots import snapshot_make, thumbs_in
from personas.privacy.services import consent_withdraw, visitor_delete
from personas.thumbs.services import thumb_give, thumb_take_back

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def switched_on(settings, tmp_path):
    settings.MIN_TRAINING_THUMBS = 2
    settings.VAR_DIR = tmp_path


@pytest.fixture
def both(make_thumb, consenting):
    """One up and one down of somebody who consents."""
    return make_thumb(consenting, "up", text="010-1234-5678로 연락해"), make_thumb(consenting, "down")


def test_a_snapshot_holds_them_as_trl_rows_with_a_count_of_their_own(sora, both):
    snapshot = snapshot_make(persona=sora)
    content = snapshot.file.read_bytes()
    assert snapshot.sha256 == hashlib.sha256(content).hexdigest()
    assert (snapshot.rows, snapshot.sources, thumbs_in(snapshot)) == (2, {"thumb": 2}, 2)
    assert [json.loads(line) for line in content.splitlines()] == [
        {
            "prompt": [{"role": "user", "content": "질문 1"}],
            "completion": [{"role": "assistant", "content": "[전화번호]로 연락해"}],
            "label": True,
            "thumb": both[0].pk,
        },
        {
            "prompt": [{"role": "user", "content": "질문 2"}],
            "completion": [{"role": "assistant", "content": "답 2"}],
            "label": False,
            "thumb": both[1].pk,
        },
    ]
    assert set(snapshot.thumbs.all()) == set(both)


def test_they_never_train_unless_an_operator_says_so(sora, both, settings):
    settings.MIN_TRAINING_THUMBS = 0
    assert snapshot_make(persona=sora) is None


def test_too_few_do_not_train(sora, both, settings):
    settings.MIN_TRAINING_THUMBS = 3
    assert snapshot_make(persona=sora) is None


def test_those_that_all_say_the_same_do_not_train(sora, make_thumb, consenting):
    make_thumb(consenting, "up")
    make_thumb(consenting, "up")
    assert snapshot_make(persona=sora) is None


@pytest.mark.parametrize("status", ["pending", "rejected"])
def test_only_approved_ones_train(sora, both, make_thumb, consenting, status):
    make_thumb(consenting, "up", status)
    assert thumbs_in(snapshot_make(persona=sora)) == 2


def test_without_consent_none_is_ever_in_a_snapshot(sora, both, make_thumb, stranger):
    make_thumb(stranger, "up")
    assert thumbs_in(snapshot_make(persona=sora)) == 2


def test_consent_withdrawn_takes_them_out_of_the_next_one(sora, both, consenting):
    first = snapshot_make(persona=sora)
    consent_withdraw(visitor=consenting)
    assert snapshot_make(persona=sora) is None
    assert removed_rows(first) == 2, "whoever learned from it is retrained"


def test_one_taken_back_and_one_turned_round_are_gone_from_the_next_one(sora, both, make_thumb, consenting):
    stays = [make_thumb(consenting, "up"), make_thumb(consenting, "down")]
    before = snapshot_make(persona=sora)
    thumb_take_back(reply=both[0].reply, visitor=consenting)
    thumb_give(reply=both[1].reply, visitor=consenting, direction="up")
    after = snapshot_make(persona=sora)
    assert set(after.thumbs.all()) == set(stays)
    assert removed_rows(before) == 2
    changes = snapshot_changes(before, after)
    assert [(row.key, row.chosen, row.rejected, row.now) for row in changes.went] == [
        (("thumb", both[0].pk), "[전화번호]로 연락해", "", "gone"),
        (("thumb", both[1].pk), "", "답 2", "gone"),
    ]
    assert changes.kept == 2


def test_somebody_who_leaves_takes_theirs_out(sora, both, make_thumb, friend, consenting):
    friend.training_consent_at = consenting.training_consent_at
    friend.save()
    kept = {make_thumb(friend, "up"), make_thumb(friend, "down")}
    visitor_delete(visitor_id=consenting.pk)
    assert set(snapshot_make(persona=sora).thumbs.all()) == kept


def test_the_admin_counts_them_apart_and_shows_what_went(sora, both, client, admin_user, make_thumb, consenting):
    before = snapshot_make(persona=sora)
    make_thumb(consenting, "up")
    after = snapshot_make(persona=sora)
    client.force_login(admin_user)
    assert "엄지 2" in client.get("/admin/registry/datasetsnapshot/").content.decode()
    page = client.get(reverse("admin:registry_datasetsnapshot_changes", args=[before.pk, after.pk])).content.decode()
    assert "엄지 #" in page and "답 3" in page
