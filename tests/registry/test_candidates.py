"""A version that passed the gate may first stand beside the champion, for visitors to compare."""

import pytest
from django.urls import reverse

from personas.registry.adapter_folder import AdapterRefused
from personas.registry.models import SideBySide
from personas.registry.selectors import alias_of, champion_for
from personas.registry.services import (
    ChampionRefused,
    candidate_dismiss,
    candidate_stand,
    champion_promote,
    champion_roll_back,
)
from personas.registry.side_by_side import side_by_side_answer
from personas.retraining import CandidateOutcome, CandidateRequest, retrain

from .conftest import adapter_folder

CONFIRMED = {"_form_submitted": "on"}


def passing(request: CandidateRequest) -> CandidateOutcome:
    manifest = adapter_folder(request.output, b"candidate")
    return CandidateOutcome(request.output, manifest, {}, {"passed": True, "checks": []})


def test_with_a_canary_share_the_gate_makes_a_candidate_and_the_champion_stays(trainable):
    trainable.canary_percent = 20
    trainable.save()
    before = champion_for(trainable)
    run = retrain(persona_slug="sora", trigger="command", train=passing)
    trainable.refresh_from_db()
    assert (run.status, trainable.candidate, champion_for(trainable)) == ("candidate", run.candidate, before)


def test_without_one_it_is_promoted_at_once(trainable):
    assert retrain(persona_slug="sora", trigger="command", train=passing).status == "promoted"


def test_where_nobody_speaks_yet_it_is_promoted_at_once(trainable):
    trainable.canary_percent, trainable.champion = 20, None
    trainable.save()
    assert retrain(persona_slug="sora", trigger="command", train=passing).status == "promoted"


def test_a_promoted_candidate_is_the_champion_and_no_candidate(sora, make_version):
    old, new = make_version(sora), make_version(sora)
    champion_promote(persona=sora, version=old)
    candidate_stand(version=new)
    sora.refresh_from_db()
    new.persona = sora
    assert alias_of(new) == "candidate"
    champion_promote(persona=sora, version=new)
    sora.refresh_from_db()
    new.persona = old.persona = sora
    assert (sora.candidate, alias_of(new), alias_of(old)) == (None, "champion", "previous")


def test_a_candidate_can_be_dismissed_and_then_there_is_none(sora, make_version):
    candidate_stand(version=make_version(sora))
    candidate_dismiss(persona=sora)
    sora.refresh_from_db()
    assert sora.candidate is None
    with pytest.raises(ChampionRefused):
        candidate_dismiss(persona=sora)


def test_the_champion_another_bases_and_a_damaged_version_cannot_stand(sora, make_version):
    champion, other_base, damaged = make_version(sora), make_version(sora, base_hash="c" * 64), make_version(sora)
    champion_promote(persona=sora, version=champion)
    (damaged.folder / "adapter_model.safetensors").write_bytes(b"torn")
    for version in (champion, other_base, damaged):
        version.persona = sora
        with pytest.raises((ChampionRefused, AdapterRefused)):
            candidate_stand(version=version)
    sora.refresh_from_db()
    assert sora.candidate is None


def test_the_admin_puts_a_candidate_up_shows_its_votes_and_takes_it_back(client, admin_user, sora, make_version):
    client.force_login(admin_user)
    champion_promote(persona=sora, version=make_version(sora))
    version = make_version(sora)
    page = reverse("admin:registry_persona_change", args=[sora.pk])
    assert "견주고 있는 후보가 없습니다" in client.get(page).content.decode()
    client.post(reverse("admin:registry_adapterversion_stand", args=[version.pk]), CONFIRMED)
    assert "아직 두 버전을 견준 투표가 없습니다" in client.get(page).content.decode()
    client.post(reverse("admin:registry_persona_dismiss_candidate", args=[sora.pk]), CONFIRMED)
    sora.refresh_from_db()
    assert sora.candidate is None


def test_a_move_asks_a_worker_to_load_the_new_champion_and_a_roll_back_does_too(
    sora, make_version, redis_client, django_capture_on_commit_callbacks
):
    for version in (make_version(sora), make_version(sora)):
        champion_promote(persona=sora, version=version)
    with django_capture_on_commit_callbacks(execute=True):
        champion_roll_back(persona=sora)
    assert redis_client.llen("generate") == 1


def test_the_admin_asks_two_versions_the_same_and_shows_replies_as_they_come(client, admin_user, sora, make_version):
    client.force_login(admin_user)
    first, second = make_version(sora), make_version(sora)
    stranger_to_it = make_version(sora, base_hash="c" * 64)
    address = reverse("admin:registry_adapterversion_compare", args=[first.pk])
    dialog = client.get(address).content.decode()
    assert "sora@v2" in dialog and stranger_to_it.label not in dialog
    client.post(address, {**CONFIRMED, "other": second.pk, "prompts": "안녕?\n\n밥 먹자"})
    asked = SideBySide.objects.get()
    assert (asked.first, asked.second, asked.prompts) == (first, second, ["안녕?", "밥 먹자"])

    live = reverse("admin:registry_sidebyside_live", args=[asked.pk])
    assert "every 2s" in client.get(live).content.decode()
    for replies in (("응, 안녕.", "안녕~"), ("그래.", "좋아!")):
        side_by_side_answer(side_by_side=asked, replies=replies)
    page = client.get(live).content.decode()
    assert "안녕~" in page and "그래." in page and "every 2s" not in page


def test_a_curator_reads_no_replies_of_versions(client, curator, sora, make_version):
    client.force_login(curator)
    asked = SideBySide.objects.create(first=make_version(sora), second=make_version(sora), prompts=["안녕?"])
    assert client.get(reverse("admin:registry_sidebyside_live", args=[asked.pk])).status_code == 403
