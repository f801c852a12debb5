"""Tests as JSON files: reading them into the database. Each has its English words in a file of the same name in en/."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Model

from quiz.compatibility import PAIRS
from quiz.english_content import put_english
from quiz.errors import ContentError
from quiz.models import LISTS, Answer, Question, Quiz, ResultType, TypePair
from quiz.scoring import Kind
from quiz.trials.services import trials_end

FOLDER = Path(__file__).parent / "content"
MATCHES = ("best_match", "best_match_reason", "worst_match", "worst_match_reason")


def quiz_load(*, path: Path, overwrite: bool = False) -> Quiz:
    """Add what the file has and the database lacks; rows already there stay as curators left them.

    With `overwrite` the file wins: rows take its words, and questions and answers it does not name are retired.
    Raises ContentError, naming the file, when it cannot be read or lacks something; nothing is written then.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        _check(content)
        english = _read_english(path.parent / "en" / path.name)
        with transaction.atomic():
            quiz = _load(content, overwrite)
            put_english(quiz, english, overwrite)
            return quiz
    except json.JSONDecodeError as error:
        raise ContentError(f"{path.name}, line {error.lineno}: {error.msg}; mend the JSON there.") from error
    except KeyError as error:
        raise ContentError(f"{path.name}: {error} is missing; add it.") from error
    except ValueError as error:
        raise ContentError(f"{path.name}: {error}") from error


def _read_english(path: Path) -> dict[str, Any]:
    """The English words; none for a test that has no such file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _check(content: dict[str, Any]) -> None:
    missing = set(Kind.values) - {row["kind"] for row in content["types"]}
    if missing:
        raise ValueError(f"no type for {', '.join(sorted(missing))}; write all five.")
    if missing_pairs := set(PAIRS) - {tuple(row["kinds"]) for row in content["pairs"]}:
        first, second = min(missing_pairs)
        raise ValueError(f"no pair for {first} and {second}; write all {len(PAIRS)}, the kind nearer to egen first.")
    for question in content["questions"]:
        if not 2 <= len(question["answers"]) <= 4:
            raise ValueError(f"question {question['key']} has {len(question['answers'])} answers; give it 2 to 4.")


def _load(content: dict[str, Any], overwrite: bool) -> Quiz:
    quiz = _put(Quiz, {"slug": content["slug"]}, _only(content, "title", "tagline", "position"), overwrite)
    if overwrite:
        trials_end(quiz=quiz)
        Question.objects.filter(quiz=quiz).update(is_active=False)
        Answer.objects.filter(question__quiz=quiz).update(is_active=False)
    for place, row in enumerate(content["questions"], 1):
        _load_question(quiz, row, place, overwrite)
    for row in content["types"]:
        texts = {name: "\n".join(row[name]) for name in LISTS}
        words = _only(row, "name", "headline", "description", *MATCHES)
        _put(ResultType, {"quiz": quiz, "kind": row["kind"]}, words | texts, overwrite)
    for row in content["pairs"]:
        first, second = row["kinds"]
        words = _only(row, "title", "analysis", "shines", "promise")
        _put(TypePair, {"quiz": quiz, "first": first, "second": second}, words, overwrite)
    return quiz


def _load_question(quiz: Quiz, row: dict[str, Any], place: int, overwrite: bool) -> None:
    words = _only(row, "scene", "text") | {"position": place, "is_active": True}
    question = _put(Question, {"quiz": quiz, "key": row["key"]}, words, overwrite)
    for answer_place, answer in enumerate(row["answers"], 1):
        words = _only(answer, "text", "egen", "teto") | {"position": answer_place, "is_active": True}
        _put(Answer, {"question": question, "key": answer["key"]}, words, overwrite)


def _put(model: type[Model], identity: dict[str, Any], words: dict[str, Any], overwrite: bool) -> Any:
    put = model._default_manager.update_or_create if overwrite else model._default_manager.get_or_create
    return put(**identity, defaults=words)[0]


def _only(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}
