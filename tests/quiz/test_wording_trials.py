"""Two wordings of one question: who reads which, what stays the same, and which one is kept."""

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connections

from personas.privacy.models import Visitor
from quiz.errors import TrialRefused
from quiz.models import Attempt, Question, Quiz, WordingTrial
from quiz.services import attempt_restart, attempt_start
from quiz.trials.selectors import is_given_the_second
from quiz.trials.services import trial_end, trial_start, trial_take_over
from tests.quiz.people import finish

SECOND = {"scene": "새 상황이에요", "scene_en": "A new scene", "text": "어떻게 할래요?", "text_en": "What will you do?"}


@pytest.fixture
def question(quiz: Quiz) -> Question:
    return quiz.questions.get(key="legacy")


@pytest.fixture
def trial(question: Question) -> WordingTrial:
    """A second wording, not yet switched on."""
    return WordingTrial.objects.create(question=question, **SECOND)


@pytest.fixture
def running(trial: WordingTrial) -> WordingTrial:
    trial_start(trial=trial)
    trial.refresh_from_db()
    return trial


def reader_of(trial: WordingTrial, second: bool) -> Visitor:
    """Someone whose coin falls that way."""
    ids = (uuid.uuid4() for _ in range(200))
    return Visitor.objects.create(id=next(pk for pk in ids if is_given_the_second(trial.pk, pk) is second))


def screen(browser, quiz: Quiz, question: Question, walk: Attempt) -> str:
    """The page that asks this question, once everything before it is answered."""
    number = [pk for pk, _answers in walk.order].index(question.pk) + 1
    for earlier, (pk, answers) in enumerate(walk.order[: number - 1], 1):
        browser.post(f"/quiz/{quiz.slug}/{earlier}/", {"question": pk, "answer": answers[0]})
    return browser.get(f"/quiz/{quiz.slug}/{number}/").content.decode()


@pytest.mark.parametrize("second", [False, True])
def test_a_visitor_reads_one_wording_and_keeps_it_through_the_walk(quiz, question, running, browser_of, second):
    visitor = reader_of(running, second)
    walk = attempt_start(quiz=quiz, visitor_id=visitor.id)
    for _ in range(2):
        html = screen(browser_of(visitor), quiz, question, walk)
        assert (SECOND["scene"] in html, question.scene in html) == (second, not second)
        assert (SECOND["text"] in html) is second


def test_who_starts_over_reads_what_they_read_before(quiz, running):
    visitor = reader_of(running, second=True)
    walks = [attempt_start(quiz=quiz, visitor_id=visitor.id)]
    walks += [attempt_restart(quiz=quiz, visitor_id=visitor.id) for _ in range(5)]
    assert {str(walk.wordings) for walk in walks} == {str(walks[0].wordings)}


def test_about_half_read_the_second(running):
    drawn = Counter(is_given_the_second(running.pk, uuid.UUID(int=number)) for number in range(2000))
    assert 900 < drawn[True] < 1100


def test_two_trials_are_drawn_apart(running):
    other = running.pk + 1
    both = Counter(
        (is_given_the_second(running.pk, visitor), is_given_the_second(other, visitor))
        for visitor in map(uuid.UUID, (f"{number:032x}" for number in range(2000)))
    )
    assert min(both.values()) > 400


def test_answers_and_scores_are_the_same_under_both(quiz, running):
    first, second = (finish(quiz, reader_of(running, second), place=1) for second in (False, True))
    assert (first.egen_points, first.teto_points) == (second.egen_points, second.teto_points)


def test_english_readers_read_its_english(quiz, question, running, browser_of):
    visitor = reader_of(running, second=True)
    walk = attempt_start(quiz=quiz, visitor_id=visitor.id)
    browser = browser_of(visitor)
    browser.post("/i18n/setlang/", {"language": "en"})
    assert SECOND["scene_en"] in screen(browser, quiz, question, walk)


def test_a_walk_that_reads_the_first_keeps_it_when_the_second_is_taken_over(quiz, question, running, browser_of):
    visitor = reader_of(running, second=False)
    walk = attempt_start(quiz=quiz, visitor_id=visitor.id)
    trial_end(trial=running)
    trial_take_over(trial=running)
    assert question.scene in screen(browser_of(visitor), quiz, question, walk)


def test_the_second_wording_costs_no_further_query(quiz, question, running, browser_of, django_assert_max_num_queries):
    visitor = reader_of(running, second=True)
    walk = attempt_start(quiz=quiz, visitor_id=visitor.id)
    browser = browser_of(visitor)
    screen(browser, quiz, question, walk)
    number = [pk for pk, _answers in walk.order].index(question.pk) + 1
    with django_assert_max_num_queries(3):
        assert SECOND["scene"] in browser.get(f"/quiz/{quiz.slug}/{number}/").content.decode()


def test_nobody_is_given_what_is_not_switched_on(quiz, trial, owner):
    assert attempt_start(quiz=quiz, visitor_id=owner.id).wordings == {}


def test_switched_off_new_walks_read_the_first_and_open_ones_keep_theirs(quiz, question, running, browser_of, friend):
    visitor = reader_of(running, second=True)
    walk = attempt_start(quiz=quiz, visitor_id=visitor.id)
    trial_end(trial=running)
    assert SECOND["scene"] in screen(browser_of(visitor), quiz, question, walk)
    assert attempt_start(quiz=quiz, visitor_id=friend.id).wordings == {}


def test_switched_on_again_it_goes_on_from_where_it_was(running):
    began = running.started_at
    trial_end(trial=running)
    trial_start(trial=running)
    running.refresh_from_db()
    assert (running.stage, running.started_at) == ("running", began)


def test_a_question_whose_words_changed_meanwhile_is_not_tried_on(question, running):
    trial_end(trial=running)
    Question.objects.filter(pk=question.pk).update(text="고친 질문")
    with pytest.raises(TrialRefused, match="새로 시험"):
        trial_start(trial=running)


def test_two_wordings_that_are_alike_are_not_tried(question):
    words = {name: getattr(question, name) for name in SECOND}
    with pytest.raises(TrialRefused, match="똑같습니다"):
        trial_start(trial=WordingTrial.objects.create(question=question, **words))


def test_a_question_has_one_running_trial(question, running):
    other = WordingTrial.objects.create(question=question, **SECOND | {"scene": "셋째 상황"})
    with pytest.raises(TrialRefused, match="먼저 끄세요"):
        trial_start(trial=other)
    other.refresh_from_db()
    assert other.stage == "draft"


@pytest.mark.django_db(transaction=True)
def test_of_two_curators_who_switch_on_at_once_one_is_refused(question):
    trials = [WordingTrial.objects.create(question=question, **SECOND | {"text": f"{n}?"}) for n in range(3)]

    def start(trial: WordingTrial) -> bool:
        try:
            trial_start(trial=trial)
            return True
        except TrialRefused:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as people:
        assert sorted(people.map(start, trials)) == [False, False, True]


def test_what_does_not_run_is_not_switched_off(trial):
    with pytest.raises(TrialRefused, match="켜져 있지 않은"):
        trial_end(trial=trial)


def test_the_second_wording_is_taken_over_and_the_first_stays_with_the_trial(question, running):
    before = {name: getattr(question, name) for name in SECOND}
    trial_end(trial=running)
    trial_take_over(trial=running)
    question.refresh_from_db()
    running.refresh_from_db()
    assert {name: getattr(question, name) for name in SECOND} == SECOND
    assert (running.first, running.stage) == (before, "taken-over")


def test_only_what_was_tried_and_is_over_is_taken_over(trial):
    with pytest.raises(TrialRefused, match="켰다가 끈"):
        trial_take_over(trial=trial)
    trial_start(trial=trial)
    with pytest.raises(TrialRefused, match="켰다가 끈"):
        trial_take_over(trial=trial)


def test_what_was_taken_over_is_not_tried_again(running):
    trial_end(trial=running)
    trial_take_over(trial=running)
    with pytest.raises(TrialRefused, match="이미"):
        trial_start(trial=running)


def test_files_that_win_over_edits_end_the_trials_of_their_test(running):
    call_command("load_quizzes", verbosity=0)
    running.refresh_from_db()
    assert running.stage == "running"
    call_command("load_quizzes", "--overwrite", verbosity=0)
    running.refresh_from_db()
    assert running.stage == "ended"
