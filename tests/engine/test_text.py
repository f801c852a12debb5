"""Text arrives in whole characters, and stop strings are never seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from inference_worker.engine.detokenizer import Detokenizer
from inference_worker.engine.stop_strings import StopStrings
from tests.engine.conftest import KINDS, alone, ask

TEXTS = ["안녕하세요, 저는 에겐이에요.", "좋아요 🎉🎉 👩‍👩‍👧 끝", "뷁 쀍 햏 �? ok", "a b  c\n\n d", "", "é 漢字 ½"]


def pieces(tokenizer, ids) -> list[str]:
    detokenizer = Detokenizer(lambda some: tokenizer.decode(some, skip_special_tokens=True))
    return [*(detokenizer.push(token) for token in ids), detokenizer.flush()]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", TEXTS)
def test_pieces_are_whole_and_add_up(plains, kind, text):
    tokenizer = plains[kind].tokenizer
    ids = tokenizer.encode(text, add_special_tokens=False)
    assert "".join(pieces(tokenizer, ids)) == tokenizer.decode(ids, skip_special_tokens=True)


@pytest.mark.parametrize("kind", KINDS)
@given(text=st.text())
def test_any_text_adds_up(plains, kind, text):
    tokenizer = plains[kind].tokenizer
    ids = tokenizer.encode(text, add_special_tokens=False)
    whole = tokenizer.decode(ids, skip_special_tokens=True)
    assert "".join(pieces(tokenizer, ids)) == whole.rstrip("\ufffd")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("character", ["뷁", "🎉"])
def test_a_character_of_several_tokens_arrives_once_and_whole(plains, kind, character):
    tokenizer = plains[kind].tokenizer
    ids = tokenizer.encode("a" + character, add_special_tokens=False)
    assert len(ids) > 3, "the test needs a character that the tokenizer spells in bytes"
    shown = [piece for piece in pieces(tokenizer, ids) if piece]
    assert shown == ["a", character]


@pytest.mark.parametrize("kind", KINDS)
def test_half_a_character_at_the_end_is_left_out(plains, kind):
    tokenizer = plains[kind].tokenizer
    ids = tokenizer.encode("a🎉", add_special_tokens=False)[:-1]
    assert "".join(pieces(tokenizer, ids)) == "a"


def test_spaces_survive_a_tokenizer_that_drops_leading_ones():
    """Llama 2's convention: words carry a mark for the space before them, and decoding drops the first one."""
    vocabulary = {token: index for index, token in enumerate(["▁", "▁one", "▁two", "three", "▁▁", "<unk>"])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    ids = [1, 2, 3, 0, 1, 4, 2, 2]
    assert "".join(pieces(tokenizer, ids)) == tokenizer.decode(ids) == "one twothree  one   two two"


@pytest.mark.parametrize(
    ("stops", "fed", "shown", "stopped"),
    [
        (["끝"], ["이제 ", "끝", "이다"], "이제 ", True),
        (["###"], ["a#", "b##", "c"], "a#b##c", False),
        (["###"], ["a#", "##", "c"], "a", True),
        (["\nuser:", "\n\n"], ["답", "\n", "us", "er", ":", "x"], "답", True),
        (["\nuser:", "\n\n"], ["답", "\n", "us", "ed"], "답\nused", False),
        (["abc", "bc"], ["xa", "b", "c"], "x", True),
        (["aab"], ["aa", "aa", "b"], "aa", True),
        ([], ["a", "b"], "ab", False),
        (["b", "a"], ["xaxb"], "x", True),
    ],
)
def test_stop_strings_end_the_text_and_never_leak(stops, fed, shown, stopped):
    watch, text, met = StopStrings(stops), "", False
    for piece in fed:
        new, met = watch.push(piece)
        text += new
        if met:
            break
    if not met:
        text += watch.flush()
    assert (text, met) == (shown, stopped)


@given(
    text=st.text(alphabet="ab", max_size=20),
    stops=st.lists(st.text(alphabet="ab", min_size=1, max_size=4), max_size=3),
)
def test_stopping_piece_by_piece_is_stopping_at_once(text, stops):
    ends = [text.find(stop) + len(stop) for stop in stops if stop in text]
    watch, shown = StopStrings(stops), ""
    for character in text:
        new, met = watch.push(character)
        shown += new
        if met:
            break
    else:
        shown += watch.flush()
    if ends:  # it stops as soon as any stop string is complete, and shows nothing of it
        seen = text[: min(ends)]
        assert shown == seen[: min(seen.find(stop) for stop in stops if stop in seen)]
    else:
        assert shown == text


def test_a_reply_stops_before_its_stop_string(engine):
    prompt = list(range(70, 80))
    whole = alone(engine, ask(prompt, tokens=30))
    stop = whole.text[5:8]
    result = alone(engine, ask(prompt, tokens=30, stop_strings=(stop,)))
    assert result.finish == "stop"
    assert result.text == whole.text[: whole.text.find(stop)]
    assert len(result.token_ids) < 30
