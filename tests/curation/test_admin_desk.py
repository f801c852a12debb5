"""The curation desk through the browser's eyes: what a curator may do, and what nobody may see."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from personas.curation.deciding import pair_edit
from personas.curation.leases import lease_take
from personas.curation.models import PreferencePair
from personas.curation.roles import curators

LIST = "/admin/curation/preferencepair/"
LOG = "/admin/curation/decision/"


@pytest.fixture
def desk(client):
    """`desk(curator)`: the test client, logged in as this member of staff."""

    def as_staff(user: User):
        client.force_login(user)
        return client

    return as_staff


@pytest.fixture
def reader(db) -> User:
    """Staff who may look at pairs and change nothing."""
    user = User.objects.create_user("reader", is_staff=True)
    user.user_permissions.set(curators().permissions.filter(codename="view_preferencepair"))
    return user


@pytest.fixture
def newcomer(db) -> User:
    """Staff without any permission."""
    return User.objects.create_user("newcomer", is_staff=True)


def act(client, action: str, pairs: list[PreferencePair]):
    """Choose an action in the list, read its preview, and confirm it."""
    preview = client.post(LIST, {"action": action, "_selected_action": [pair.pk for pair in pairs]}, follow=True)
    if preview.context is None or "ids" not in preview.context:
        return preview
    return client.post(f"{LIST}bulk/", {"deed": action, "ids": preview.context["ids"]}, follow=True)


def page_of(pair: PreferencePair) -> str:
    return reverse("admin:curation_preferencepair_change", args=[pair.pk])


def test_a_curator_sees_prompt_chosen_and_rejected_side_by_side(desk, curator, make_pair):
    pair = make_pair()
    page = desk(curator).get(LIST).content.decode()
    assert all(text in page for text in (pair.last_message, pair.chosen, pair.rejected))


def test_a_pairs_page_says_in_words_how_its_replies_were_drawn(desk, curator, make_pair):
    pair = make_pair(
        sampling={"chosen": {"temperature": 0.7, "adapters": [[1, 1.0]]}, "rejected": {"temperature": 0.9}}
    )
    page = desk(curator).get(page_of(pair)).content.decode()
    assert "온도" in page and "0.9" in page and "adapters" not in page


def test_pending_pairs_come_first(desk, curator, make_pair):
    make_pair(status="approved", chosen="승인된 답")
    make_pair(chosen="기다리는 답")
    make_pair(status="rejected", chosen="거절된 답")
    page = desk(curator).get(LIST).content.decode()
    assert page.index("기다리는 답") < page.index("승인된 답")
    assert page.index("기다리는 답") < page.index("거절된 답")


def test_a_curator_approves_in_bulk(desk, curator, make_pair):
    pairs = [make_pair() for _ in range(3)]
    page = act(desk(curator), "approve", pairs).content.decode()
    assert "3쌍을 승인했습니다." in page
    assert PreferencePair.objects.filter(status="approved", reviewed_by=curator).count() == 3


def test_a_curator_rejects_and_reopens_in_bulk(desk, curator, make_pair):
    pairs = [make_pair(), make_pair()]
    act(desk(curator), "reject", pairs)
    assert PreferencePair.objects.filter(status="rejected").count() == 2
    act(desk(curator), "reopen", pairs)
    assert PreferencePair.objects.filter(status="pending").count() == 2


def test_a_bulk_action_says_what_it_left_alone(desk, curator, make_pair):
    page = act(desk(curator), "reject", [make_pair(), make_pair(status="approved")]).content.decode()
    assert "1쌍을 거절했습니다. 이미 결정된 1쌍은 그대로 두었습니다." in page


def test_a_curator_rewords_a_pair_and_the_history_shows_it(desk, curator, make_pair):
    pair = make_pair(chosen="처음 답")
    desk(curator).post(page_of(pair), {"chosen": "고친 답", "rejected": pair.rejected})
    pair.refresh_from_db()
    assert (pair.chosen, pair.status) == ("고친 답", "pending")
    history = desk(curator).get(reverse("admin:curation_preferencepair_history", args=[pair.pk])).content.decode()
    assert "처음 답" in history and "고친 답" in history and "curator" in history


def test_one_button_saves_and_approves(desk, curator, make_pair):
    pair = make_pair()
    button = "curation_preferencepair_save_and_approve"
    desk(curator).post(page_of(pair), {"chosen": "고친 답", "rejected": pair.rejected, button: ""})
    pair.refresh_from_db()
    assert (pair.chosen, pair.status, pair.reviewed_by) == ("고친 답", "approved", curator)


def test_two_equal_replies_are_not_saved(desk, curator, make_pair):
    pair = make_pair()
    page = desk(curator).post(page_of(pair), {"chosen": "같은 답", "rejected": "같은 답"}).content.decode()
    assert "두 답이 같으면" in page
    assert pair.history.count() == 1


def test_no_page_names_the_visitor(desk, curator, make_pair, owner):
    pair = make_pair(visitor=owner)
    history = reverse("admin:curation_preferencepair_history", args=[pair.pk])
    first_step = reverse("admin:curation_preferencepair_simple_history", args=[pair.pk, pair.history.get().pk])
    act(desk(curator), "approve", [pair])
    for address in (LIST, page_of(pair), history, first_step):
        response = desk(curator).get(address)
        assert response.status_code == 200
        assert str(owner.id)[:8] not in response.content.decode()


def test_neither_queue_nor_log_nor_disputes_name_the_visitor(desk, admin_user, curator, make_pair, owner):
    waiting, disputed = make_pair(visitor=owner), make_pair(visitor=owner, status="disputed", opinions_wanted=2)
    pair_edit(pair=disputed, chosen="고친 답", rejected=disputed.rejected, by=curator)
    pages = [desk(admin_user).get(address) for address in (f"{LIST}queue/", f"{LIST}agreement/", LOG)]
    pages.append(desk(admin_user).post(LIST, {"action": "approve", "_selected_action": [waiting.pk]}))
    for page in pages:
        assert page.status_code == 200
        assert str(owner.id)[:8] not in page.content.decode()
    assert waiting.last_message in pages[0].content.decode() and "고친 답" in pages[2].content.decode()


def test_the_queue_does_what_its_buttons_say_without_javascript(desk, curator, make_pair):
    pair, other = make_pair(), make_pair()
    answer = desk(curator).post(f"{LIST}queue/", {"deed": "approve", "pair": pair.pk}, follow=True)
    assert f'data-pair="{other.pk}"' in answer.content.decode()
    pair.refresh_from_db()
    assert pair.status == "approved"


def test_a_deed_is_answered_with_the_next_pair_or_with_why_not(desk, curator, second, make_pair):
    pair, other = make_pair(), make_pair()
    lease_take(pair=pair.pk, curator=second)
    htmx = {"HTTP_HX_REQUEST": "true"}
    refused = desk(curator).post(f"{LIST}queue/", {"deed": "approve", "pair": pair.pk}, **htmx).content.decode()
    assert "다른 큐레이터가 보고 있는 쌍" in refused and f'data-pair="{other.pk}"' in refused
    for nonsense in ({"deed": "approve", "pair": "x"}, {"deed": "dance", "pair": other.pk}, {}):
        assert "지금은 할 수 없습니다." in desk(curator).post(f"{LIST}queue/", nonsense, **htmx).content.decode()
    equal = {"deed": "edit", "pair": other.pk, "chosen": "같은 답", "rejected": "같은 답"}
    assert "배울 것이 없습니다." in desk(curator).post(f"{LIST}queue/", equal, **htmx).content.decode()
    assert not PreferencePair.objects.exclude(status="pending").exists()


def test_a_pair_before_another_curator_can_only_be_looked_at(desk, curator, second, make_pair):
    pair = make_pair()
    lease_take(pair=pair.pk, curator=second)
    assert desk(curator).get(page_of(pair)).status_code == 200
    assert desk(curator).post(page_of(pair), {"chosen": "고친 답", "rejected": "나쁜 답"}).status_code == 403


def test_who_may_only_look_decides_and_edits_nothing(desk, reader, make_pair):
    pair = make_pair()
    act(desk(reader), "approve", [pair])
    assert desk(reader).get(page_of(pair)).status_code == 200
    assert desk(reader).post(page_of(pair), {"chosen": "고친 답", "rejected": "나쁜 답"}).status_code == 403
    pair.refresh_from_db()
    assert (pair.status, pair.history.count()) == ("pending", 1)


def test_staff_without_permission_are_turned_away(desk, newcomer, make_pair):
    pair = make_pair()
    assert desk(newcomer).get(LIST).status_code == 403
    assert desk(newcomer).get(page_of(pair)).status_code == 403


def test_the_curators_group_may_judge_pairs_and_see_nothing_else(desk, newcomer, make_pair):
    newcomer.groups.add(curators())
    pair = make_pair()
    act(desk(newcomer), "approve", [pair])
    pair.refresh_from_db()
    assert pair.status == "approved"
    for other in ("registry/persona", "registry/adapterversion", "registry/trainingrun", "auth/user"):
        assert desk(newcomer).get(f"/admin/{other}/").status_code == 403


def test_pairs_are_neither_added_nor_deleted_by_hand(desk, admin_user, make_pair):
    pair = make_pair()
    assert desk(admin_user).get(f"{LIST}add/").status_code == 403
    assert desk(admin_user).get(reverse("admin:curation_preferencepair_delete", args=[pair.pk])).status_code == 403


def test_conversations_votes_and_visitors_have_no_admin_page(desk, admin_user):
    front_page = desk(admin_user).get("/admin/").content.decode()
    for page in ("chat/conversation", "chat/turn", "chat/reply", "voting", "privacy"):
        assert f"/admin/{page}/" not in front_page


def test_a_line_of_the_log_says_in_words_and_in_full_what_it_changed(desk, admin_user, curator, make_pair):
    pair = make_pair()
    long = "천천히 " * 80
    pair_edit(pair=pair, chosen=long, rejected=pair.rejected, by=curator)
    line = pair.decisions.get()

    page = desk(admin_user).get(f"{LOG}{line.pk}/change/").content.decode()

    assert f"고른 답: {long.strip()}" in page
    assert "{&quot;chosen&quot;" not in page and "&quot;chosen&quot;:" not in page
