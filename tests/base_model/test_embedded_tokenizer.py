"""The cut tokenizer loses no text and segments as Gemma's does."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from inference_worker.embedded.vocabulary import SPECIAL_TOKENS, VOCABULARY_SIZE


def encode(tokenizer, text):
    return tokenizer.encode(text, add_special_tokens=False)


@settings(deadline=None)  # the machine may be busy
@given(text=st.text())
def test_any_text_survives(embedded_tokenizer, text):
    # A control token's spelling is the one thing that is not text here; chat_format sees to that.
    if not any(token in text for token in SPECIAL_TOKENS):
        ids = encode(embedded_tokenizer, text)
        assert embedded_tokenizer.decode(ids) == text
        assert embedded_tokenizer.unk_token_id not in ids


@settings(deadline=None)  # the machine may be busy
@given(text=st.text(alphabet="가각힣똠뷁ㅋㅠ안녕 \n\t▁<>0xA漢😂❤️!~"))
def test_korean_chat_survives(embedded_tokenizer, text):
    assert embedded_tokenizer.decode(encode(embedded_tokenizer, text)) == text


def test_every_kept_token_can_be_reached(embedded, embedded_tokenizer):
    vocabulary = json.loads((embedded.path / "tokenizer.json").read_text())["model"]["vocab"]
    plain = {text: id for text, id in vocabulary.items() if not text.startswith("<0x") and text not in SPECIAL_TOKENS}
    unreached = [text for text, id in plain.items() if encode(embedded_tokenizer, text) != [id]]
    assert len(vocabulary) == VOCABULARY_SIZE
    assert len(plain) > 25_000
    assert unreached == []


def test_it_keeps_what_korean_chats_are_made_of(embedded_tokenizer):
    vocabulary = embedded_tokenizer.get_vocab()
    assert {"오늘", " 사랑", "아요", "ㅋㅋㅋㅋ", "ㅠㅠ", "😂", "❤️", "!!", "~", " you", "…", "\n\n"} <= vocabulary.keys()
    assert {f"<0x{byte:02X}>" for byte in range(256)} <= vocabulary.keys()


def test_it_segments_as_sentencepiece_does(embedded_tokenizer):
    # What Google's SentencePiece gives with the full vocabulary.
    examples = {
        "대한민국의 수도는": ["대한", "민", "국의", " 수도", "는"],
        "오늘 기분이 안 좋아서": ["오늘", " 기", "분이", " 안", " 좋", "아서"],
        "  두 칸\n\n\n줄": ["  ", "두", " 칸", "\n\n\n", "줄"],
        "좋아요!!! ㅋㅋㅋㅋㅋㅋ": ["좋", "아요", "!!!", " ", "ㅋㅋㅋㅋ", "ㅋㅋ"],
    }
    for text, pieces in examples.items():
        assert [embedded_tokenizer.decode([id]) for id in encode(embedded_tokenizer, text)] == pieces


def test_a_typed_byte_token_is_text(embedded_tokenizer):
    assert len(encode(embedded_tokenizer, "<0x41>")) > 1


def test_it_adds_no_special_tokens_by_itself(embedded_tokenizer):
    assert embedded_tokenizer.encode("안녕") == encode(embedded_tokenizer, "안녕")
