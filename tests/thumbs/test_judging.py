"""Curators judge thumbs, one or many: nothing flagged by the way, nothing twice, all of it written down."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection

from personas.curation.roles import curators
from personas.curation.snapshots import snapshot_make
from personas.thumbs.errors import ThumbDecided, ThumbTakenBack
from personas.thumbs.judging import judgement_preview, thumb_judge, thumbs_judge
from personas.thumbs.models import Thumb
from personas.thumbs.services import thumb_give, thumb_take_back

pytestmark = pytest.mark.django_db

LIST = "/admin/thumbs/thumb/"
FLAGGED = "난 진짜 사람이야"


@pytest.fixture
def other(db) -> User:
    """Another curator."""
    return User.objects.create_user("other", is_staff=True)


@pytest.fixture
def waiting(make_thumb, consenting):
    """`waiting(FLAGGED)`: a thumb that waits, of somebody who consents."""

    def make(text: str = "", direction: str = "up") -> Thumb:
        return make_thumb(consenting, direction, "pending", text)

    return make


def look(client, deed, *thumbs) -> str:
    """Choose an action in the list, and read its preview."""
    chosen = {"action": deed, "_selected_action": [thumb.pk for thumb in thumbs]}
    return client.post(LIST, chosen, follow=True).content.decode()


def confirm(client, deed, *thumbs, **ticked) -> str:
    """Confirm a preview, and read what the list says then."""
    ids = ",".join(str(thumb.pk) for thumb in thumbs)
    return client.post(f"{LIST}bulk/", {"deed": deed, "ids": ids, **ticked}, follow=True).content.decode()


def press(client, thumb, button) -> str:
    """Press a button of the thumb's own page."""
    pressed = {f"thumbs_thumb_{button}": ""}
    return client.post(f"{LIST}{thumb.pk}/change/", pressed, follow=True).content.decode()


def status(thumb: Thumb) -> str:
    thumb.refresh_from_db()
    return thumb.status


def test_a_preview_says_what_would_change_and_changes_nothing(client, judge, waiting, make_thumb, owner):
    plain, flagged, decided = waiting("물부터 마시자"), waiting(FLAGGED), make_thumb(owner)
    page = look(client, "approve", plain, flagged, decided)
    assert "미리 보기: 승인" in page and "물부터 마시자" in page and FLAGGED in page
    assert "<dt>승인</dt><dd>1</dd>" in page and "<dt>표시가 있어 보류</dt><dd>1</dd>" in page
    assert "<dt>그대로 둠</dt><dd>1</dd>" in page and "표시가 있는 1개도 함께 승인" in page
    assert status(plain) == status(flagged) == "pending" and str(owner.pk)[:8] not in page


def test_thumbs_are_approved_and_the_history_says_by_whom(client, judge, waiting):
    thumb, another = waiting(), waiting()
    assert "엄지 1개를 ‘승인’ 상태로 두었습니다." in confirm(client, "approve", thumb)
    assert (status(thumb), thumb.reviewed_by, status(another)) == ("approved", judge, "pending")
    assert [line.history_user for line in thumb.history.filter(history_type="~")][:1] == [judge]


def test_one_with_a_flag_is_held_until_a_curator_lets_it_through(client, judge, waiting, sora, settings, tmp_path):
    settings.MIN_TRAINING_THUMBS, settings.VAR_DIR = 1, tmp_path
    plain, against, flagged = waiting(), waiting(direction="down"), waiting(FLAGGED)
    page = confirm(client, "approve", plain, against, flagged)
    assert "엄지 2개를 ‘승인’ 상태로 두었습니다. 표시가 있는 1개는 보류했습니다." in page
    assert status(flagged) == "pending" and flagged not in snapshot_make(persona=sora).thumbs.all()
    confirm(client, "approve", flagged, flagged_too="on")
    assert status(flagged) == "approved" and flagged in snapshot_make(persona=sora).thumbs.all()


def test_a_flag_that_came_after_the_preview_holds_it_too(judge, waiting):
    thumb = waiting()
    assert judgement_preview(thumbs=[thumb.pk], status="approved").held == []
    thumb.flags.create(kind="voting", detail="fast")
    judgement = thumbs_judge(thumbs=[thumb.pk], status="approved", by=judge)
    assert (judgement.moved, judgement.held, status(thumb)) == ([], [thumb], "pending")


def test_a_flag_keeps_nobody_from_rejecting(client, judge, waiting):
    flagged = waiting(FLAGGED)
    assert "함께 승인" not in look(client, "reject", flagged)
    confirm(client, "reject", flagged)
    assert status(flagged) == "rejected"


def test_what_another_curator_decided_stays_and_is_counted(client, judge, other, waiting):
    thumb, free = waiting(), waiting()
    thumbs_judge(thumbs=[thumb.pk], status="rejected", by=other)
    page = confirm(client, "approve", thumb, free)
    assert "엄지 1개를 ‘승인’ 상태로 두었습니다. 이미 결정됐거나 거둔 1개는 그대로 두었습니다." in page
    assert (status(thumb), thumb.reviewed_by, status(free)) == ("rejected", other, "approved")


def test_one_judged_on_its_own_page_by_another_says_how_it_stands(client, judge, other, waiting):
    thumb = waiting()
    thumbs_judge(thumbs=[thumb.pk], status="rejected", by=other)
    page = press(client, thumb, "approve_this")
    assert "그사이 바뀐 엄지라 그대로 두었습니다. 지금 상태: 거절 · other" in page
    assert (status(thumb), thumb.reviewed_by) == ("rejected", other)


def test_nothing_is_decided_twice(judge, other, waiting):
    thumb = waiting()
    thumb_judge(thumb=thumb.pk, status="approved", by=judge)
    for by in (judge, other):
        with pytest.raises(ThumbDecided):
            thumb_judge(thumb=thumb.pk, status="rejected", by=by)
    assert (status(thumb), thumb.history.filter(status="approved").count()) == ("approved", 1)


def test_one_that_its_visitor_took_back_cannot_be_judged(judge, waiting, consenting):
    thumb = waiting()
    thumb_take_back(reply=thumb.reply, visitor=consenting)
    with pytest.raises(ThumbTakenBack):
        thumb_judge(thumb=thumb.pk, status="approved", by=judge)
    assert thumbs_judge(thumbs=[thumb.pk], status="approved", by=judge).left == 1


def test_one_that_turned_round_is_judged_as_it_is_now_or_not_at_all(judge, waiting, consenting):
    before = waiting()
    after = thumb_give(reply=before.reply, visitor=consenting, direction="down")
    assert thumbs_judge(thumbs=[before.pk], status="approved", by=judge).moved == [] and status(after) == "pending"


@pytest.mark.django_db(transaction=True)
def test_of_two_curators_at_once_one_decides(judge, other, waiting):
    thumbs = [waiting().pk for _ in range(4)]
    judgements, broken = {}, []

    def decide(by: User, to: str) -> None:
        try:
            judgements[to] = {thumb.pk for thumb in thumbs_judge(thumbs=thumbs, status=to, by=by).moved}
        except Exception as error:
            broken.append(error)
        finally:
            connection.close()

    both = [threading.Thread(target=decide, args=one) for one in ((judge, "approved"), (other, "rejected"))]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert broken == []
    assert judgements["approved"] ^ judgements["rejected"] == set(thumbs), "each was moved by exactly one of them"
    assert set(Thumb.objects.filter(status="approved").values_list("pk", flat=True)) == judgements["approved"]
    assert Thumb.history.filter(id__in=thumbs).exclude(status="pending").count() == len(thumbs)


def test_the_page_of_a_waiting_thumb_approves_and_rejects(client, judge, waiting):
    thumb, flagged = waiting(), waiting(FLAGGED)
    page = client.get(f"{LIST}{thumb.pk}/change/").content.decode()
    assert "approve_this" in page and "reject_this" in page and "reopen_this" not in page
    assert "엄지 1개를 ‘거절’ 상태로 두었습니다." in press(client, thumb, "reject_this")
    press(client, flagged, "approve_this")
    assert (status(thumb), thumb.reviewed_by) == ("rejected", judge)
    assert status(flagged) == "approved", "its page shows the flags, so that pressing the button lets it through"


def test_a_judgement_can_be_taken_back_on_its_page_and_in_the_list(client, judge, waiting):
    thumb = waiting()
    confirm(client, "approve", thumb)
    page = client.get(f"{LIST}{thumb.pk}/change/").content.decode()
    assert "reopen_this" in page and "approve_this" not in page
    press(client, thumb, "reopen_this")
    assert (status(thumb), thumb.reviewed_by, thumb.reviewed_at) == ("pending", None, None)
    confirm(client, "reject", thumb)
    confirm(client, "reopen", thumb)
    assert (status(thumb), thumb.reviewed_by) == ("pending", None)


def test_its_history_tells_every_step_in_words_and_is_only_read(client, judge, other, waiting, consenting):
    thumb = waiting()
    thumbs_judge(thumbs=[thumb.pk], status="rejected", by=other)
    confirm(client, "reopen", thumb)
    confirm(client, "approve", thumb)
    page = client.get(f"{LIST}{thumb.pk}/history/").content.decode()
    assert "other" in page and "judge" in page and "거절" in page and "승인" in page
    assert "None" not in page  # nobody was asked for a reason
    step = client.get(f"{LIST}{thumb.pk}/history/{thumb.history.first().pk}/")
    assert step.status_code == 200 and 'name="_save"' not in step.content.decode()
    assert str(consenting.pk)[:8] not in page + step.content.decode()


def test_a_form_changes_neither_words_nor_direction(client, judge, waiting):
    thumb = waiting("물부터 마시자")
    client.post(f"{LIST}{thumb.pk}/change/", {"direction": "down", "status": "approved", "_save": ""})
    assert (status(thumb), thumb.direction, thumb.reply.text) == ("pending", "up", "물부터 마시자")


def test_whoever_may_only_look_judges_nothing(client, waiting):
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.set(curators().permissions.filter(codename="view_thumb"))
    client.force_login(reader)
    thumb = waiting()
    assert "approve_this" not in client.get(f"{LIST}{thumb.pk}/change/").content.decode()
    press(client, thumb, "approve_this")
    confirm(client, "approve", thumb)
    assert status(thumb) == "pending"


@pytest.mark.parametrize("nonsense", [{"deed": "dance"}, {}])
def test_an_unknown_deed_is_refused(client, judge, waiting, nonsense):
    thumb = waiting()
    assert client.post(f"{LIST}bulk/", {"ids": str(thumb.pk), **nonsense}).status_code == 403
    assert status(thumb) == "pending"
