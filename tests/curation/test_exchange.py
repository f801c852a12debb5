"""Rows in and out at the desk: JSON lines and Parquet, previewed first, all or none."""

import io
import json
from datetime import timedelta

import pyarrow
import pyarrow.parquet
import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from personas.curation import imports, row_files
from personas.curation.flagging import MOST_OF_ONE_KEY
from personas.curation.imports import import_work, imports_resume
from personas.curation.models import BandKey, ImportRun, PreferencePair, SftRow
from personas.curation.services import pairs_import, sft_rows_import
from personas.curation.trl_rows import RowsRefused

PAGE = "/admin/curation/preferencepair/import/"
LIST = "/admin/curation/preferencepair/"
USER, REPLY, OTHER = (
    {"role": "user", "content": "뭐 해?"},
    {"role": "assistant", "content": "네 생각 했지~"},
    {"role": "assistant", "content": "일."},
)
ROW = {"prompt": "뭐 해?", "chosen": "네 생각 했지~", "rejected": "일."}


@pytest.fixture
def operator(client, db) -> User:
    """Staff who may take rows in and out; the client is logged in as them."""
    user = User.objects.create_user("operator", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="curation"))
    client.force_login(user)
    return user


def file_of(*rows, name: str = "rows.jsonl") -> SimpleUploadedFile:
    lines = "\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    return SimpleUploadedFile(name, lines.encode())


def preview(client, file: SimpleUploadedFile, kind: str = "preference"):
    return client.post(PAGE, {"file": file, "kind": kind, "persona": "sora"})


def confirm(client, answer):
    """Confirm a preview, let the worker do what was asked for, and look at the page again."""
    asked = {name: answer.context[name] for name in ("upload", "kind", "persona")}
    page = client.post(PAGE, asked, follow=True)
    for run in ImportRun.objects.filter(state="waiting"):
        import_work(import_id=run.pk)
        page = client.get(PAGE)
    return page


def test_a_preview_counts_and_keeps_nothing_until_it_is_confirmed(client, operator, sora):
    answer = preview(client, file_of(ROW, {**ROW, "chosen": "난 진짜 사람이야"}))
    assert (answer.context["preview"]["new"], answer.context["preview"]["flagged"]) == (2, 2)
    assert not PreferencePair.objects.exists()
    page = confirm(client, answer).content.decode()
    assert "2행을 가져왔습니다." in page
    assert PreferencePair.objects.count() == 2


def test_every_bad_line_is_named_and_nothing_is_taken(client, operator, sora):
    answer = preview(client, file_of("{", ROW, {**ROW, "rejected": 3}))
    assert [(error.line, error.field) for error in answer.context["preview"]["errors"]] == [(1, ""), (3, "rejected")]
    assert 'name="upload"' not in answer.content.decode()
    assert not PreferencePair.objects.exists()


def test_a_file_confirmed_twice_doubles_nothing(client, operator, sora):
    answer = preview(client, file_of(ROW))
    confirm(client, answer)
    assert "지워졌습니다" in confirm(client, answer).content.decode()
    assert "1행은 이미" in confirm(client, preview(client, file_of(ROW, {**ROW, "rejected": "몰라"}))).content.decode()
    assert PreferencePair.objects.count() == 2


def test_the_upload_names_no_other_file(client, operator, sora, var_dir):
    (var_dir / "imports").mkdir(parents=True)
    (var_dir / "secret.jsonl").write_text(json.dumps({**ROW, "persona": "sora"}))
    client.post(PAGE, {"upload": "../secret.jsonl", "kind": "preference", "persona": ""})
    assert not PreferencePair.objects.exists()


def test_a_preview_writes_nothing_at_all(client, operator, sora):
    with CaptureQueriesContext(connection) as asked:
        preview(client, file_of(ROW, {**ROW, "chosen": "난 진짜 사람이야"}))
    wrote = [query["sql"] for query in asked if query["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert [sql for sql in wrote if "session" not in sql] == []


def test_an_import_is_done_by_a_worker_once_and_shows_how_far_it_is(client, operator, sora):
    answer = preview(client, file_of(*({**ROW, "prompt": f"{number}?"} for number in range(250))))
    page = client.post(PAGE, {name: answer.context[name] for name in ("upload", "kind", "persona")}, follow=True)
    assert "<progress" in page.content.decode() and not PreferencePair.objects.exists()
    run = ImportRun.objects.get()
    import_work(import_id=run.pk)
    import_work(import_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.total, run.done, run.new) == ("done", 250, 250, 250)
    assert PreferencePair.objects.count() == 250


def test_an_import_whose_worker_died_is_taken_up_again_and_doubles_nothing(client, operator, sora, monkeypatch):
    answer = preview(client, file_of(*({**ROW, "prompt": f"{number}?"} for number in range(150))))
    client.post(PAGE, {name: answer.context[name] for name in ("upload", "kind", "persona")})
    run = ImportRun.objects.get()
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(imports, "_note", raise_power_cut)
        import_work(import_id=run.pk)
    assert PreferencePair.objects.count() == 100
    ImportRun.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    assert imports_resume() == 1
    import_work(import_id=run.pk)
    assert PreferencePair.objects.count() == 150


def raise_power_cut(*_args, **_changes):
    raise RuntimeError("power cut")


def test_an_import_asks_the_database_a_few_times_for_many_rows(sora):
    lines = [
        json.dumps({**ROW, "prompt": f"{number}번 고민", "chosen": f"{number}이면 힘들었겠다"}) for number in range(200)
    ]
    with CaptureQueriesContext(connection) as asked:
        pairs_import(lines=lines, persona="sora")
    assert len(asked) < len(lines) / 2


def test_nearly_equal_rows_of_one_file_are_flagged_as_they_come_in(sora):
    rows = [
        {**ROW, "chosen": f"오늘 진짜 힘들었겠다ㅠㅠ 나라도 속상했을 것 같아. 쉬자{'~' * number}"}
        for number in range(3)
    ]
    pairs_import(lines=[json.dumps(row) for row in rows], persona="sora")
    first, *others = PreferencePair.objects.order_by("pk")
    assert [pair.flags.get(kind="duplicate").twin.pk < pair.pk for pair in others] == [True, True]
    assert not first.flags.filter(kind="duplicate").exists()


def test_of_many_nearly_equal_pairs_few_are_kept_for_the_search(sora):
    rows = [{**ROW, "prompt": f"{'ㅋ' * number} 뭐 해?"} for number in range(1, 60)]
    pairs_import(lines=[json.dumps(row) for row in rows], persona="sora")
    most = BandKey.objects.values("key").annotate(pairs=Count("pk")).order_by("-pairs").first()
    assert most["pairs"] == MOST_OF_ONE_KEY


def test_a_small_file_that_unpacks_to_very_many_rows_is_refused_before_it_is_unpacked(client, operator, sora):
    packed = io.BytesIO()
    column = pyarrow.array(["뭐 해?"] * (row_files.MOST_ROWS + 1))
    pyarrow.parquet.write_table(pyarrow.table(dict.fromkeys(ROW, column)), packed, compression="zstd")
    answer = preview(client, SimpleUploadedFile("rows.parquet", packed.getvalue()))
    assert "나누어서" in str(answer.context["preview"]["refusal"])


def test_a_line_nested_without_end_is_a_bad_line(client, operator, sora):
    answer = preview(client, file_of("[" * 200_000))
    [error] = answer.context["preview"]["errors"]
    assert "괄호" in str(error.problem)


@pytest.mark.parametrize("name", ["rows.csv", "rows", "rows.parquet"])
def test_what_is_no_such_file_is_said_in_words(client, operator, sora, name):
    answer = preview(client, file_of(ROW, name=name))
    assert answer.context["preview"]["refusal"]


@pytest.mark.parametrize(
    "row",
    [
        ROW,
        {"prompt": [USER], "chosen": [REPLY], "rejected": [OTHER]},
        {"chosen": [USER, REPLY], "rejected": [USER, OTHER]},
    ],
)
def test_every_shape_of_a_preference_row_is_the_same_pair(sora, row):
    pairs_import(lines=[json.dumps(row)], persona="sora")
    pair = PreferencePair.objects.get()
    assert (pair.prompt, pair.chosen, pair.rejected) == ([USER], "네 생각 했지~", "일.")


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"chosen": "네", "rejected": "아니"}, "prompt 칸: 없습니다"),
        ({"chosen": [USER, REPLY], "rejected": [{**USER, "content": "?"}, OTHER]}, "rejected 칸: 마지막 말 말고는"),
        ({"chosen": [REPLY], "rejected": [OTHER]}, "prompt 칸: 없습니다"),
    ],
)
def test_a_prompt_that_nothing_implies_is_asked_for(sora, row, complaint):
    with pytest.raises(RowsRefused, match=complaint):
        pairs_import(lines=[json.dumps(row)], persona="sora")


@pytest.mark.parametrize(
    "row",
    [
        {"messages": [USER, REPLY]},
        {"prompt": "뭐 해?", "completion": "네 생각 했지~"},
        {"prompt": [USER], "completion": [REPLY]},
        {"instruction": "뭐 해?", "input": "", "output": "네 생각 했지~"},
    ],
)
def test_every_shape_of_an_sft_row_is_the_same_example(sora, row):
    sft_rows_import(lines=[json.dumps(row)], persona="sora")
    assert SftRow.objects.get().messages == [USER, REPLY]
    assert sft_rows_import(lines=[json.dumps(row)], persona="sora") == (0, 1)


@pytest.mark.parametrize(
    "row", [{"messages": [USER]}, {"messages": [USER, USER]}, {"instruction": "뭐 해?"}, {"text": "그냥 글"}, {}]
)
def test_an_sft_row_without_a_reply_is_refused(sora, row):
    with pytest.raises(RowsRefused, match="1번째 줄"):
        sft_rows_import(lines=[json.dumps(row)], persona="sora")


@pytest.mark.parametrize("kind", ["json_lines", "parquet"])
def test_what_goes_out_comes_back_in(client, operator, make_pair, kind):
    pairs = [make_pair(), make_pair()]
    before = [(pair.prompt, pair.chosen, pair.rejected) for pair in pairs]
    data = {"action": f"export_{kind}", "_selected_action": [pair.pk for pair in pairs]}
    content = client.post(LIST, data).content
    PreferencePair.objects.all().delete()
    name = "pairs.jsonl" if kind == "json_lines" else "pairs.parquet"
    confirm(client, preview(client, SimpleUploadedFile(name, content)))
    assert [(p.prompt, p.chosen, p.rejected) for p in PreferencePair.objects.order_by("pk")] == before


def test_a_parquet_export_has_the_columns_of_trl_and_no_personal_data(client, operator, make_pair):
    pair = make_pair(chosen="010-1234-5678로 연락해")
    data = {"action": "export_parquet", "_selected_action": [pair.pk]}
    table = pyarrow.parquet.read_table(io.BytesIO(client.post(LIST, data).content))
    assert set(table.column_names) == {"prompt", "chosen", "rejected", "persona"}
    assert table.to_pylist()[0]["chosen"] == [{"role": "assistant", "content": "[전화번호]로 연락해"}]


def test_without_pyarrow_parquet_is_refused_with_a_remedy(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(row_files.FileRefused, match="pip install pyarrow"):
        row_files.parquet([{"a": 1}])


def test_a_curator_neither_imports_nor_exports(client, db, second, make_pair):
    pair = make_pair()
    client.force_login(second)
    assert client.get(PAGE).status_code == 403
    client.post(LIST, {"action": "export_json_lines", "_selected_action": [pair.pk]})
    answer = client.post(LIST, {"action": "export_json_lines", "_selected_action": [pair.pk]})
    assert "Content-Disposition" not in answer.headers


def test_an_example_is_written_as_a_dialogue_and_reworded(client, operator, sora):
    form = {"persona": sora.pk, "category": "", "dialogue": "방문자: 뭐 해?\n페르소나: 네 생각 했지~\n진짜로"}
    client.post("/admin/curation/sftrow/add/", form)
    row = SftRow.objects.get()
    assert row.messages == [USER, {"role": "assistant", "content": "네 생각 했지~\n진짜로"}]
    page = client.get(f"/admin/curation/sftrow/{row.pk}/change/").content.decode()
    assert "페르소나: 네 생각 했지~" in page
    reworded = {**form, "dialogue": "방문자: 뭐 해?\n페르소나: 산책!"}
    client.post(f"/admin/curation/sftrow/{row.pk}/change/", reworded)
    row.refresh_from_db()
    assert row.messages[-1]["content"] == "산책!" and row.history.count() == 2


@pytest.mark.parametrize(
    ("dialogue", "complaint"),
    [
        ("뭐 해?", "1번째 줄"),
        ("방문자: 뭐 해?", "마지막은 페르소나"),
        ("방문자: 뭐 해?\n방문자: 응?\n페르소나: 응", "2번째 줄"),
        ("방문자:\n페르소나: 응", "1번째 줄에 말이 없습니다"),
    ],
)
def test_a_dialogue_that_does_not_go_to_and_fro_is_refused(client, operator, sora, dialogue, complaint):
    page = client.post("/admin/curation/sftrow/add/", {"persona": sora.pk, "dialogue": dialogue}).content.decode()
    assert complaint in page
    assert not SftRow.objects.exists()


def test_examples_go_to_a_file_that_training_reads(sora, tmp_path):
    from inference_worker.training.seed_data import SeedData

    said = {"role": "user", "content": "내 번호 010-1234-5678"}
    sft_rows_import(lines=[json.dumps({"messages": [said, REPLY]})], persona="sora")
    out = io.StringIO()
    call_command("export_sft_rows", "--persona", "sora", stdout=out)
    (tmp_path / "written").mkdir()
    (tmp_path / "written" / "sora.jsonl").write_text(out.getvalue())
    [row] = SeedData(tmp_path).persona_rows("sora")
    assert [message["content"] for message in row.messages] == ["내 번호 [전화번호]", "네 생각 했지~"]
