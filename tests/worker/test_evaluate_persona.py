"""`manage.py evaluate_persona`: a table for people, a file for programs, and clear words for a wrong name."""

import json

import pytest
from django.core.management import CommandError, call_command

from inference_worker.training import comparison
from tests.worker.conftest import crown

pytestmark = pytest.mark.django_db

FIGURES = {
    "style_accuracy": 0.95,
    "preference_accuracy": {"value": 0.9, "low": 0.8, "high": 1.0, "pairs": 20},
    "style_classifier_accuracy": 0.98,
    "perplexity": 57.8,
}


@pytest.fixture
def measured(monkeypatch, settings, tiny_base):
    """The measuring itself has tests of its own; here it answers at once and tells what it was asked."""
    settings.BASE_MODEL = str(tiny_base.path)
    asked = []
    monkeypatch.setattr(
        comparison, "compare_with_base", lambda **what: asked.append(what) or {"adapter": FIGURES, "base": FIGURES}
    )
    return asked


def test_the_champion_is_measured_and_the_figures_are_kept(egen, tiny_adapters, measured, tmp_path, capsys):
    version = crown(egen, tiny_adapters["egen"])
    call_command("evaluate_persona", "--persona", "egen", "--output", str(tmp_path / "out" / "egen.json"))
    table = capsys.readouterr().out
    assert version.label in table and "57.8" in table and "95 % interval 0.8 to 1.0, 20 pairs" in table
    kept = json.loads((tmp_path / "out" / "egen.json").read_text())
    assert kept == {"adapter": version.label, "rows": {"adapter": FIGURES, "base": FIGURES}}
    assert measured[0]["adapter"] == version.folder and measured[0]["style_prompt"] == egen.style_prompt


def test_a_version_may_be_named(egen, tiny_adapters, measured, tmp_path):
    first, _second = crown(egen, tiny_adapters["egen"]), crown(egen, tiny_adapters["egen2"])
    call_command("evaluate_persona", "--persona", "egen", "--adapter", "1", "--output", str(tmp_path / "e.json"))
    assert measured[0]["adapter"] == first.folder


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--persona", "nobody"], "no persona 'nobody'; there are: .*egen"),
        (["--persona", "teto"], "'teto' has no adapter"),
        (["--persona", "egen", "--adapter", "7"], "egen has no version 7; there are: 1"),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_ones(egen, teto, tiny_adapters, measured, arguments, words):
    crown(egen, tiny_adapters["egen"])
    with pytest.raises(CommandError, match=words):
        call_command("evaluate_persona", *arguments)
