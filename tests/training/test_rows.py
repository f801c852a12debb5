"""Rows are read as written, and a bad one is named by file, line and field."""

import unicodedata

import pytest

from inference_worker.training.row_files import RowError, read_chat_rows, read_preference_rows
from inference_worker.training.rows import PreferenceRow, hold_out
from tests.training.conftest import write_lines

GOOD = {"id": "a", "instruction": "배고파", "input": "", "output": "밥부터 먹어.", "split": "train"}


def test_instruction_and_input_become_one_message(tmp_path):
    path = write_lines(tmp_path / "teto.jsonl", [{**GOOD, "instruction": "고쳐줘", "input": "안뇽하세요"}])
    (row,) = read_chat_rows(path)
    assert row.prompt == [{"role": "user", "content": "고쳐줘\n안뇽하세요"}]
    assert row.reply == "밥부터 먹어."


def test_only_the_asked_split_comes_back(tmp_path):
    path = write_lines(tmp_path / "teto.jsonl", [GOOD, {**GOOD, "id": "b", "split": "test"}])
    assert [row.id for row in read_chat_rows(path, split="test")] == ["b"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"output": " "}, "output"),
        ({"instruction": None}, "instruction"),
        ({"input": 3}, "input"),
        ({"split": "dev"}, "split"),
        ({"id": "a"}, "id"),
    ],
)
def test_a_bad_row_is_named_by_file_line_and_field(tmp_path, change, field):
    path = write_lines(tmp_path / "teto.jsonl", [GOOD, {**GOOD, "id": "b", **change}])
    with pytest.raises(RowError, match=rf"teto.jsonl, line 2, field '{field}'"):
        read_chat_rows(path)


def test_a_line_that_is_no_json_is_named(tmp_path):
    path = tmp_path / "teto.jsonl"
    path.write_text('{"id": ', encoding="utf-8")
    with pytest.raises(RowError, match="line 1.*not JSON"):
        read_chat_rows(path)


def test_preference_rows_may_be_text_or_messages(tmp_path):
    user = {"role": "user", "content": "안녕"}
    path = write_lines(
        tmp_path / "pairs.jsonl",
        [
            {"prompt": "안녕", "chosen": "어 왔어?", "rejected": "네."},
            {"prompt": [user], "chosen": [{"role": "assistant", "content": "어 왔어?"}], "rejected": "네."},
        ],
    )
    assert read_preference_rows(path) == [PreferenceRow((user,), "어 왔어?", "네.")] * 2


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"prompt": [], "chosen": "a", "rejected": "b"}, "prompt"),
        ({"prompt": [{"role": "assistant", "content": "a"}], "chosen": "a", "rejected": "b"}, "prompt"),
        ({"prompt": "a", "chosen": "", "rejected": "b"}, "chosen"),
        ({"prompt": "a", "chosen": "b", "rejected": [{"role": "user", "content": "b"}]}, "rejected"),
    ],
)
def test_a_bad_preference_row_is_named(tmp_path, row, field):
    with pytest.raises(RowError, match=f"line 1, field '{field}'"):
        read_preference_rows(write_lines(tmp_path / "pairs.jsonl", [row]))


def test_natural_pairs_set_own_style_against_the_other(tiny_data):
    pair = tiny_data.natural_pairs("egen", "test")[0]
    assert (pair.chosen, pair.rejected) == ("물 좋아요 ㅋㅋ", "물 싫어.")


def test_a_prompt_is_never_on_both_sides_of_the_split():
    rows = [PreferenceRow(({"role": "user", "content": f"질문 {n % 20}"},), f"답 {n}", "다른 답") for n in range(60)]
    training, held_out = hold_out(rows, 0.1)
    assert len(training) + len(held_out) == 60 and len(held_out) >= 5
    assert not {row.key for row in training} & {row.key for row in held_out}
    assert hold_out(list(reversed(rows)), 0.1)[1] == list(reversed(held_out))


def test_chitchat_comes_from_csv_or_json_lines(tmp_path):
    table = tmp_path / "chat.csv"
    table.write_text('Q,A,label\n"안녕, 뭐해",놀아요.,0\n', encoding="utf-8")
    lines = write_lines(tmp_path / "chat.jsonl", [{"instruction": "안녕, 뭐해", "output": "놀아요."}])
    for path in (table, lines):
        (row,) = read_chat_rows(path)
        assert (row.prompt[0]["content"], row.reply) == ("안녕, 뭐해", "놀아요.")


@pytest.mark.parametrize(
    ("data", "prompt", "reply"),
    [
        ({"source": "밥 먹었어?", "target": "밥은 먹었냐."}, "밥 먹었어?", "밥은 먹었냐."),
        ({"text": "속상했겠다ㅠㅠ", "label": "에겐"}, "속상했겠다ㅠㅠ", "에겐"),
        ({"text": "결론부터 말해.", "label": 1}, "결론부터 말해.", "1"),
    ],
)
def test_rows_that_are_no_instructions_become_exchanges(tmp_path, data, prompt, reply):
    (row,) = read_chat_rows(write_lines(tmp_path / "other.jsonl", [data]))
    assert row.prompt == [{"role": "user", "content": prompt}] and row.reply == reply
    assert (row.id, row.split) == ("other-1", "train")


def test_a_dialogue_keeps_all_its_turns(tmp_path):
    turns = [{"role": role, "content": role} for role in ("user", "assistant") * 2]
    (row,) = read_chat_rows(write_lines(tmp_path / "d.jsonl", [{"id": "d", "messages": turns, "split": "test"}]))
    assert list(row.messages) == turns and row.prompt == turns[:3]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"source": "밥"}, "target"),
        ({"label": "에겐"}, "text"),
        ({"text": "밥", "label": True}, "label"),
        ({"text": "밥", "label": ["에겐"]}, "label"),
        ({"source": "밥", "target": ""}, "target"),
        ({"messages": [{"role": "user", "content": "밥"}]}, "messages"),
        ({"messages": "밥"}, "messages"),
        ({"words": "밥"}, ""),
    ],
)
def test_a_row_of_no_known_shape_is_named(tmp_path, data, field):
    path = write_lines(tmp_path / "other.jsonl", [GOOD, data])
    with pytest.raises(RowError, match=rf"other.jsonl, line 2, field '{field}'"):
        read_chat_rows(path)


LINE = '{"messages": [{"role": "user", "content": "안녕"}, {"role": "assistant", "content": "반가워"}]}'


@pytest.mark.parametrize(
    "content",
    [
        LINE.encode("utf-8-sig"),
        f"{LINE}\r\n".encode("utf-8-sig"),
        LINE.encode("utf-16"),
        unicodedata.normalize("NFD", LINE).encode(),
    ],
)
def test_a_file_is_read_however_it_was_saved(tmp_path, content):
    path = tmp_path / "teto.jsonl"
    path.write_bytes(content)
    (row,) = read_chat_rows(path)
    assert row.messages == ({"role": "user", "content": "안녕"}, {"role": "assistant", "content": "반가워"})


def test_a_table_as_korean_excel_saves_it_is_refused_with_file_line_and_remedy(tmp_path):
    path = tmp_path / "teto.csv"
    path.write_bytes("Q,A\n오늘 뭐 먹지,국밥 어때\n".encode("cp949"))
    with pytest.raises(RowError, match=r"teto.csv, line 2.*cp949 \(Korean Excel's own\). Save the file as UTF-8"):
        read_chat_rows(path)


def test_a_line_nested_too_deeply_and_a_cell_too_large_are_named(tmp_path):
    deep, wide = tmp_path / "deep.jsonl", tmp_path / "wide.csv"
    deep.write_text(LINE + "\n" + "[" * 200_000, encoding="utf-8")
    wide.write_text("Q,A\n안녕," + "가" * 200_000, encoding="utf-8")
    with pytest.raises(RowError, match=r"deep.jsonl, line 2.*nested too deeply"):
        read_chat_rows(deep)
    with pytest.raises(RowError, match=r"wide.csv.*not CSV"):
        read_chat_rows(wide)


def test_whole_conversations_beside_their_prompt_are_read_as_what_they_share(tmp_path):
    asked = [{"role": "user", "content": "주말에 뭐 할까?"}]
    sides = {side: [*asked, {"role": "assistant", "content": side}] for side in ("chosen", "rejected")}
    path = write_lines(tmp_path / "pairs.jsonl", [sides | {"prompt": "주말에 뭐 할까?"}, sides])
    assert read_preference_rows(path) == [PreferenceRow(tuple(asked), "chosen", "rejected")] * 2
    path = write_lines(tmp_path / "other.jsonl", [sides | {"prompt": "딴말"}])
    with pytest.raises(RowError, match="line 1, field 'prompt'"):
        read_preference_rows(path)
