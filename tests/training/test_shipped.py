"""`make train`: all stages, and after a kill only those that are left."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from inference_worker.adapter_files import read_adapter, read_manifest
from inference_worker.training.shipped import ShippedTraining
from tests.training.killed_run import SECOND_STAGE, train_both

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def chitchat(tmp_path) -> Path:
    file = tmp_path / "chat.csv"
    file.write_text("Q,A\n" + "".join(f"질문 {n},좋네요.\n" for n in range(8)), encoding="utf-8")
    return file


@pytest.fixture
def training(tiny_base, tiny_data, tiny_settings, tmp_path):
    """A training whose progress is kept in `events`."""
    events: list[dict] = []
    made = ShippedTraining(tiny_base, tiny_data, tmp_path / "out", tiny_settings, events.append, device="cpu")
    return made, events


def test_sft_goes_on_from_the_warmup_and_dpo_from_sft(training, chitchat, tiny_base):
    made, _ = training
    warmup = made.train_warmup(chitchat)
    sft = made.train_sft("egen", warmup)
    version = made.train_dpo("egen", sft)
    parents = [read_manifest(folder)["inputs"]["parent"] for folder in (warmup, sft, version)]
    digests = [read_manifest(folder)["weights_sha256"] for folder in (warmup, sft, version)]
    assert parents == [None, *digests[:2]]
    assert read_manifest(version)["warmup_source"]["name"] == "chat.csv"
    metrics = made.measure("egen", version)
    assert read_adapter(version, tiny_base.hash).manifest["metrics"] == metrics
    assert metrics["preference_accuracy"]["pairs"] == 2 and metrics["base_perplexity"] > 1


def test_a_finished_stage_is_not_run_again_unless_its_inputs_changed(training, tiny_settings):
    made, events = training
    made.train_sft("egen", None)
    events.clear()
    made.train_sft("egen", None)
    assert events == [{"stage": "egen sft", "status": "already there"}]
    changed = replace(made, settings=replace(tiny_settings, seed=1))
    changed.train_sft("egen", None)
    assert events[-1]["status"] == "finished"


def test_a_killed_run_leaves_nothing_half_made_and_goes_on(tiny_base, tiny_data, tmp_path):
    """The second stage is killed outright; the next run keeps the first one's work."""
    paths = [tiny_base.path, tiny_data.folder, tmp_path / "out"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.training.killed_run", *paths], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline().strip() == SECOND_STAGE
    process.kill()
    process.communicate()
    assert (tmp_path / "out" / "egen" / "sft" / "manifest.json").is_file()
    assert not (tmp_path / "out" / "teto" / "sft").exists()

    events = []
    train_both(*paths, events.append)
    assert [event["status"] for event in events if "status" in event] == ["already there", "finished"]
    assert [path.name for path in (tmp_path / "out" / "teto").iterdir()] == ["sft"]
