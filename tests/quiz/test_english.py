"""The whole test in English for who chose it; Korean where curators wrote no English."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Model
from django.test import Client

from quiz import content_files
from quiz.english_content import put_english
from quiz.matches.services import match_make
from quiz.models import Answer, Question, Quiz, ResultType, TypePair
from tests.quiz.people import finish

ROWS: tuple[type[Model], ...] = (Quiz, Question, Answer, ResultType, TypePair)
HANGUL = re.compile("[가-힣]")


@pytest.fixture
def english(client: Client) -> Client:
    """A visitor who pressed "English"."""
    client.post("/i18n/setlang/", {"language": "en"})
    return client


@pytest.mark.parametrize("model", ROWS)
def test_every_word_of_both_tests_has_its_english(quiz, model):
    fields = [field.name for field in model._meta.get_fields() if field.name.endswith("_en")]
    assert fields
    for row in model.objects.all():
        for field in fields:
            text = getattr(row, field)
            assert text and not HANGUL.search(text), (row, field)
            assert text.count("\n") == getattr(row, field.removesuffix("_en")).count("\n"), (row, field)


def test_a_walk_a_result_and_a_match_hold_no_korean_sentence(quiz, result, friend, english):
    match = match_make(own=finish(quiz, friend, place=-1), others=result)
    english.post("/quiz/developer/begin/")
    for address in ("/quiz/developer/", "/quiz/developer/1/", f"/r/{result.token}/", f"/match/{match.token}/"):
        html = english.get(address).content.decode()
        words = {row.name for row in ResultType.objects.all()} | {row.text for row in Answer.objects.all()}
        words |= {row.scene for row in Question.objects.all()} | {quiz.title, quiz.tagline}
        words |= {row.analysis for row in TypePair.objects.all()}
        assert [word for word in words if word in html] == [], address


def test_korean_stays_the_first_language(quiz, result, client):
    html = client.get(f"/r/{result.token}/").content.decode()
    assert result.type.name in html and result.type.name_en not in html


def test_what_has_no_english_is_said_in_korean(quiz, result, english):
    ResultType.objects.update(headline_en="")
    html = english.get(f"/r/{result.token}/").content.decode()
    assert result.type.name_en in html and result.type.headline in html


def test_a_card_speaks_the_language_of_its_address_and_not_of_the_cookie(result, english, settings, tmp_path):
    settings.CACHES = {**settings.CACHES, "cards": {**settings.CACHES["cards"], "LOCATION": tmp_path}}
    page = english.get(f"/r/{result.token}/").content.decode()
    address = re.search(r'property="og:image" content="([^"]+)"', page)[1].replace("&amp;", "&")
    assert "&lang=en" in address
    in_english = [browser.get(address) for browser in (english, Client())]
    in_korean = [browser.get(f"/r/{result.token}/card.png") for browser in (english, Client())]
    assert [answer["Content-Language"] for answer in in_english + in_korean] == ["en", "en", "ko", "ko"]
    assert in_english[0].content == in_english[1].content != in_korean[0].content
    assert in_english[0]["Cache-Control"] == "public, max-age=604800"


def test_a_curators_english_stays_when_files_are_loaded_again(quiz):
    ResultType.objects.filter(quiz=quiz, kind="balanced").update(name_en="My own words")
    call_command("load_quizzes", verbosity=0)
    assert ResultType.objects.get(quiz=quiz, kind="balanced").name_en == "My own words"
    call_command("load_quizzes", "--overwrite", verbosity=0)
    assert ResultType.objects.get(quiz=quiz, kind="balanced").name_en == "The Blue-Green Human"


def test_a_site_from_before_gets_the_english_and_keeps_its_korean(quiz):
    ResultType.objects.update(name="고친 이름", name_en="")
    put_english(quiz, json.loads((content_files.FOLDER / "en" / "developer.json").read_text()), overwrite=False)
    row = quiz.types.get(kind="balanced")
    assert (row.name, row.name_en) == ("고친 이름", "The Blue-Green Human")


def test_a_test_without_an_english_file_loads(db, tmp_path: Path):
    content = json.loads((content_files.FOLDER / "developer.json").read_text(encoding="utf-8"))
    path = tmp_path / "lonely.json"
    path.write_text(json.dumps(content | {"slug": "lonely"}), encoding="utf-8")
    assert content_files.quiz_load(path=path).title_en == ""


@pytest.mark.parametrize("slug", ["general", "developer"])
def test_the_english_files_name_nothing_that_the_korean_ones_lack(slug):
    korean = json.loads((content_files.FOLDER / f"{slug}.json").read_text(encoding="utf-8"))
    english = json.loads((content_files.FOLDER / "en" / f"{slug}.json").read_text(encoding="utf-8"))
    answers = {row["key"]: {answer["key"] for answer in row["answers"]} for row in korean["questions"]}
    assert {key: set(row["answers"]) for key, row in english["questions"].items()} == answers
    assert set(english["types"]) == {row["kind"] for row in korean["types"]}
    assert set(english["pairs"]) == {" ".join(row["kinds"]) for row in korean["pairs"]}
