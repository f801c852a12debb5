"""From blind votes to what the admin and the about page show."""

import pytest
from django.urls import reverse
from django_celery_beat.models import PeriodicTask

from config.settings import CELERY_BEAT_SCHEDULE
from personas.chat.models import Reply
from personas.privacy.models import Visitor
from personas.ratings.models import RatingReport
from personas.ratings.tasks import refresh_ratings


@pytest.fixture
def voted(sora, dodo, make_version, cast):
    """Forty votes, three of four for the second version, in front and behind; and one between two personas."""
    first, second = make_version(sora), make_version(sora)
    for number in range(40):
        left, right = (second, first) if number % 2 else (first, second)
        winner = second if number % 4 else first
        vote = cast("a" if winner == left else "b", left, right)
        vote.visitor = Visitor.objects.create()
        vote.save()
    cast("a", first, make_version(dodo))
    refresh_ratings()
    return first, second


def rows(group: str) -> list[dict]:
    return RatingReport.objects.get(group=group).figures["rows"]


def test_the_version_that_wins_more_stands_higher_and_between_its_ends(voted):
    best, other = rows("sora")
    assert (best["player"], other["player"]) == ("sora@v2", "sora@v1")
    assert best["rating"] > 1000 > other["rating"]
    assert best["low"] <= best["rating"] <= best["high"] and best["votes"] == 40


def test_few_votes_give_no_ratings_but_say_how_many_are_missing(voted):
    figures = RatingReport.objects.get(group="personas").figures
    assert (figures["votes"], figures["needed"], figures["rows"]) == (1, 29, [])
    assert RatingReport.objects.get(group="dodo").figures["votes"] == 0


def test_a_blend_is_nobodys_vote(voted):
    reply = Reply.objects.filter(adapters=[[voted[1].pk, 1.0]]).first()
    reply.adapters = [[voted[0].pk, 0.5], [voted[1].pk, 0.5]]
    reply.save()
    refresh_ratings()
    assert RatingReport.objects.get(group="sora").figures["votes"] == 39


def test_the_admin_shows_a_chart_and_a_table(client, admin_user, voted):
    client.force_login(admin_user)
    report = RatingReport.objects.get(group="sora")
    page = client.get(reverse("admin:ratings_ratingreport_change", args=[report.pk])).content.decode()
    assert page.count("rating-ruler__place") == 2 and "존댓말" in page
    listed = client.get(reverse("admin:ratings_ratingreport_changelist")).content.decode()
    assert "소라의 버전" in listed and "페르소나끼리" in listed


def test_the_admin_says_how_many_votes_are_missing(client, admin_user, voted):
    client.force_login(admin_user)
    report = RatingReport.objects.get(group="personas")
    page = client.get(reverse("admin:ratings_ratingreport_change", args=[report.pk])).content.decode()
    assert "29개가 더 모이면" in page


def test_everyone_reads_a_short_version(client, voted):
    page = client.get("/about/").content.decode()
    assert "sora@v2" not in page and "v2" in page and "블라인드" in page


def test_without_votes_the_about_page_says_nothing_of_ratings(client, db):
    assert "블라인드" not in client.get("/about/").content.decode()


def test_a_curator_does_not_see_ratings(client, curator, voted):
    client.force_login(curator)
    assert client.get(reverse("admin:ratings_ratingreport_changelist")).status_code == 403


def test_the_housekeeping_counts_them(db):
    assert "housekeeping.refresh_ratings" in {entry["task"] for entry in CELERY_BEAT_SCHEDULE.values()}
    assert not PeriodicTask.objects.exists()
