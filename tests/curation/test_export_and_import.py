import io
import json

import pytest
from django.core.management import CommandError, call_command

from personas.curation.models import PreferencePair

ROW = {"prompt": "뭐 해?", "chosen": "네 생각 했지~", "rejected": "일."}
CHAT = {
    "prompt": [
        {"role": "user", "content": "안녕"},
        {"role": "assistant", "content": "반가워!"},
        {"role": "user", "content": "뭐 해?"},
    ],
    "chosen": [{"role": "assistant", "content": "네 생각 했지~"}],
    "rejected": [{"role": "assistant", "content": "일."}],
}


def export(**options) -> list[dict]:
    out = io.StringIO()
    call_command("export_pairs", stdout=out, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def import_rows(monkeypatch):
    """`import_rows(row, "a raw line", persona="sora")`: through stdin, as in a pipe."""

    def run(*rows, **options) -> str:
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
        out = io.StringIO()
        call_command("import_pairs", stdout=out, **options)
        return out.getvalue()

    return run


def test_approved_pairs_go_out_as_trl_rows(make_pair, sora):
    pair = make_pair(status="approved")
    make_pair(status="pending")
    assert export(status="approved") == [
        {
            "persona": "sora",
            "prompt": pair.prompt,
            "chosen": [{"role": "assistant", "content": pair.chosen}],
            "rejected": [{"role": "assistant", "content": pair.rejected}],
        }
    ]


def test_one_personas_pairs_can_be_asked_for(make_pair, dodo):
    make_pair(status="approved")
    make_pair(status="approved", persona=dodo)
    assert [row["persona"] for row in export(status="approved", persona="dodo")] == ["dodo"]


def test_an_export_names_no_visitor(make_pair, owner):
    make_pair(status="approved", visitor=owner)
    assert str(owner.id) not in json.dumps(export(status="approved"))


def test_what_was_exported_can_be_read_back(make_pair, import_rows):
    for _ in range(3):
        make_pair(status="approved")
    rows = export(status="approved")
    PreferencePair.objects.all().delete()
    import_rows(*rows, status="approved")
    assert export(status="approved") == rows


def test_imported_pairs_wait_for_a_curator(sora, import_rows):
    import_rows(CHAT, persona="sora")
    pair = PreferencePair.objects.get()
    assert (pair.status, pair.source, pair.visitor, pair.prompt) == ("pending", "import", None, CHAT["prompt"])
    assert pair.history.count() == 1


def test_a_plain_prompt_becomes_one_message(sora, import_rows):
    import_rows({**ROW, "persona": "sora"})
    assert PreferencePair.objects.get().prompt == [{"role": "user", "content": "뭐 해?"}]


def test_rows_can_come_from_a_file(sora, tmp_path):
    file = tmp_path / "pairs.jsonl"
    file.write_text(json.dumps(ROW) + "\n\n" + json.dumps({**ROW, "rejected": "몰라."}) + "\n")
    call_command("import_pairs", file, persona="sora", stdout=io.StringIO())
    assert PreferencePair.objects.count() == 2


def test_reading_the_same_rows_twice_doubles_nothing(sora, import_rows):
    import_rows(ROW, persona="sora")
    assert "0 pairs imported" in import_rows(ROW, persona="sora")
    assert PreferencePair.objects.count() == 1


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        ("{", "line 2: is not JSON"),
        ("[1]", "line 2: is not a JSON object"),
        ({**ROW, "chosen": ""}, "line 2, field chosen"),
        ({"prompt": "뭐 해?", "chosen": "응"}, "line 2, field rejected"),
        ({**ROW, "rejected": ROW["chosen"]}, "line 2, field rejected: is the same"),
        ({**ROW, "prompt": 3}, "line 2, field prompt"),
        ({**ROW, "prompt": [{"role": "bot", "content": "?"}]}, r"line 2, field prompt\[0\].role"),
        ({**ROW, "prompt": CHAT["prompt"][:2]}, "line 2, field prompt: must go user, assistant"),
        ({**ROW, "chosen": CHAT["prompt"][:1]}, r"line 2, field chosen\[0\].role"),
        ({**ROW, "persona": "nobody"}, "line 2, field persona: 'nobody' is not one of"),
        ('{"prompt": "\\ud800", "chosen": "a", "rejected": "b"}', "line 2, field prompt: holds half"),
    ],
)
def test_a_bad_row_is_named_by_line_and_field_and_nothing_is_imported(sora, import_rows, bad, complaint):
    with pytest.raises(CommandError, match=complaint):
        import_rows(ROW, bad, persona="sora")
    assert not PreferencePair.objects.exists()


def test_all_bad_rows_are_named_at_once(sora, import_rows):
    with pytest.raises(CommandError) as refusal:
        import_rows("{", ROW, {**ROW, "chosen": 1}, persona="sora")
    assert "line 1" in str(refusal.value) and "line 3" in str(refusal.value)


def test_a_row_of_no_persona_is_refused(sora, import_rows):
    with pytest.raises(CommandError, match="line 1, field persona: is missing"):
        import_rows(ROW)


def test_an_unknown_persona_is_named(sora, import_rows):
    with pytest.raises(CommandError, match="no persona 'nobody'"):
        import_rows(ROW, persona="nobody")
    with pytest.raises(CommandError, match="no persona 'nobody'"):
        export(persona="nobody")


def test_a_file_that_is_not_there_is_named(sora, tmp_path):
    with pytest.raises(CommandError, match="missing.jsonl"):
        call_command("import_pairs", tmp_path / "missing.jsonl", persona="sora")
