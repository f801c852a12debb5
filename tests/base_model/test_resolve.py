"""A BASE_MODEL setting becomes a folder and a hash, or one clear error."""

import subprocess
import sys

import pytest

from inference_worker.base_model import BaseModelError, resolve_base_model
from tests.tiny_models import make_tiny_base


def test_a_folder_is_taken_as_it_is(tmp_path):
    base = make_tiny_base(tmp_path / "my-model")
    assert base.path == tmp_path / "my-model"
    assert base.name == "my-model"
    assert len(base.hash) == 64


def test_the_hash_names_the_contents_and_not_the_place(tmp_path):
    one = make_tiny_base(tmp_path / "one", seed=1)
    same = make_tiny_base(tmp_path / "same", seed=1)
    other = make_tiny_base(tmp_path / "other", seed=2)
    assert one.hash == same.hash
    assert one.hash != other.hash


@pytest.mark.parametrize("file", ["config.json", "tokenizer.json", "model.safetensors"])
def test_the_hash_follows_a_changed_file(tmp_path, file):
    before = make_tiny_base(tmp_path / "model")
    with (tmp_path / "model" / file).open("ab") as stream:
        stream.write(b" ")
    after = resolve_base_model(str(tmp_path / "model"), cache=tmp_path / "model" / "cache")
    assert after.hash != before.hash


def test_the_hash_is_remembered(tmp_path, monkeypatch):
    base = make_tiny_base(tmp_path / "model")
    monkeypatch.setattr("hashlib.file_digest", None)  # reading the weights again would fail
    assert resolve_base_model(str(base.path), cache=tmp_path / "model" / "cache") == base


def test_a_torn_memory_of_the_hash_is_counted_again(tmp_path):
    base = make_tiny_base(tmp_path / "model")
    for entry in (tmp_path / "model" / "cache" / "hashes").iterdir():
        entry.write_text("{")
    assert resolve_base_model(str(base.path), cache=tmp_path / "model" / "cache") == base


def test_an_incomplete_folder_is_refused_by_what_it_lacks(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(BaseModelError, match=r"lacks \*\.safetensors"):
        resolve_base_model(str(tmp_path), cache=tmp_path)


def test_a_missing_shard_is_named(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors.index.json").write_text('{"weight_map": {"a": "model-00001-of-00002.safetensors"}}')
    with pytest.raises(BaseModelError, match="lacks model-00001-of-00002.safetensors"):
        resolve_base_model(str(tmp_path), cache=tmp_path)


@pytest.mark.parametrize("value", ["/no/such/folder", "a/b/c", "not an id!"])
def test_what_is_neither_folder_nor_id_is_refused(tmp_path, value):
    with pytest.raises(BaseModelError, match="neither a folder here nor a Hugging Face id"):
        resolve_base_model(value, cache=tmp_path)


def test_an_id_that_cannot_be_had_says_what_to_check(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(BaseModelError, match="cannot be downloaded.*HF_TOKEN"):
        resolve_base_model("no-such-org/no-such-model", cache=tmp_path)


def test_a_downloaded_snapshot_is_used_without_the_network(tmp_path, monkeypatch):
    snapshot = make_tiny_base(tmp_path / "snapshot")

    def snapshot_download(repo_id, *, allow_patterns, local_files_only):
        assert local_files_only
        return str(snapshot.path)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    base = resolve_base_model("org/model", cache=tmp_path)
    assert (base.path, base.hash, base.name) == (snapshot.path, snapshot.hash, "org/model")


def test_a_half_downloaded_snapshot_is_completed(tmp_path, monkeypatch):
    snapshot = make_tiny_base(tmp_path / "snapshot")
    (tmp_path / "half").mkdir()

    def snapshot_download(repo_id, *, allow_patterns, local_files_only):
        return str(tmp_path / "half" if local_files_only else snapshot.path)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    assert resolve_base_model("org/model", cache=tmp_path).path == snapshot.path


def test_importing_it_loads_nothing_heavy():
    code = "import sys, inference_worker.base_model; print({'torch', 'transformers', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
