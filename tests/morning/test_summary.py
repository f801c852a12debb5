"""The morning summary: what came in, what was decided, what ran and why; on the first page and by mail."""

import smtplib
from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from personas.curation.models import PreferencePair
from personas.morning.mail import summary_mail_send
from personas.morning.models import SummaryMail
from personas.morning.summary import morning_summary
from personas.registry.models import AdapterVersion, ChampionMove, DatasetSnapshot
from personas.registry.runs import run_finish_failed, run_finish_refused, run_start


@pytest.fixture
def operator(client, admin_user):
    client.force_login(admin_user)
    return client


@pytest.fixture
def mail_set(settings):
    settings.MAIL_URL, settings.OPERATOR_MAIL = "smtp://mail.example:25", ["op@example.org"]
    return settings


def pair(sora, **values) -> PreferencePair:
    text = [{"role": "user", "content": "안녕"}]
    return PreferencePair.objects.create(
        persona=sora, prompt=text, chosen="가", rejected="나", source="import", **values
    )


@pytest.fixture
def night(sora, dodo):
    """A refused run, a failed one, and pairs decided today and the day before yesterday."""
    now = timezone.now()
    pair(sora)
    pair(sora, status="approved", reviewed_at=now)
    pair(sora, status="rejected", reviewed_at=now)
    old = pair(sora, status="approved", reviewed_at=now - timedelta(days=2))
    PreferencePair.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=2))
    report = {"passed": False, "checks": []}
    run_finish_refused(
        run=run_start(persona=sora, trigger="nightly"),
        candidate=None,
        gate_report=report,
        reason="말투가 흐려졌습니다.",
    )
    run_finish_failed(run=run_start(persona=dodo, trigger="nightly"), error="RuntimeError: out of memory")


def test_it_counts_the_last_day_and_nothing_before(night):
    summary = morning_summary()
    assert (summary.pairs, summary.approved, summary.rejected, summary.waiting) == (3, 1, 1, 1)
    assert {run.status for run in summary.runs} == {"refused", "failed"}
    assert morning_summary(now=timezone.now() + timedelta(days=3)).runs == []


def test_the_first_page_says_what_ran_and_why(operator, night):
    page = operator.get("/admin/").content.decode()
    assert "아침 요약" in page and "말투가 흐려졌습니다." in page and "out of memory" in page


def test_a_champion_that_learned_from_withdrawn_rows_is_named(operator, sora):
    snapshot = DatasetSnapshot.objects.create(persona=sora, sha256="a" * 64, rows=2, path="-")
    version = AdapterVersion.objects.create(
        persona=sora, number=1, base_hash="b" * 64, path="-", weights_sha256="w" * 64, snapshot=snapshot
    )
    sora.champion = version
    sora.save()
    ChampionMove.objects.create(persona=sora, version=version, reason="gate")
    page = operator.get("/admin/").content.decode()
    assert "동의를 거둔 행 2개로 배웠습니다" in page and "sora@v1" in page


def test_a_curator_sees_the_first_page_without_it(client, curator, night):
    client.force_login(curator)
    response = client.get("/admin/")
    assert response.status_code == 200 and "아침 요약" not in response.content.decode()


def test_the_mail_goes_out_once_a_day(mail_set, night):
    assert summary_mail_send(day=date(2026, 11, 22)) is True
    assert summary_mail_send(day=date(2026, 11, 22)) is False
    assert summary_mail_send(day=date(2026, 11, 23)) is True
    first = mail.outbox[0]
    assert first.to == ["op@example.org"] and "2026-11-22" in first.subject
    assert "승인 1개, 거절 1개" in first.body and "말투가 흐려졌습니다." in first.body and "&" not in first.body


def test_a_server_that_refuses_may_be_asked_again(mail_set, night, monkeypatch):
    def refuse(*args):
        raise smtplib.SMTPServerDisconnected("no")

    with monkeypatch.context() as patch:
        patch.setattr("personas.morning.mail.send_mail", refuse)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            summary_mail_send(day=date(2026, 11, 22))
    assert not SummaryMail.objects.exists()
    assert summary_mail_send(day=date(2026, 11, 22)) is True


@pytest.mark.parametrize(("url", "to"), [("", ["op@example.org"]), ("smtp://mail.example:25", [])])
def test_where_no_mail_is_set_none_is_sent(db, settings, url, to):
    settings.MAIL_URL, settings.OPERATOR_MAIL = url, to
    assert summary_mail_send() is False and not mail.outbox
