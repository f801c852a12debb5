"""Filters, search, saved views, and pairs like this one."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from personas.curation.flagging import pairs_flag, pairs_similar
from personas.curation.models import PreferencePair, SavedView

LIST = "/admin/curation/preferencepair/"
VIEWS = f"{LIST}views/"


@pytest.fixture
def found(client, curator):
    """`found(flag="toxic")`: the pairs that the list shows a curator under these filters."""
    client.force_login(curator)

    def search(**query) -> set[PreferencePair]:
        return set(client.get(LIST, query).context["cl"].result_list)

    return search


def test_words_are_found_in_the_replies_and_anywhere_in_the_conversation(found, make_pair):
    talk = [("user", "승진했어"), ("assistant", "우와"), ("user", "근데 무서워")]
    pair = make_pair(prompt=[{"role": role, "content": text} for role, text in talk], chosen="잘할 거야")
    make_pair()
    for words in ("승진", "우와", "무서워", "잘할"):
        assert found(q=words) == {pair}


def test_pairs_are_found_by_flag_and_by_having_none(found, make_pair):
    leak, clean = make_pair(chosen="난 사람이야"), make_pair(chosen="다른 이야기", rejected="또 다른 말")
    pairs_flag(pairs=[leak, clean])
    assert found(flag="identity") == {leak}
    assert found(flag="none") == {clean}


def test_pairs_are_found_by_version_and_kind_of_vote(found, make_pair, versions, owner):
    one, two = versions
    both = make_pair(visitor=owner, chosen_version=one, rejected_version=two)
    same = make_pair(visitor=owner, chosen_version=one, rejected_version=one)
    brought = make_pair()
    assert found(version=str(two.pk)) == {both}
    assert found(version=str(one.pk)) == {both, same}
    assert found(vote_kind="two_versions") == {both}
    assert found(vote_kind="one_version") == {same}
    assert found(vote_kind="import") == {brought}


def test_pairs_are_found_by_length_persona_status_and_day(found, make_pair, dodo):
    long, done, other = make_pair(chosen="가" * 150), make_pair(status="approved"), make_pair(persona=dodo)
    assert found(length="long") == {long}
    assert found(status__exact="approved") == {done}
    assert found(persona__id__exact=str(dodo.pk)) == {other}
    PreferencePair.objects.filter(pk=done.pk).update(created_at=timezone.now() - timedelta(days=40))
    today = timezone.localdate()
    assert found(created_at_from=str(today - timedelta(days=1)), created_at_to=str(today)) == {long, other}


def test_a_filter_that_does_not_exist_hides_nothing(found, make_pair):
    pair = make_pair()
    assert found(flag="nonsense") == found(version="x") == found(length="tall") == {pair}


def test_pairs_like_one_are_listed_with_it(found, make_pair):
    pair = make_pair(chosen="오늘 진짜 힘들었겠다. 따뜻한 거 먹자", rejected="쉬어.")
    near = make_pair(chosen="오늘 진짜 힘들었겠다. 따뜻한 거 마시자", rejected="쉬어.")
    far = make_pair(prompt=[{"role": "user", "content": "커밋?"}], chosen="나눠서 올려", rejected="몰라 그런 거")
    pairs_flag(pairs=[pair, near, far])
    assert found(similar_to=str(pair.pk)) == {pair, near}
    assert found(similar_to="999999") == found(similar_to="x") == set()


def test_the_most_alike_come_first_with_their_figure(client, curator, make_pair):
    pair = make_pair(chosen="오늘 진짜 힘들었겠다. 따뜻한 거 먹자", rejected="쉬어.")
    less = make_pair(chosen="오늘 진짜 힘들었겠다. 그만 자자 그냥", rejected="쉬어.")
    more = make_pair(chosen="오늘 진짜 힘들었겠다. 따뜻한 거 마시자", rejected="쉬어.")
    pairs_flag(pairs=[pair, less, more])
    client.force_login(curator)
    answer = client.get(LIST, {"similar_to": pair.pk})
    assert list(answer.context["cl"].result_list) == [pair, more, less]
    shown = [f"{share:.0%}" for share in (1, *(share for _pair, share in pairs_similar(pair=pair)))]
    assert re.findall(r"(\d+%)\s*</td>", answer.content.decode()) == shown
    assert "비슷한 정도" not in client.get(LIST).content.decode()
    by_hand = client.get(LIST, {"similar_to": pair.pk, "o": "-2"})  # their similarity, the least alike first or last
    assert set(by_hand.context["cl"].result_list) == {pair, more, less}


def test_a_view_is_saved_shown_changed_and_forgotten(client, curator):
    client.force_login(curator)
    client.post(VIEWS, {"name": "새는 정체", "query": "flag=identity&p=3"})
    assert SavedView.objects.get().query == "flag=identity"
    assert 'href="?flag=identity"' in client.get(LIST).content.decode()
    client.post(VIEWS, {"name": "새는 정체", "query": "flag=toxic"})
    assert SavedView.objects.get().query == "flag=toxic"
    client.post(VIEWS, {"forget": "새는 정체", "query": ""})
    assert not SavedView.objects.exists()


def test_a_view_without_a_name_or_a_filter_is_not_saved(client, curator):
    client.force_login(curator)
    for name, query in (("", "flag=toxic"), ("빈 보기", ""), ("빈 보기", "p=2")):
        page = client.post(VIEWS, {"name": name, "query": query}, follow=True).content.decode()
        assert "이름을 적어 주세요" in page
    assert not SavedView.objects.exists()


def test_views_are_everyones_own(client, curator, second):
    SavedView.objects.create(curator=second, name="남의 것", query="flag=toxic")
    client.force_login(curator)
    assert "남의 것" not in client.get(LIST).content.decode()
    client.post(VIEWS, {"forget": "남의 것", "query": ""})
    assert SavedView.objects.count() == 1
