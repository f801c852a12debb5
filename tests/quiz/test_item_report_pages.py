"""The item report as curators and visitors see it."""

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from personas.curation.roles import curators
from quiz.item_report import Item, build_report
from quiz.measuring import current_items, item_report_refresh
from quiz.models import ItemReport
from quiz.verdicts import Weakness
from tests.quiz.people import leaning_scores, walks_from


@pytest.fixture
def report(quiz) -> ItemReport:
    """What 600 people's answers to the developer test came to; its first question was answered by chance."""
    items: list[Item] = current_items(quiz)
    random = np.random.default_rng(9)
    leaned = leaning_scores(random, 600, [1.5] * len(items), steps=[-1, 0, 1])
    leaned[:, 0] = random.integers(0, 4, 600)
    worth = [sorted(egen for egen, _ in item.answers.values()) for item in items]
    places = [(leaned[:, place] * len(points) // 4).astype(int) for place, points in enumerate(worth)]
    scores = np.column_stack([np.array(points)[place] for points, place in zip(worth, places, strict=True)])
    return ItemReport.objects.create(quiz=quiz, figures=build_report(items, walks_from(items, scores)))


@pytest.fixture
def curators_browser(client, db):
    """The browser of someone in the curators' group."""
    user = User.objects.create_user("reader", is_staff=True)
    user.groups.add(curators())
    client.force_login(user)
    return client


def page_of(report: ItemReport) -> str:
    return reverse("admin:quiz_itemreport_change", args=[report.pk])


def test_a_curator_reads_every_question_with_its_figures(curators_browser, report):
    html = curators_browser.get(page_of(report)).content.decode()
    for question in report.quiz.questions.all():
        assert question.scene in html
    assert f"{report.figures['axes']['egen']['value']:.2f}" in html
    assert f"{report.figures['questions'][3]['axes']['teto']['discrimination']:.2f}" in html


def test_a_weak_question_is_marked_with_what_to_do(curators_browser, report):
    assert [bool(row["weaknesses"]) for row in report.figures["questions"]] == [True] + [False] * 11
    html = curators_browser.get(page_of(report)).content.decode()
    assert html.count('class="advice"') == 1
    assert str(Weakness.WEAK.label) in html


def test_the_list_names_each_test_with_its_alphas_and_how_many_questions_to_mend(curators_browser, report):
    html = curators_browser.get(reverse("admin:quiz_itemreport_changelist")).content.decode()
    assert f"에겐 {report.figures['axes']['egen']['value']:.2f}" in html


def test_with_too_few_answers_the_page_says_how_many_more_are_needed(curators_browser, quiz):
    html = curators_browser.get(page_of(item_report_refresh(quiz=quiz))).content.decode()
    assert "200명이 더" in html
    assert "<table" not in html.partition('class="item-report"')[2]


def test_a_question_that_is_gone_leaves_the_page_readable(curators_browser, report):
    report.figures["questions"][0]["id"] = 999_999
    report.save()
    assert curators_browser.get(page_of(report)).status_code == 200


def test_nobody_edits_a_report_by_hand(admin_client, report):
    assert admin_client.post(page_of(report), {"figures": "{}"}).status_code == 403
    assert admin_client.get(reverse("admin:quiz_itemreport_add")).status_code == 403


def test_the_about_page_says_how_far_the_test_can_be_trusted(client, report):
    html = client.get("/about/").content.decode()
    egen = report.figures["axes"]["egen"]
    assert f"{egen['value']:.2f}" in html
    assert f"{egen['low']:.2f}–{egen['high']:.2f}" in html
    assert "600명의 답" in html


def test_with_too_few_answers_the_about_page_shows_no_figures(client, quiz):
    item_report_refresh(quiz=quiz)
    html = client.get("/about/").content.decode()
    assert "200명이 더" in html
    assert "신뢰구간" not in html


def test_a_test_that_is_not_public_is_not_on_the_about_page(client, report):
    report.quiz.is_published = False
    report.quiz.save()
    assert report.quiz.title not in client.get("/about/").content.decode()


def test_the_about_page_looks_up_and_never_counts(client, report, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):  # and the help lines
        client.get("/about/")


def test_the_beat_knows_the_task_that_counts():
    from config.celery import app

    app.loader.import_default_modules()
    due = [entry["task"] for entry in app.conf.beat_schedule.values()]
    assert "housekeeping.refresh_item_reports" in due
    assert set(due) <= set(app.tasks)
