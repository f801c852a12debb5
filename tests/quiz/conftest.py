"""The developer test as it ships, and people who take it."""

import re
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.test import Client

from config.visitors import COOKIE, signed
from personas.privacy.models import Visitor
from quiz.models import Attempt, Quiz, Result
from quiz.services import answer_record, attempt_start


@pytest.fixture
def quiz(db) -> Quiz:
    """The developer edition."""
    call_command("load_quizzes", verbosity=0)
    return Quiz.objects.get(slug="developer")


@pytest.fixture
def browser_of() -> Callable[[Visitor], Client]:
    """A browser of one's own, carrying this visitor's cookie."""

    def browser(visitor: Visitor) -> Client:
        client = Client()
        client.cookies[COOKIE] = signed(visitor.id)
        return client

    return browser


@pytest.fixture
def attempt(quiz: Quiz, owner: Visitor) -> Attempt:
    """The owner's walk, just begun."""
    return attempt_start(quiz=quiz, visitor_id=owner.id)


@pytest.fixture
def result(attempt: Attempt) -> Result:
    """The owner's result."""
    for question, answers in attempt.order:
        found = answer_record(attempt=attempt, question_id=question, answer_id=answers[0])
    return found


@pytest.fixture
def card_address(client: Client) -> Callable[[Result], str]:
    """Where the page of a result says that its preview picture is."""

    def look(result: Result) -> str:
        html = client.get(f"/r/{result.token}/").content.decode()
        return re.search(r'property="og:image" content="([^"]+)"', html)[1]

    return look


@pytest.fixture
def answer(browser_of: Callable[[Visitor], Client]) -> Callable:
    """Sends the answer at `place` to the walk's question `number`, as that visitor's browser would."""

    def send(attempt: Attempt, number: int, place: int = 0, by: Visitor | None = None, **headers: str):
        question, answers = attempt.order[number - 1]
        client = browser_of(by) if by else browser_of(Visitor(id=attempt.visitor_id))
        data = {"question": question, "answer": answers[place]}
        return client.post(f"/quiz/{attempt.quiz.slug}/{number}/", data, headers=headers)

    return send


def pressed(html: str) -> list[int]:
    """Ids of the answers that a page marks as chosen."""
    return [int(found) for found in re.findall(r'value="(\d+)" aria-pressed="true"', html)]


def token_in(address: str) -> str:
    """The token at the end of a result's address."""
    return re.fullmatch(r"/r/([\w-]+)/", address)[1]
