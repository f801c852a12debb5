"""Made-up people who take a test, with a leaning of their own."""

from collections.abc import Sequence

import numpy as np

from personas.privacy.models import Visitor
from quiz.item_report import Item
from quiz.models import Answer, Quiz, Result
from quiz.psychometrics import Scores
from quiz.services import answer_record, attempt_start
from quiz.walks import Walk


def finish(quiz: Quiz, visitor: Visitor, place: int = 0) -> Result:
    """A whole walk that takes the answer at `place` (in the file's order, from the end if negative) every time."""
    attempt = attempt_start(quiz=quiz, visitor_id=visitor.id)
    for question, _answers in attempt.order:
        taken = list(Answer.objects.filter(question=question))[place]
        found = answer_record(attempt=attempt, question_id=question, answer_id=taken.pk)
    return found


def leaning_scores(random: np.random.Generator, people: int, slopes: Sequence[float], steps: Sequence[float]) -> Scores:
    """Scores from 0 to the number of steps, [people, questions], as a graded response model draws them.

    Leanings are standard normal; a question's slope says how much its answers depend on them.
    """
    leanings = random.standard_normal(people)[:, None, None]
    at_least = 1 / (1 + np.exp(-np.array(slopes)[:, None] * (leanings - np.array(steps))))
    return (random.uniform(size=(people, len(slopes), 1)) < at_least).sum(axis=2).astype(float)


def mirrored_items(questions: int, answers: int = 4) -> list[Item]:
    """Questions whose answers give teto what they don't give egen; question 1 has answers 10, 11, ... for 0, 1, ..."""
    return [
        Item(question, {10 * question + score: (score, answers - 1 - score) for score in range(answers)})
        for question in range(1, questions + 1)
    ]


def walks_from(items: Sequence[Item], scores: Scores, seconds: float = 5.0) -> list[Walk]:
    """Finished walks whose answers have these scores on the egen axis, [people, questions]."""
    answer_worth = {item.id: {egen: answer for answer, (egen, _) in item.answers.items()} for item in items}
    return [
        Walk(
            answers={item.id: answer_worth[item.id][score] for item, score in zip(items, row, strict=True)},
            seconds={item.id: seconds for item in items},
        )
        for row in scores
    ]
