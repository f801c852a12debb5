"""The registry's admin pages: what they show, and what their buttons do."""

import json

import pytest
from django.urls import reverse

from config.celery import app as celery_app
from personas.registry.models import DatasetSnapshot, Persona, TrainingRun
from personas.registry.runs import run_finish_failed, run_finish_refused, run_start
from personas.registry.selectors import champion_for
from personas.registry.services import champion_promote

CONFIRMED = {"_form_submitted": "on"}
REPORT = {
    "passed": False,
    "checks": [
        {
            "name": "style",
            "passed": True,
            "candidate": 0.93,
            "champion": 0.94,
            "limit": 0.92,
            "reason_ko": "괜찮습니다.",
        },
        {"name": "safety", "passed": False, "candidate": 2, "limit": 0, "reason_ko": "위험한 답이 2개 있습니다."},
    ],
}


@pytest.fixture
def operator(client, admin_user):
    """The administrator's browser."""
    client.force_login(admin_user)
    return client


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """What happens after the transaction: a test's own never ends."""
    return django_capture_on_commit_callbacks


@pytest.fixture
def two_versions(sora: Persona, make_version):
    """Two versions of a persona; the second is its champion."""
    versions = [make_version(sora), make_version(sora)]
    for version in versions:
        champion_promote(persona=sora, version=version)
    return versions


def page(name: str, pk: int | None = None) -> str:
    return reverse(f"admin:registry_{name}", args=[pk] if pk else [])


def test_a_persona_page_shows_its_champion_and_how_it_came_there(operator, sora, two_versions):
    text = operator.get(page("persona_change", sora.pk)).content.decode()
    assert "sora@v2" in text and "sora@v1" in text and "직접 올림" in text


def test_rolling_back_asks_first_and_then_moves_the_champion(operator, sora, two_versions, admin_user):
    assert "되돌릴까요" in operator.get(page("persona_roll_back", sora.pk)).content.decode()
    assert champion_for(sora) == two_versions[1], "looking changes nothing"
    operator.post(page("persona_roll_back", sora.pk), CONFIRMED)
    assert champion_for(sora) == two_versions[0]
    assert sora.champion_moves.first().by == admin_user


def test_where_nothing_came_before_rolling_back_says_so(operator, sora):
    text = operator.post(page("persona_roll_back", sora.pk), CONFIRMED, follow=True).content.decode()
    assert "되돌릴 앞 버전이 없습니다" in text


def test_a_version_is_promoted_by_its_button(operator, sora, two_versions):
    operator.post(page("adapterversion_promote", two_versions[0].pk), CONFIRMED)
    assert champion_for(sora) == two_versions[0]


def test_a_corrupt_version_is_named_and_the_champion_stays(operator, sora, two_versions):
    (two_versions[0].folder / "adapter_model.safetensors").write_bytes(b"torn")
    response = operator.post(page("adapterversion_promote", two_versions[0].pk), CONFIRMED, follow=True)
    assert "adapter_model.safetensors" in response.content.decode()
    assert champion_for(sora) == two_versions[1]


def test_a_version_page_shows_its_lineage_and_measurements(operator, sora, two_versions):
    version = two_versions[1]
    version.manifest = {**version.manifest, "metrics": {"style": {"own": 0.93121}}, "base_name": "gemma"}
    version.save()
    text = operator.get(page("adapterversion_change", version.pk)).content.decode()
    assert all(shown in text for shown in ("말투 점수.own", "0.9312", version.base_hash, version.weights_sha256))


def test_a_figure_with_an_interval_is_one_line(operator, sora, two_versions):
    version = two_versions[1]
    measured = {"preference_accuracy": {"value": 0.96875, "low": 0.9375, "high": 0.99219, "pairs": 128}}
    version.manifest = {**version.manifest, "metrics": measured}
    version.save()
    text = operator.get(page("adapterversion_change", version.pk)).content.decode()
    assert "0.9688 (95% 0.9375–0.9922), 128쌍" in text


def test_a_run_page_shows_the_gate_report_as_a_table(operator, sora):
    run = run_start(persona=sora, trigger="nightly")
    run_finish_refused(run=run, candidate=None, gate_report=REPORT, reason="위험한 답이 2개 있습니다.")
    text = operator.get(page("trainingrun_change", run.pk)).content.decode()
    assert '<th scope="row">안전</th>' in text
    assert "탈락" in text and "통과" in text and "위험한 답이 2개 있습니다." in text


def test_a_failed_run_shows_its_error_in_the_list_and_on_its_page(operator, sora):
    run = run_start(persona=sora, trigger="nightly")
    run_finish_failed(run=run, error="RuntimeError: <CUDA> ran out of memory")
    for address in (page("trainingrun_changelist"), page("trainingrun_change", run.pk)):
        assert "&lt;CUDA&gt; ran out of memory" in operator.get(address).content.decode()


def test_training_now_queues_a_run_of_the_chosen_persona(operator, sora, redis_client, committed):
    with committed(execute=True):
        operator.post(page("trainingrun_train_now"), {**CONFIRMED, "persona": sora.pk})
    message = json.loads(redis_client.lindex("train", 0))
    assert message["headers"]["task"] == "train.retrain"
    assert message["headers"]["argsrepr"] == "['sora', 'admin']"


def test_training_now_from_the_personas_page(operator, sora, redis_client, committed):
    with committed(execute=True):
        operator.post(page("persona_train_now", sora.pk), CONFIRMED)
    assert redis_client.llen("train") == 1


@pytest.mark.django_db(transaction=True)
def test_without_redis_training_now_says_what_to_do(operator, sora, celery_nowhere):
    text = operator.post(page("persona_train_now", sora.pk), CONFIRMED, follow=True).content.decode()
    assert "Redis에 닿지 않아" in text


@pytest.fixture
def celery_nowhere(monkeypatch):
    """A broker address where nobody answers."""
    monkeypatch.setattr(celery_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    celery_app._pool = None
    yield
    celery_app._pool = None


def test_a_snapshot_can_be_downloaded(operator, sora, tmp_path):
    file = tmp_path / "sora-abc.jsonl"
    file.write_text('{"prompt": []}\n')
    snapshot = DatasetSnapshot.objects.create(persona=sora, sha256="a" * 64, rows=1, path=str(file))
    response = operator.get(page("datasetsnapshot_download", snapshot.pk))
    assert b"".join(response.streaming_content) == file.read_bytes()
    assert "sora-abc.jsonl" in response["Content-Disposition"]


def test_a_snapshot_whose_file_is_gone_says_so(operator, sora, tmp_path):
    snapshot = DatasetSnapshot.objects.create(persona=sora, sha256="a" * 64, rows=1, path=str(tmp_path / "gone.jsonl"))
    text = operator.get(page("datasetsnapshot_download", snapshot.pk), follow=True).content.decode()
    assert "gone.jsonl" in text


def test_a_persona_with_unusable_settings_is_not_saved(operator, sora):
    form = {
        "name": "소라",
        "name_en": "Sora",
        "tagline": "…",
        "tagline_en": "…",
        "color": "#123456",
        "position": 1,
        "canary_percent": 0,
        "starters": "안녕?\n\n 오늘 어땠어? ",
        "sampling": '{"temprature": 0.7}',
    }
    assert "temprature" in operator.post(page("persona_change", sora.pk), form).content.decode()
    assert (
        operator.post(page("persona_change", sora.pk), {**form, "sampling": '{"temperature": 0.5}'}).status_code == 302
    )
    sora.refresh_from_db()
    assert sora.sampling == {"temperature": 0.5}
    assert sora.starters == ["안녕?", "오늘 어땠어?"]


def test_versions_snapshots_and_runs_are_not_edited_by_hand(operator, sora, two_versions):
    run = run_start(persona=sora, trigger="nightly")
    for address in (page("adapterversion_change", two_versions[0].pk), page("trainingrun_change", run.pk)):
        assert operator.get(address).status_code == 200
        assert operator.post(address, {"path": "/elsewhere", "status": "promoted"}).status_code == 403
    assert TrainingRun.objects.get().status == "running"


def test_a_curator_presses_none_of_the_registrys_buttons(client, curator, sora, two_versions):
    client.force_login(curator)
    for address in (
        page("persona_roll_back", sora.pk),
        page("persona_train_now", sora.pk),
        page("adapterversion_promote", two_versions[0].pk),
        page("trainingrun_train_now"),
    ):
        assert client.post(address, {**CONFIRMED, "persona": sora.pk}).status_code == 403
    assert champion_for(sora) == two_versions[1]


@pytest.mark.parametrize("model", ["persona", "adapterversion", "datasetsnapshot", "trainingrun"])
def test_every_list_opens(operator, sora, two_versions, model):
    run_start(persona=sora, trigger="nightly")
    DatasetSnapshot.objects.create(persona=sora, sha256="a" * 64, rows=1, path="-")
    assert operator.get(page(f"{model}_changelist")).status_code == 200
