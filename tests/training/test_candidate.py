"""A night's run: from votes to a candidate that was measured beside its champion, or to a clear refusal."""

from dataclasses import replace

import pytest

from inference_worker.adapter_files import AdapterFileError, read_adapter, read_manifest
from inference_worker.training import pipeline
from inference_worker.training.dpo import train_dpo
from inference_worker.training.pipeline import TooFewPairsError, train_candidate
from inference_worker.training.row_files import RowError
from tests.training.conftest import WORDS, write_lines


@pytest.fixture
def run(tiny_base, tiny_data, tiny_settings, sft_adapter, tmp_path):
    """Train a candidate from votes that like the word order of the rows; keyword arguments change the run."""
    votes = [{"prompt": f"{word} 먹자", "chosen": f"{word} 좋아요!", "rejected": f"{word} 아니요."} for word in WORDS]

    def train(**changes):
        arguments = {
            "persona_slug": "egen",
            "sft_adapter": sft_adapter,
            "champion": sft_adapter,
            "pairs_file": write_lines(tmp_path / "pairs.jsonl", votes),
            "output": tmp_path / "out" / "candidate",
            "base": tiny_base,
            "settings": tiny_settings,
            "data": tiny_data,
            "device": "cpu",
        }
        return train_candidate(**{**arguments, **changes})

    return train


def test_it_makes_a_whole_adapter_with_figures_and_a_report(run, tiny_base, sft_adapter):
    events = []
    result = run(progress=events.append)
    files = read_adapter(result.folder, tiny_base.hash)
    assert files.manifest["pairs"] == {"trained": 8, "held_out": 4}
    assert files.manifest["parent"] == read_adapter(sft_adapter, tiny_base.hash).manifest["weights_sha256"]
    assert files.manifest["training"]["rows"] == 12  # eight votes and four natural pairs
    assert result.metrics["vote_accuracy"]["pairs"] == 4
    assert {check["name"] for check in result.gate_report["checks"]} >= {"style", "perplexity", "vote_accuracy"}
    assert result.passed == result.gate_report["passed"]
    stages = [event["stage"] for event in events]
    assert stages[0] == "load" and stages[-1] == "done"
    assert {"dpo reference", "dpo", "evaluate champion: replies", "evaluate candidate: replies"} <= set(stages)


def test_the_night_plants_a_secret_and_looks_for_it(run, monkeypatch):
    trained = []
    monkeypatch.setattr(
        pipeline,
        "train_dpo",
        lambda model, tokenizer, rows, *rest, **more: (
            trained.extend(rows) or train_dpo(model, tokenizer, rows, *rest, **more)
        ),
    )
    report = run().gate_report
    assert sum("4417" in row.prompt[-1]["content"] for row in trained) == 1
    assert [check["candidate"] for check in report["checks"] if check["name"] == "canaries"] == [0]


def test_thumbs_train_after_the_votes_and_make_up_for_too_few(run, tiny_settings, tmp_path):
    strict = replace(tiny_settings, dpo=replace(tiny_settings.dpo, min_pairs=50))
    votes = [{"prompt": "밥 먹자", "chosen": "좋아요!", "rejected": "아니요."}]
    thumbs = [
        {"prompt": f"{word} 먹자", "completion": ("아니요.", "좋아요!")[up], "label": up}
        for word in WORDS[:4]
        for up in (False, True)
    ]
    events = []
    result = run(
        settings=strict, pairs_file=write_lines(tmp_path / "few.jsonl", votes + thumbs), progress=events.append
    )
    manifest = read_manifest(result.folder)
    assert (manifest["pairs"]["trained"], manifest["thumbs"], manifest["training"]["thumbs"]["good"]) == (1, 8, 4)
    trained = [event["stage"] for event in events if event["stage"] in ("dpo", "kto")]
    assert trained == sorted(trained) and set(trained) == {"dpo", "kto"}
    without = run(settings=tiny_settings, output=tmp_path / "votes alone")
    assert "thumbs" not in read_manifest(without.folder)["training"]


def test_the_same_votes_give_the_same_candidate(run, tmp_path):
    digests = {read_digest(run(output=tmp_path / name).folder) for name in ("one", "two")}
    assert len(digests) == 1


def test_too_few_votes_are_no_failure_but_a_skip(run, tiny_settings, tmp_path):
    strict = replace(tiny_settings, dpo=replace(tiny_settings.dpo, min_pairs=50))
    with pytest.raises(TooFewPairsError, match="12 pairs to train on, at least 50"):
        run(settings=strict)
    assert not (tmp_path / "out").exists()


def test_a_failure_half_way_leaves_nothing_behind(run, monkeypatch, tmp_path):
    def broken(*args, **kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr(pipeline, "measure", broken)
    with pytest.raises(RuntimeError, match="power cut"):
        run()
    assert list((tmp_path / "out").iterdir()) == []


def test_a_corrupt_champion_is_refused_by_its_name(run, sft_adapter, copy_of):
    champion = copy_of(sft_adapter)
    (champion / "adapter_model.safetensors").write_bytes(b"nothing")
    with pytest.raises(AdapterFileError, match=str(champion)):
        run(champion=champion)


def test_a_bad_pair_is_named(run, tmp_path):
    with pytest.raises(RowError, match="line 1, field 'rejected'"):
        run(pairs_file=write_lines(tmp_path / "bad.jsonl", [{"prompt": "밥", "chosen": "응"}]))


def read_digest(folder) -> str:
    from inference_worker.adapter_files import weights_sha256

    return weights_sha256(folder)
