"""Rows as people really have them: marked, in Windows' lines, from a Mac, from Excel, from the hub, nested madly."""

import codecs
import io
import json
import unicodedata

import pytest
from django.core.management import CommandError, call_command

from personas.curation.models import PreferencePair
from personas.curation.row_files import FileRefused, file_lines
from personas.curation.services import pairs_import, sft_rows_import
from personas.curation.trl_rows import RowsRefused

pytestmark = pytest.mark.django_db

ROW = {"persona": "sora", "prompt": "뭐 해?", "chosen": "네 생각 했지~", "rejected": "일."}
LINE = json.dumps(ROW, ensure_ascii=False)
DEEP = '{"a": ' + "[" * 200_000


def said(content: str) -> dict[str, str]:
    return {"role": "user", "content": content}


def answered(content: str) -> dict[str, str]:
    return {"role": "assistant", "content": content}


@pytest.fixture
def import_file(tmp_path, sora):
    def run(content: bytes, name: str = "rows.jsonl") -> None:
        (tmp_path / name).write_bytes(content)
        call_command("import_pairs", tmp_path / name, stdout=io.StringIO())

    return run


@pytest.fixture
def import_upload(sora):
    def run(content: bytes, name: str = "rows.jsonl") -> None:
        pairs_import(lines=file_lines(name, content))

    return run


WRITTEN = {
    "with a mark": LINE.encode("utf-8-sig"),
    "with a mark and Windows' lines": f"{LINE}\r\n\r\n".encode("utf-8-sig"),
    "as UTF-16, little end first": codecs.BOM_UTF16_LE + LINE.encode("utf-16-le"),
    "as UTF-16, big end first": codecs.BOM_UTF16_BE + LINE.encode("utf-16-be"),
}


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize("door", ["import_file", "import_upload"])
def test_a_file_is_read_however_it_was_saved(request, door, how):
    request.getfixturevalue(door)(WRITTEN[how])
    pair = PreferencePair.objects.get()
    assert (pair.chosen, pair.rejected) == (ROW["chosen"], ROW["rejected"])


def test_a_mark_in_a_pipe_is_no_letter(monkeypatch, sora):
    monkeypatch.setattr("sys.stdin", io.StringIO("\ufeff" + LINE))
    call_command("import_pairs", stdout=io.StringIO())
    assert PreferencePair.objects.count() == 1


def test_what_korean_excel_saves_is_refused_with_file_and_remedy(import_file, import_upload):
    content = (LINE + "\n").encode("cp949")
    with pytest.raises(CommandError, match=r"rows.jsonl looks like cp949.*Save it in Excel again as 'CSV UTF-8'"):
        import_file(content)
    with pytest.raises(FileRefused, match=r"rows.jsonl.*cp949로 보입니다\(1번째 줄\).*CSV UTF-8"):
        import_upload(content)


def test_bytes_of_no_language_are_refused_by_line(import_upload):
    with pytest.raises(FileRefused, match="2번째 줄부터 UTF-8이 아닙니다"):
        import_upload(LINE.encode() + b"\n\xff\xff\xff")


def test_a_line_nested_deeper_than_anyone_writes_is_refused_beside_the_others(import_file, import_upload):
    content = f"{LINE}\n{DEEP}\n{{}}\n".encode()
    with pytest.raises(CommandError, match=r"(?s)line 2: Its brackets are nested too deeply.*line 3"):
        import_file(content)
    with pytest.raises(RowsRefused, match="2번째 줄: 괄호가 너무 깊이"):
        import_upload(content)
    assert not PreferencePair.objects.exists()


def test_the_same_pair_from_a_mac_is_the_same_pair(sora):
    lines = [LINE, unicodedata.normalize("NFD", LINE)]
    assert pairs_import(lines=lines) == (1, 1)
    assert PreferencePair.objects.get().prompt == [said("뭐 해?")]


TALK = [said("안녕"), answered("반가워!"), said("뭐 해?")]


@pytest.mark.parametrize("prompt", ["안녕", "뭐 해?", TALK, None])
def test_whole_conversations_beside_their_prompt_are_read_as_what_they_share(sora, prompt):
    row = {"chosen": [*TALK, answered("산책!")], "rejected": [*TALK, answered("몰라.")], "score_chosen": 8.5}
    pairs_import(lines=[json.dumps(row | {"prompt": prompt, "messages": row["chosen"]})], persona="sora")
    pair = PreferencePair.objects.get()
    assert (pair.prompt, pair.chosen, pair.rejected) == (TALK, "산책!", "몰라.")


def test_a_prompt_that_the_conversations_do_not_hold_is_refused(sora):
    row = {"prompt": "딴말", "chosen": [*TALK, answered("산책!")], "rejected": [*TALK, answered("몰라.")]}
    with pytest.raises(RowsRefused, match="prompt 칸: chosen과 rejected가 나누는 앞말에 없는"):
        pairs_import(lines=[json.dumps(row)], persona="sora")


@pytest.mark.parametrize("label", [True, False])
def test_a_row_that_says_good_or_bad_is_no_example_of_a_voice(sora, label):
    row = {"prompt": [said("나 차였어")], "completion": [answered("네가 못나서 그렇지.")], "label": label}
    with pytest.raises(RowsRefused, match="1번째 줄, label 칸"):
        sft_rows_import(lines=[json.dumps(row)], persona="sora")
