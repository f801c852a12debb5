"""The English words of a test, put beside the Korean ones of the same key."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model

from quiz.models import Quiz


def put_english(quiz: Quiz, english: Mapping[str, Any], overwrite: bool) -> None:
    """Fill in what the file has and the database lacks; with `overwrite` the file wins. Korean is never touched."""
    _put([quiz], {quiz.slug: english}, lambda row: row.slug, overwrite)
    questions = english.get("questions", {})
    asked = quiz.questions.prefetch_related("answers")
    _put(asked, questions, lambda question: question.key, overwrite)
    for question in asked:
        answers = questions.get(question.key, {}).get("answers", {})
        texts = {key: {"text": text} for key, text in answers.items()}
        _put(question.answers.all(), texts, lambda answer: answer.key, overwrite)
    _put(quiz.types.all(), english.get("types", {}), lambda row: row.kind, overwrite)
    _put(quiz.pairs.all(), english.get("pairs", {}), lambda pair: f"{pair.first} {pair.second}", overwrite)


def _put(rows: Iterable[Any], words_by_key: Mapping[str, Any], key_of: Any, overwrite: bool) -> None:
    for row in rows:
        changed = _fill(row, words_by_key.get(key_of(row), {}), overwrite)
        if changed:
            row.save(update_fields=changed)


def _fill(row: Model, words: Mapping[str, Any], overwrite: bool) -> list[str]:
    """Set the row's English fields, and name those that changed."""
    changed = []
    for name, text in words.items():
        field = f"{name}_en"
        lines = "\n".join(text) if isinstance(text, list) else text
        if hasattr(row, field) and getattr(row, field) != lines and (overwrite or not getattr(row, field)):
            setattr(row, field, lines)
            changed.append(field)
    return changed
