"""Trials of wordings in the admin: written, switched on and off, read side by side, taken over."""

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from personas.curation.roles import curators
from quiz.measuring import current_items, item_report_refresh
from quiz.models import Question, WordingTrial
from quiz.trials.report import build_trial_report
from quiz.trials.services import trial_end, trial_start
from quiz.walks import Walk

CONFIRMED = {"_form_submitted": "on"}
SECOND = {"scene": "새 상황이에요", "scene_en": "A new scene", "text": "어떻게 할래요?", "text_en": "What will you do?"}


@pytest.fixture
def operator(client, admin_user):
    """The browser of someone who runs the site."""
    client.force_login(admin_user)
    return client


@pytest.fixture
def question(quiz) -> Question:
    return quiz.questions.get(key="legacy")


@pytest.fixture
def trial(question) -> WordingTrial:
    return WordingTrial.objects.create(question=question, **SECOND)


@pytest.fixture
def running(trial) -> WordingTrial:
    trial_start(trial=trial)
    trial.refresh_from_db()
    return trial


def counted(trial: WordingTrial, takers: int, leans: float) -> WordingTrial:
    """With the figures of so many takers of each wording; of the second, `leans` take the question's first answer."""
    items = current_items(trial.question.quiz)
    random = np.random.default_rng(4)

    def walk(lean: float) -> Walk:
        answers = {item.id: int(random.choice(list(item.answers))) for item in items}
        if random.uniform() < lean:
            answers[trial.question_id] = trial.question.answers.first().pk
        return Walk(answers=answers, seconds={item.id: float(random.uniform(3, 8)) for item in items})

    walks = [walk(0.0) for _ in range(takers)], [walk(leans) for _ in range(takers)]
    trial.figures = build_trial_report(trial.question_id, items, walks)
    trial.counted_at = trial.started_at
    trial.save()
    return trial


def page(name: str, pk: int | None = None) -> str:
    return reverse(f"admin:quiz_{name}", args=[pk] if pk else [])


def test_a_second_wording_is_written_from_the_questions_page(operator, question):
    html = operator.get(page("question_change", question.pk)).content.decode()
    assert f"{page('wordingtrial_add')}?question={question.pk}" in html
    answer = operator.post(page("wordingtrial_add"), {"question": question.pk, "planned_takers": 400, **SECOND})
    assert answer.status_code == 302
    made = WordingTrial.objects.get()
    assert (made.stage, made.text_en) == ("draft", SECOND["text_en"])
    assert SECOND["scene"] in operator.get(page("question_change", question.pk)).content.decode()


def test_a_plan_of_too_few_takers_is_not_taken(operator, question):
    operator.post(page("wordingtrial_add"), {"question": question.pk, "planned_takers": 20, **SECOND})
    assert not WordingTrial.objects.exists()


def test_it_is_switched_on_off_and_taken_over_by_buttons(operator, trial, question):
    for button, stage in (("switch_on", "running"), ("switch_off", "ended"), ("take_over", "taken-over")):
        operator.post(page(f"wordingtrial_{button}", trial.pk), CONFIRMED)
        trial.refresh_from_db()
        assert trial.stage == stage
    question.refresh_from_db()
    assert question.text == SECOND["text"]


def test_a_button_that_cannot_act_says_why(operator, trial):
    html = operator.post(page("wordingtrial_take_over", trial.pk), CONFIRMED, follow=True).content.decode()
    assert "켰다가 끈 시험의 문구만" in html


def test_looking_at_a_buttons_question_changes_nothing(operator, trial):
    operator.get(page("wordingtrial_switch_on", trial.pk))
    trial.refresh_from_db()
    assert trial.stage == "draft"


def test_while_it_runs_neither_wording_is_edited(operator, running, question):
    html = operator.get(page("question_change", question.pk)).content.decode()
    assert 'name="text"' not in html and 'name="position"' in html
    html = operator.get(page("wordingtrial_change", running.pk)).content.decode()
    assert 'name="text"' not in html
    trial_end(trial=running)
    assert 'name="text"' in operator.get(page("question_change", question.pk)).content.decode()


def test_what_was_begun_is_not_deleted_and_a_draft_is(operator, trial):
    trial_start(trial=trial)
    assert operator.post(page("wordingtrial_delete", trial.pk), {"post": "yes"}).status_code == 403
    draft = WordingTrial.objects.create(question=trial.question, **SECOND)
    assert operator.post(page("wordingtrial_delete", draft.pk), {"post": "yes"}).status_code == 302


def test_both_wordings_stand_side_by_side_with_a_word_on_chance(operator, running, question):
    html = operator.get(page("wordingtrial_change", counted(running, 250, leans=0.5).pk)).content.decode()
    assert question.scene in html and SECOND["scene"] in html
    for answer in question.answers.all():
        assert answer.text in html
    assert "우연으로 보기 어려운 차이입니다." in html and "우연과 가릴 수 없습니다." in html
    assert html.count("250명") == 2 and "p &lt; 0.001" in html


def test_before_the_planned_number_nothing_is_judged(operator, running):
    html = operator.get(page("wordingtrial_change", counted(running, 150, leans=0.9).pk)).content.decode()
    assert "100명 남았습니다" in html and "우연으로 보기 어려운" not in html and "p &lt;" not in html


def test_a_difference_that_may_be_chance_says_how_many_takers_it_would_need(operator, running):
    counted(running, 250, leans=0)
    running.figures["differences"]["answers"] = {"p": 0.12, "takers_needed": 1234}
    running.save()
    html = operator.get(page("wordingtrial_change", running.pk)).content.decode()
    assert "모두 1,300명쯤" in html
    assert "p = 0.120" in html


def test_with_too_few_takers_the_page_says_how_many_more(operator, running):
    html = operator.get(page("wordingtrial_change", counted(running, 30, leans=0).pk)).content.decode()
    assert "40명이 더 답하면" in html


def test_a_trial_that_nobody_counted_yet_is_readable(operator, running):
    html = operator.get(page("wordingtrial_change", running.pk)).content.decode()
    assert "곧 첫 수치를" in html and "시험 중" in html


def test_the_page_of_the_item_report_shows_it_too_to_curators(client, running):
    reader = User.objects.create_user("reader", is_staff=True)
    reader.groups.add(curators())
    client.force_login(reader)
    counted(running, 250, leans=0.5)
    report = item_report_refresh(quiz=running.question.quiz)
    html = client.get(page("itemreport_change", report.pk)).content.decode()
    assert SECOND["scene"] in html and "우연으로 보기 어려운 차이입니다." in html
    assert client.post(page("wordingtrial_switch_off", running.pk), CONFIRMED).status_code == 403


def test_the_list_shows_where_each_stands(operator, running):
    html = operator.get(page("wordingtrial_changelist")).content.decode()
    assert SECOND["scene"] in html and "시험 중" in html
