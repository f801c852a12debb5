"""generate_replies and score_replies: JSON lines in, JSON lines out, and clear words for bad input."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.worker.conftest import crown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]


@pytest.fixture
def tuned(egen, teto, tiny_adapters):
    """Both personas on the tiny base."""
    crown(egen, tiny_adapters["egen"])
    crown(teto, tiny_adapters["teto"])


@pytest.fixture
def run(engine, monkeypatch):
    """Runs a command on rows (or raw text) and returns the rows it wrote."""
    monkeypatch.setattr(engine, "stop", lambda: None)  # a command ends with its process; here several share an engine

    def command(name: str, rows, *options: str) -> list[dict]:
        text = rows if isinstance(rows, str) else "".join(json.dumps(row) + "\n" for row in rows)
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        out = io.StringIO()
        call_command(name, *options, stdout=out)
        return [json.loads(line) for line in out.getvalue().splitlines()]

    return command


def test_replies_come_in_the_order_of_the_prompts(tuned, run):
    prompts = [f"질문 {number}" for number in range(12)]
    options = ["--persona", "egen", "--max-new-tokens", "5"]
    rows = run("generate_replies", [{"prompt": prompt} for prompt in prompts], *options)
    assert [row["prompt"] for row in rows] == prompts
    assert {row["adapter"] for row in rows} == {"egen@v1"}
    assert all(set(row) == {"prompt", "reply", "adapter", "exemplars"} for row in rows)


def test_a_seed_repeats_and_another_differs(tuned, run):
    def replies(seed: str) -> list[str]:
        options = ["--persona", "egen", "--temperature", "1.5", "--max-new-tokens", "12", "--seed", seed]
        return [row["reply"] for row in run("generate_replies", [{"prompt": "안녕"}], *options)]

    first = replies("1")
    assert first == replies("1") != replies("2")


def test_base_uses_no_adapter_and_a_blend_names_its_weights(tuned, run):
    [bare] = run("generate_replies", [{"prompt": "안녕"}], "--persona", "base", "--max-new-tokens", "3")
    blend = ["--persona", "egen", "--weights", "egen=0.6,teto=0.4", "--max-new-tokens", "3"]
    [mixed] = run("generate_replies", [{"prompt": "안녕"}], *blend)
    assert bare["adapter"] == "base"
    assert mixed["adapter"] == "egen@v1*0.6+teto@v1*0.4"


def test_scores_come_back_with_their_rows(tuned, run):
    rows = [{"prompt": "안녕", "reply": "응", "note": "kept"}, {"prompt": "안녕", "reply": "응, 안녕하고 또 안녕"}]
    short, long = run("score_replies", rows, "--persona", "teto")
    assert short["note"] == "kept"
    assert long["logprob"] < short["logprob"] < 0
    assert long["tokens"] > short["tokens"] > 1  # the end of the turn counts


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{broken", "Line 1 is not JSON"),
        ('{"prompt": "안녕"}\n{"question": "?"}', 'Line 2 has no text "prompt"'),
        ("[1]", 'Line 1 has no text "prompt"'),
        ('{"prompt": "  "}', 'Line 1 has no text "prompt"'),
    ],
)
def test_a_bad_line_is_named(tuned, run, text, complaint):
    with pytest.raises(CommandError, match=complaint):
        run("generate_replies", text, "--persona", "egen", "--max-new-tokens", "2")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--persona", "nobody"], "no persona 'nobody'; there are: egen, teto, base"),
        (["--persona", "egen", "--weights", "egen:1"], "is not name=number"),
        (["--persona", "egen", "--temperature", "-1"], "temperature"),
        (["--persona", "egen", "--max-new-tokens", "0"], "max_new_tokens"),
    ],
)
def test_a_bad_option_is_named(tuned, run, options, complaint):
    with pytest.raises(CommandError, match=complaint):
        run("generate_replies", [{"prompt": "안녕"}], *options)
