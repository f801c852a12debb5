"""From the start button to the result, with htmx and without."""

import re

from config.visitors import COOKIE
from quiz.models import Attempt, Choice, Result
from tests.quiz.conftest import pressed, token_in


def test_the_start_page_makes_no_cookie_and_no_walk(quiz, client):
    page = client.get("/quiz/developer/")
    assert "테스트 시작" in page.content.decode()
    assert COOKIE not in page.cookies
    assert not Attempt.objects.exists()


def test_a_newcomer_walks_to_the_result_without_javascript(quiz, client):
    page = client.post("/quiz/developer/begin/", follow=True)
    for _ in range(12):
        html = page.content.decode()
        question = re.search(r'name="question" value="(\d+)"', html)[1]
        answer = re.search(r'name="answer" value="(\d+)"', html)[1]
        action = re.search(r'method="post" action="([^"]+)"', html)[1]
        page = client.post(action, {"question": question, "answer": answer}, follow=True)
    assert page.redirect_chain[-1][0].startswith("/r/")
    assert "에겐이랑 얘기하기" in page.content.decode()


def test_with_htmx_an_answer_brings_only_the_next_screen_and_its_address(attempt, answer):
    response = answer(attempt, 1, hx_request="true")
    html = response.content.decode()
    assert response["HX-Push-Url"] == "/quiz/developer/2/"
    assert 'id="step"' in html
    assert "<html" not in html


def test_with_htmx_the_last_answer_moves_to_the_result(attempt, answer):
    for number in range(1, 13):
        response = answer(attempt, number, hx_request="true")
    assert token_in(response["HX-Redirect"]) == Result.objects.get().token


def test_the_browsers_back_button_gets_a_whole_page(attempt, answer, browser_of, owner):
    answer(attempt, 1)
    headers = {"hx-request": "true", "hx-history-restore-request": "true"}
    page = browser_of(owner).get("/quiz/developer/1/", headers=headers)
    assert "<html" in page.content.decode()
    assert "HX-Request" in page["Vary"]
    assert "no-store" in page["Cache-Control"]


def test_going_back_shows_the_answer_given_before(attempt, answer, browser_of, owner):
    answer(attempt, 1, place=1)
    answer(attempt, 2)
    page = browser_of(owner).get("/quiz/developer/1/").content.decode()
    assert pressed(page) == [attempt.order[0][1][1]]
    assert "다음" in page


def test_changing_an_answer_keeps_the_others(attempt, answer):
    for number in (1, 2, 3):
        answer(attempt, number)
    response = answer(attempt, 1, place=1)
    assert response.url == "/quiz/developer/2/"
    assert attempt.choices.count() == 3
    assert attempt.choices.get(question_id=attempt.order[0][0]).answer_id == attempt.order[0][1][1]


def test_the_progress_bar_counts_the_screens(attempt, answer, browser_of, owner):
    answer(attempt, 1)
    page = browser_of(owner).get("/quiz/developer/2/").content.decode()
    bar = re.search(r"<progress[^>]*>", page)[0]
    assert all(part in bar for part in ('role="progressbar"', 'max="12"', 'value="2"', 'aria-valuenow="2"'))


def test_nobody_skips_ahead(attempt, answer, browser_of, owner):
    answer(attempt, 1)
    assert browser_of(owner).get("/quiz/developer/9/").url == "/quiz/developer/2/"
    assert browser_of(owner).get("/quiz/developer/13/").status_code == 404
    assert browser_of(owner).get("/quiz/developer/0/").status_code == 404


def test_a_closed_tab_resumes_at_the_first_open_question(attempt, answer, browser_of, owner):
    for number in (1, 2, 3):
        answer(attempt, number)
    client = browser_of(owner)
    assert "4번부터 이어서 하기" in client.get("/quiz/developer/").content.decode()
    assert client.post("/quiz/developer/begin/").url == "/quiz/developer/4/"


def test_the_order_is_kept_for_one_visitor(attempt, browser_of, owner):
    first, second = (browser_of(owner).get("/quiz/developer/1/").content.decode() for _ in range(2))
    answers = [re.findall(r'name="answer" value="(\d+)"', page) for page in (first, second)]
    assert answers[0] == answers[1] == [str(pk) for pk in attempt.order[0][1]]


def test_each_visitor_gets_an_order_of_their_own(quiz, client):
    for _ in range(5):
        client.cookies.clear()
        client.post("/quiz/developer/begin/")
    assert len({str(attempt.order) for attempt in Attempt.objects.all()}) == 5


def test_starting_over_leaves_the_old_walk_without_a_result(attempt, answer, browser_of, owner):
    answer(attempt, 1)
    browser_of(owner).post("/quiz/developer/begin/", {"restart": "1"})
    attempt.refresh_from_db()
    assert attempt.ended_at is not None
    assert Attempt.objects.filter(visitor_id=owner.id, ended_at=None).count() == 1
    assert not Result.objects.exists()


def test_an_unknown_test_is_not_found(quiz, client):
    assert client.get("/quiz/nowhere/").status_code == 404
    assert client.post("/quiz/nowhere/begin/").status_code == 404


def test_a_withdrawn_test_takes_no_more_answers(quiz, attempt, answer):
    quiz.is_published = False
    quiz.save()
    assert answer(attempt, 1).url == "/quiz/developer/"
    assert not Choice.objects.exists()


def test_a_question_costs_three_queries(attempt, answer, browser_of, owner, django_assert_max_num_queries):
    answer(attempt, 1)
    browser = browser_of(owner)
    with django_assert_max_num_queries(3):
        assert browser.get("/quiz/developer/2/").status_code == 200
