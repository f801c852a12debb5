"""What the shipped tests say, and that loading them is safe to repeat."""

import json
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from quiz import content_files
from quiz.errors import ContentError
from quiz.models import Answer, Question, Quiz, ResultType
from quiz.scoring import Kind, Score

MODELS = (Quiz, Question, Answer, ResultType)
DEVELOPER = content_files.FOLDER / "developer.json"


TESTS = ("developer", "general")
LISTS = ("strengths", "blind_spots", "how_they_talk", "how_to_talk", "lines")


@pytest.fixture(params=TESTS)
def content(request: pytest.FixtureRequest) -> dict:
    return json.loads((content_files.FOLDER / f"{request.param}.json").read_text(encoding="utf-8"))


@pytest.fixture
def questions(content: dict) -> list[dict]:
    return content["questions"]


def chances(questions: list[dict]) -> Counter:
    """How likely each type is for someone who taps at random."""
    walks = Counter({(0, 0): 1.0})
    for question in questions:
        share = 1 / len(question["answers"])
        longer: Counter = Counter()
        for (egen, teto), chance in walks.items():
            for answer in question["answers"]:
                longer[egen + answer["egen"], teto + answer["teto"]] += chance * share
        walks = longer
    types: Counter = Counter()
    for (egen, teto), chance in walks.items():
        types[Score(egen, teto).kind] += chance
    return types


def test_every_combination_of_answers_reaches_a_type_and_every_type_is_reached(questions):
    types = chances(questions)
    assert sum(types.values()) == pytest.approx(1)
    assert set(types) == set(Kind)
    assert min(types.values()) > 0.02


def test_no_question_leans_to_one_side(questions):
    for question in questions:
        egen, teto = (sum(answer[axis] for answer in question["answers"]) for axis in ("egen", "teto"))
        assert egen == teto, question["key"]


@pytest.mark.parametrize("slug", TESTS)
def test_there_are_twelve_questions_with_two_to_four_answers(quiz, slug):
    counts = [question.answers.count() for question in Question.objects.filter(quiz__slug=slug)]
    assert len(counts) == 12
    assert all(2 <= count <= 4 for count in counts)


def test_every_type_says_three_things_under_each_heading(quiz):
    lengths = {len(getattr(found, name).splitlines()) for found in ResultType.objects.all() for name in LISTS}
    assert lengths == {3}


def test_nobody_is_told_to_match_and_to_clash_with_the_same_type(quiz):
    types = ResultType.objects.all()
    assert len(types) == 10
    assert all(found.worst_match in Kind.values for found in types)
    assert [found.name for found in types if found.best_match == found.worst_match] == []


def test_no_test_needs_a_gender(content):
    """Nor compares anyone with "other men" or "other women"."""
    told = json.dumps(content, ensure_ascii=False)
    words = (
        "남자",
        "여자",
        "남성",
        "여성",
        "언니",
        "오빠",
        "누나",
        "남친",
        "여친",
        "에겐남",
        "에겐녀",
        "테토남",
        "테토녀",
    )
    assert [word for word in words if word in told] == []


def test_loading_twice_makes_no_duplicates(quiz):
    before = [model.objects.count() for model in MODELS]
    call_command("load_quizzes", verbosity=0)
    assert [model.objects.count() for model in MODELS] == before


def test_loading_again_keeps_what_a_curator_edited(quiz):
    Question.objects.filter(key="legacy").update(text="고친 질문")
    call_command("load_quizzes", verbosity=0)
    assert Question.objects.get(key="legacy").text == "고친 질문"


def test_overwriting_lets_the_file_win_and_retires_what_it_does_not_name(quiz):
    Question.objects.filter(key="legacy").update(text="고친 질문")
    extra = Question.objects.create(quiz=quiz, key="extra", scene="덧붙인 상황", text="?")
    call_command("load_quizzes", "--overwrite", verbosity=0)
    extra.refresh_from_db()
    assert Question.objects.get(key="legacy").text != "고친 질문"
    assert not extra.is_active


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda content: content["types"].pop(), "strong-teto"),
        (lambda content: content["questions"][0]["answers"].clear(), "2 to 4"),
        (lambda content: content["questions"][3].pop("scene"), "'scene' is missing"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_and_writes_nothing(db, tmp_path: Path, spoil, says):
    content = json.loads(DEVELOPER.read_text(encoding="utf-8"))
    spoil(content)
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ContentError, match=rf"broken\.json.*{says}"):
        content_files.quiz_load(path=path)
    assert not Quiz.objects.exists()


def test_the_command_says_which_line_of_a_file_is_no_json(db, tmp_path: Path, monkeypatch):
    (tmp_path / "torn.json").write_text('{"slug": "torn",\n', encoding="utf-8")
    monkeypatch.setattr("quiz.management.commands.load_quizzes.FOLDER", tmp_path)
    with pytest.raises(CommandError, match=r"torn\.json, line 2"):
        call_command("load_quizzes")
