"""Counting the item reports anew, for the housekeeping; this loads numpy and scipy, so no page imports it."""

from quiz.item_report import Item, build_report
from quiz.models import ItemReport, Quiz
from quiz.walks import recent_walks


def item_reports_refresh() -> None:
    """Count the report of every test, published or not, and keep it where the pages look it up."""
    for quiz in Quiz.objects.all():
        item_report_refresh(quiz=quiz)


def item_report_refresh(*, quiz: Quiz) -> ItemReport:
    """Count this test's report from its recent walks; the one before is replaced."""
    figures = build_report(current_items(quiz), recent_walks(quiz))
    report, _ = ItemReport.objects.update_or_create(quiz=quiz, defaults={"figures": figures})
    return report


def current_items(quiz: Quiz) -> list[Item]:
    """The questions as a visitor would get them now, in the test's own order."""
    questions = quiz.questions.filter(is_active=True).prefetch_related("answers")
    return [
        Item(question.pk, {a.pk: (a.egen, a.teto) for a in question.answers.all() if a.is_active})
        for question in questions
    ]
