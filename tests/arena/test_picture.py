"""The picture of a pair: who may see it, what it says, what it hides."""

import io

import pytest
from PIL import Image

from personas.arena import picture
from personas.arena.picture import Pair, draw_pair
from personas.arena.selectors import pair_to_show
from personas.chat.services import conversation_start, turn_send
from quiz.cards.pen import Pen
from quiz.cards.sheets import PAIR_SHEET

pytestmark = pytest.mark.django_db


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_the_owner_gets_the_page_and_the_picture(answered, owner, visit):
    page = visit(owner).get(f"/arena/{answered.pk}/").content.decode()
    assert "롤백부터 해." in page and "AI 캐릭터가 쓴 답이에요" in page
    png = visit(owner).get(f"/arena/{answered.pk}/picture.png")
    assert (png["Content-Type"], png["Content-Language"]) == ("image/png", "ko")
    assert opened(png.content).size == PAIR_SHEET.size
    assert "no-store" in png["Cache-Control"]


@pytest.mark.parametrize("path", ["", "picture.png"])
def test_a_stranger_and_someone_without_a_cookie_get_nothing(answered, stranger, visit, client, path):
    assert client.get(f"/arena/{answered.pk}/{path}").status_code == 404
    assert visit(stranger).get(f"/arena/{answered.pk}/{path}").status_code == 404


def test_there_is_no_picture_while_one_still_writes_or_has_failed(round_, owner, visit, end):
    end(round_, "egen", "괜찮아?")
    assert visit(owner).get(f"/arena/{round_.pk}/").status_code == 404
    end(round_, "teto", "", status="failed")
    assert visit(owner).get(f"/arena/{round_.pk}/picture.png").status_code == 404


def test_a_turn_of_another_chat_has_no_picture(owner, egen, visit):
    turn = turn_send(conversation=conversation_start(visitor=owner, persona=egen), text="안녕")
    assert visit(owner).get(f"/arena/{turn.pk}/").status_code == 404


def test_what_looks_personal_is_hidden_in_the_words_of_all_three(arena, end):
    turn = turn_send(conversation=arena, text="내 번호 010-1234-5678")
    end(turn, "egen", "010-1234-5678로 전화할까?")
    end(turn, "teto", "egen@example.com으로 써.")
    pair = pair_to_show(turn)
    assert pair == Pair("내 번호 [전화번호]", "[전화번호]로 전화할까?", "[이메일]으로 써.")


def test_the_picture_says_that_ai_characters_wrote_it(monkeypatch):
    said = []
    monkeypatch.setattr(Pen, "line", lambda self, text, *args, **kwargs: said.append(text))
    draw_pair(Pair("안녕", "안녕~", "왔냐."))
    assert {"AI 캐릭터가 쓴 답이에요", "에겐이", "테토", "안녕", "안녕~", "왔냐."} <= set(said)


@pytest.mark.parametrize("text", ["가", "가" * 1000, "뚫훑 " * 300, "🥺🌷", " ", "a\nb\tc", "𐍈" * 50])
def test_words_of_any_length_stay_inside_their_bubbles(text):
    """Between the bubbles and around them nothing changes, whatever is written."""
    short, long = (opened(draw_pair(pair)) for pair in (Pair("나", "나", "나"), Pair(text, text, text)))
    for outside in (
        (0, 0, 1080, 68),
        (0, 342, 1080, 380),
        (0, 752, 1080, 810),
        (0, 1182, 1080, 1350),
        (1012, 0, 1080, 870),
    ):
        assert short.crop(outside).tobytes() == long.crop(outside).tobytes()


def test_a_drawing_that_fails_leaves_the_next_one_free(monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(picture, "_write", lambda pen, pair: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            draw_pair(Pair("가", "나", "다"))
    assert draw_pair(Pair("가", "나", "다"))
