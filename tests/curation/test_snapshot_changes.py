"""What came and went between two training sets, and what becomes of versions that learned from rows since withdrawn."""

import pytest
from django.urls import reverse

from personas.curation.selectors import clean_version_before, removed_rows
from personas.curation.snapshot_changes import snapshot_changes
from personas.curation.snapshots import snapshot_make
from personas.privacy.services import consent_withdraw, visitor_delete
from personas.registry.models import ChampionMove
from personas.registry.selectors import champion_for
from personas.retraining import CandidateOutcome, retrain


@pytest.fixture
def operator(client, admin_user):
    client.force_login(admin_user)
    return client


def test_a_snapshot_counts_its_rows_by_source(sora, make_pair, consenting):
    make_pair(status="approved")
    make_pair(status="approved", visitor=consenting)
    make_pair(status="approved", visitor=consenting)
    assert snapshot_make(persona=sora).sources == {"import": 1, "vote": 2}


def test_rows_come_go_and_are_reworded(sora, make_pair):
    stays, goes, reworded = (make_pair(status="approved") for _ in range(3))
    before = snapshot_make(persona=sora)
    goes.status = "rejected"
    goes.save()
    reworded.chosen = "더 좋은 답"
    reworded.save()
    comes = make_pair(status="approved")
    changes = snapshot_changes(before, snapshot_make(persona=sora))
    assert [row.number for row in changes.came] == [comes.pk]
    assert [(row.number, row.now) for row in changes.went] == [(goes.pk, "rejected")]
    assert [(row.number, row.chosen) for row in changes.changed] == [(reworded.pk, "더 좋은 답")]
    assert changes.kept == 1 and stays.pk


def test_a_row_that_went_says_whether_consent_or_the_visitor_went(sora, make_pair, consenting, friend):
    make_pair(status="approved")
    withdrawn = make_pair(status="approved", visitor=consenting)
    friend.training_consent_at = consenting.training_consent_at
    friend.save()
    left = make_pair(status="approved", visitor=friend)
    numbers = withdrawn.pk, left.pk
    before = snapshot_make(persona=sora)
    consent_withdraw(visitor=consenting)
    visitor_delete(visitor_id=friend.pk)
    changes = snapshot_changes(before, snapshot_make(persona=sora))
    assert {row.number: row.now for row in changes.went} == {numbers[0]: "withdrawn", numbers[1]: "gone"}


def test_rows_withdrawn_since_are_counted_and_others_are_not(sora, make_pair, consenting):
    imported = make_pair(status="approved")
    make_pair(status="approved", visitor=consenting)
    snapshot = snapshot_make(persona=sora)
    assert removed_rows(snapshot) == 0
    imported.status = "rejected"
    imported.save()
    assert removed_rows(snapshot) == 0, "a curator's change of mind is nobody's right to be forgotten"
    consent_withdraw(visitor=consenting)
    assert removed_rows(snapshot) == 1
    visitor_delete(visitor_id=consenting.pk)
    assert removed_rows(snapshot) == 1
    assert removed_rows(None) == 0


@pytest.fixture
def learned(sora, versions, make_pair, consenting):
    """The champion learned from the owner's row; the version before it from none."""
    make_pair(status="approved", visitor=consenting)
    versions[1].snapshot = snapshot_make(persona=sora)
    versions[1].save()
    for version in versions:
        ChampionMove.objects.create(persona=sora, version=version, reason="gate")
    sora.champion = versions[1]
    sora.save()
    return versions


def test_lists_and_pages_show_versions_that_used_removed_rows(operator, sora, learned, consenting):
    address = reverse("admin:registry_adapterversion_changelist")
    assert "오늘 밤 다시 학습합니다" not in operator.get(address).content.decode()
    consent_withdraw(visitor=consenting)
    assert "1행 · 오늘 밤 다시 학습합니다" in operator.get(address).content.decode()


def test_where_too_few_pairs_are_left_the_version_before_speaks_again(sora, learned, consenting, monkeypatch):
    monkeypatch.setattr("personas.registry.services.weights_verify", lambda folder, sha256: None)  # no files here
    retrain(persona_slug="sora", trigger="nightly", train=None)
    assert champion_for(sora) == learned[1], "nobody has withdrawn anything yet"
    consent_withdraw(visitor=consenting)
    retrain(persona_slug="sora", trigger="nightly", train=None)
    assert champion_for(sora) == learned[0]
    assert sora.champion_moves.first().reason == "consent"


def test_where_the_gate_refuses_the_retrained_one_the_version_before_speaks_again(
    sora, learned, consenting, make_pair, settings, monkeypatch, tmp_path
):
    settings.MIN_TRAINING_PAIRS = 1
    make_pair(status="approved")
    monkeypatch.setattr("personas.registry.services.weights_verify", lambda folder, sha256: None)
    monkeypatch.setattr("personas.retraining.sft_adapter_folder", lambda persona: tmp_path)
    consent_withdraw(visitor=consenting)
    manifest = {"base_hash": "b" * 64, "weights_sha256": "c" * 64}
    refused = CandidateOutcome(tmp_path, manifest, {}, {"passed": False, "checks": []})
    assert retrain(persona_slug="sora", trigger="nightly", train=lambda request: refused).status == "refused"
    assert champion_for(sora) == learned[0]


def test_an_older_version_that_learned_from_it_too_is_passed_over(sora, learned, consenting):
    learned[0].snapshot = learned[1].snapshot
    learned[0].save()
    consent_withdraw(visitor=consenting)
    assert clean_version_before(learned[1]) is None


def test_the_page_compares_from_the_older_to_the_newer(operator, sora, make_pair):
    make_pair(status="approved", chosen="처음부터 있던 답")
    before = snapshot_make(persona=sora)
    make_pair(status="approved", chosen="새로 들어온 답")
    after = snapshot_make(persona=sora)
    address = reverse("admin:registry_datasetsnapshot_compare", args=[after.pk])
    response = operator.post(address, {"_form_submitted": "on", "other": before.pk}, follow=True)
    text = response.content.decode()
    assert "새로 들어온 답" in text and "처음부터 있던 답" not in text and "그대로 1행" in text


def test_a_file_that_is_gone_is_named(operator, sora, make_pair):
    make_pair(status="approved")
    before = snapshot_make(persona=sora)
    make_pair(status="approved")
    after = snapshot_make(persona=sora)
    before.file.unlink()
    page = operator.get(reverse("admin:registry_datasetsnapshot_changes", args=[before.pk, after.pk]))
    assert before.file.name in page.content.decode()


def test_a_curator_does_not_see_training_sets_compared(client, curator, sora, make_pair):
    client.force_login(curator)
    make_pair(status="approved")
    snapshot = snapshot_make(persona=sora)
    page = reverse("admin:registry_datasetsnapshot_changes", args=[snapshot.pk, snapshot.pk])
    assert client.get(page).status_code == 403
