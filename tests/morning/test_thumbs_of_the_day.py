"""The morning summary counts thumbs: what came in, what became of them, and what versions learned from."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from personas.chat.services import conversation_start, turn_send
from personas.morning.mail import summary_mail_send
from personas.morning.summary import morning_summary
from personas.registry.models import AdapterVersion, DatasetSnapshot, TrainingRun
from personas.thumbs.judging import thumbs_judge
from personas.thumbs.models import Thumb
from personas.thumbs.services import thumb_give
from tests.replies import finish

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(sora, owner, friend, admin_user) -> list[Thumb]:
    """Thumbs of two people: one approved, one rejected, one approved long ago, one waiting, one waiting with a flag."""

    def give(visitor, text="응") -> Thumb:
        asked = turn_send(conversation=conversation_start(visitor=visitor, persona=sora), text="안녕")
        return thumb_give(reply=finish(asked.replies.get(), text), visitor=visitor, direction="up")

    thumbs = [give(owner), give(owner), give(owner), give(friend), give(friend, "난 진짜 사람이야. 010-1234-5678")]
    for thumb, status in zip(thumbs, ("approved", "rejected", "approved"), strict=False):
        thumbs_judge(thumbs=[thumb.pk], status=status, by=admin_user)
    long_ago = timezone.now() - timedelta(days=3)
    Thumb.objects.filter(pk=thumbs[2].pk).update(created_at=long_ago, reviewed_at=long_ago)
    return thumbs


@pytest.fixture
def train(sora, day):
    """`train(1)`: a run of today on so many of the thumbs; no version comes of it with `brings=False`."""

    def run(count: int, *, brings: bool = True) -> None:
        number = DatasetSnapshot.objects.count() + 1
        snapshot = DatasetSnapshot.objects.create(persona=sora, sha256=f"{number:064}", rows=count, path="-")
        snapshot.thumbs.set(day[:count])
        version = AdapterVersion.objects.create(
            persona=sora, number=number, base_hash="b" * 64, path="-", weights_sha256="w" * 64, snapshot=snapshot
        )
        TrainingRun.objects.create(
            persona=sora, snapshot=snapshot, candidate=version if brings else None, status="refused"
        )

    return run


def test_it_counts_what_came_what_was_decided_and_what_is_held(day):
    thumbs = morning_summary().thumbs
    assert (thumbs.came, thumbs.givers) == (4, 2)
    assert (thumbs.approved, thumbs.rejected, thumbs.waiting, thumbs.held) == (1, 1, 2, 1)


def test_days_before_count_only_in_what_still_waits(day):
    thumbs = morning_summary(now=timezone.now() + timedelta(days=3)).thumbs
    assert (thumbs.came, thumbs.givers, thumbs.approved, thumbs.rejected, thumbs.trained) == (0, 0, 0, 0, 0)
    assert (thumbs.waiting, thumbs.held) == (2, 1)


def test_what_trained_is_counted_once_and_only_where_a_version_came_of_it(train):
    assert morning_summary().thumbs.trained == 0
    train(3, brings=False)
    assert morning_summary().thumbs.trained == 0
    train(1)
    train(2)
    assert morning_summary().thumbs.trained == 2
    assert morning_summary(now=timezone.now() + timedelta(days=3)).thumbs.trained == 0


def test_the_first_page_shows_them_and_leads_to_those_that_wait(client, admin_user, train):
    train(1)
    client.force_login(admin_user)
    page = client.get("/admin/").content.decode()
    assert "<dt>엄지</dt><dd>4 <span>2명</span></dd>" in page
    assert "<dt>엄지 승인</dt><dd>1 <span>거절 1</span></dd>" in page
    assert '/admin/thumbs/thumb/?status__exact=pending">2</a> <span>표시 있음 1</span>' in page
    assert "<dt>학습한 엄지</dt><dd>1</dd>" in page


def test_the_mail_tells_them_too(settings, train):
    settings.MAIL_URL, settings.OPERATOR_MAIL = "smtp://mail.example:25", ["op@example.org"]
    train(1)
    summary_mail_send()
    [sent] = mail.outbox
    assert "엄지 4개 (2명), 검토를 기다리는 엄지 2개 (표시 있음 1개)" in sent.body
    assert "엄지 승인 1개, 거절 1개, 학습에 쓰인 엄지 1개" in sent.body
