"""The pictures that people pass on: what they show, that each is drawn once, and how long they may be kept."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.cache import caches
from PIL import Image

from quiz.cards import store
from quiz.cards.drawing import EGEN_FILL, TETO_FILL, CardWords, draw
from quiz.cards.shapes import Shape
from quiz.cards.sheets import DRAWINGS, MADE_FROM
from quiz.models import Choice, ResultType
from quiz.scoring import Kind
from tests.quiz.people import finish

LONGEST = CardWords(
    quiz="가" * 80,
    kind=Kind.MILD_TETO,
    name="뚫훑 " * 10,
    headline="마음은 말랑하고 말은 짧다 " * 8,
    saying="“결론부터.” " * 40,
    egen_percent=41,
    address="",
)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    """An empty cache of cards."""
    settings.CACHES = {**settings.CACHES, "cards": {**settings.CACHES["cards"], "LOCATION": tmp_path / "cards"}}
    return tmp_path / "cards"


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


@pytest.mark.parametrize(("name", "size"), [("card", (800, 400)), ("story", (1080, 1920))])
def test_a_picture_has_the_size_that_apps_expect(result, client, name, size):
    answer = client.get(f"/r/{result.token}/{name}.png")
    assert answer["Content-Type"] == "image/png"
    assert opened(answer.content).size == size


@pytest.mark.parametrize("kind", Kind)
def test_every_card_weighs_less_than_150_kb(kind):
    assert len(draw(replace(LONGEST, kind=kind), Shape.CARD)) < 150_000


@pytest.mark.parametrize(("share", "left", "right"), [(0, TETO_FILL, TETO_FILL), (60, EGEN_FILL, TETO_FILL)])
def test_the_bar_shows_the_percentages(share, left, right):
    card = opened(draw(replace(LONGEST, egen_percent=share), Shape.CARD))
    seen = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in (card.getpixel((x, 327)) for x in (440, 700))]
    assert seen == [left, right]


def test_words_of_any_length_stay_inside_the_frame():
    """The ink of the card's right edge is untouched, whatever curators write."""
    short, long = (opened(draw(words, Shape.CARD)) for words in (replace(LONGEST, name="가", headline="나"), LONGEST))
    beyond_the_words = (746, 0, 800, 400)
    assert short.crop(beyond_the_words).tobytes() == long.crop(beyond_the_words).tobytes()
    between_headline_and_figures = (408, 264, 742, 278)
    assert len(long.crop(between_headline_and_figures).getcolors()) == 1


def test_a_made_up_link_has_no_pictures(result, client):
    assert client.get("/r/aaaaaaaaaaaaaaaa/card.png").status_code == 404
    assert client.get("/r/aaaaaaaaaaaaaaaa/story.png").status_code == 404


def test_a_deleted_result_takes_its_pictures_with_it(result, client):
    Choice.objects.all().delete()
    result.attempt.delete()
    assert client.get(f"/r/{result.token}/card.png").status_code == 404


def test_two_people_with_the_same_result_share_one_picture(quiz, client, owner, friend, stranger, folder):
    same, also, other = finish(quiz, owner, 0), finish(quiz, friend, 0), finish(quiz, stranger, 2)
    pictures = [client.get(f"/r/{found.token}/card.png").content for found in (same, also, other)]
    assert pictures[0] == pictures[1] != pictures[2]
    assert len(list(folder.iterdir())) == 2


def test_many_who_ask_at_once_have_it_drawn_once(monkeypatch):
    drawn, together = [], threading.Barrier(6)

    def counted(words: CardWords, shape: Shape) -> bytes:
        drawn.append(words)
        return draw(words, shape)

    def ask(_: int) -> bytes:
        together.wait()
        return store.card_png(LONGEST, Shape.CARD)

    monkeypatch.setattr(store, "draw", counted)
    with ThreadPoolExecutor(6) as people:
        pictures = set(people.map(ask, range(6)))
    assert len(drawn) == len(pictures) == 1


def test_a_drawing_that_fails_leaves_the_next_one_free(monkeypatch):
    monkeypatch.setattr(store, "draw", lambda words, shape: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.card_png(LONGEST, Shape.CARD)
    monkeypatch.undo()
    assert store.card_png(LONGEST, Shape.CARD)


def test_the_cache_of_pictures_has_an_end():
    assert caches["cards"]._max_entries == 2000


def test_a_picture_comes_back_from_the_cache_as_it_was_drawn(client, result):
    first, second = (client.get(f"/r/{result.token}/story.png").content for _ in range(2))
    assert first == second


def test_an_edit_of_the_type_gives_the_picture_a_new_address(result, card_address, client):
    before = card_address(result), client.get(card_address(result)).content
    ResultType.objects.filter(pk=result.type_id).update(name="새 이름")
    after = card_address(result), client.get(card_address(result)).content
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_a_picture_may_be_kept_by_everyone_under_its_own_address_and_shortly_under_another(
    result, client, card_address
):
    assert client.get(card_address(result))["Cache-Control"] == "public, max-age=604800"
    for address in (f"/r/{result.token}/card.png", f"/r/{result.token}/card.png?v=of-last-year"):
        assert client.get(address)["Cache-Control"] == "public, max-age=300"


def test_a_picture_is_the_same_for_everyone(result, client, card_address, settings):
    korean = client.get(card_address(result))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    english = client.get(f"/r/{result.token}/card.png")
    assert korean.content == english.content
    assert english["Content-Language"] == "ko"
    assert not korean.has_header("Vary")
    assert not korean.cookies


def test_a_story_names_the_address_that_the_site_is_known_by(result, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://*.egenteto.example", "https://other.example"]
    assert store.words_of(result).address == "egenteto.example"
    settings.CSRF_TRUSTED_ORIGINS = []
    assert store.words_of(result).address == ""


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.name)
def test_the_kept_pictures_are_those_of_the_drawings(drawing):
    with Image.open(drawing.path) as kept:
        assert kept.size == drawing.size
        assert kept.info[MADE_FROM] == drawing.svg_hash, "run: python scripts/card_sheets.py"
