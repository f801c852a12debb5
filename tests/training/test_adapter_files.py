"""An adapter folder is used only if it is whole, unchanged, and made for this base."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from inference_worker.adapter_files import AdapterFileError, read_adapter, write_adapter


def test_a_good_adapter_reads_back(sft_adapter, tiny_base):
    files = read_adapter(sft_adapter, tiny_base.hash)
    assert (files.rank, files.scaling) == (4, 2.0)
    a, b = files.layers()["model.layers.0.self_attn.q_proj"]
    assert a.shape == (4, 64) and b.shape[1] == 4 and a.dtype == torch.float32


def test_only_safetensors_are_kept(sft_adapter):
    assert sorted(path.name for path in sft_adapter.iterdir()) == [
        "adapter_config.json",
        "adapter_model.safetensors",
        "manifest.json",
    ]


def test_a_torn_file_is_refused_by_its_name(sft_adapter, tiny_base, copy_of):
    weights = copy_of(sft_adapter) / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-10])
    with pytest.raises(AdapterFileError, match=f"{weights}.*SHA-256"):
        read_adapter(weights.parent, tiny_base.hash)


def test_a_corrupt_file_is_refused_even_if_the_manifest_agrees(sft_adapter, tiny_base, copy_of):
    folder = copy_of(sft_adapter)
    (folder / "adapter_model.safetensors").write_bytes(b"not weights at all")
    _agree(folder)
    with pytest.raises(AdapterFileError, match="corrupt safetensors"):
        read_adapter(folder, tiny_base.hash)


def test_a_pickle_is_never_read(sft_adapter, tiny_base, copy_of):
    folder = copy_of(sft_adapter)
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")
    with pytest.raises(AdapterFileError, match="Only safetensors are accepted"):
        read_adapter(folder, tiny_base.hash)


def test_another_bases_adapter_is_refused(sft_adapter):
    with pytest.raises(AdapterFileError, match="not for ffffffffffff"):
        read_adapter(sft_adapter, "f" * 64)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda tensors: {**tensors, "base_model.model.lm_head.weight": torch.zeros(2, 2)}, "unexpected key"),
        (lambda tensors: dict(list(tensors.items())[1:]), "lacks one side"),
        (lambda tensors: {name: torch.zeros(3, 3) for name in tensors}, "the rank is 4"),
        (lambda tensors: {}, "no LoRA weights"),
    ],
)
def test_weights_that_are_no_lora_are_refused(sft_adapter, tiny_base, copy_of, spoil, why):
    folder = copy_of(sft_adapter)
    file = folder / "adapter_model.safetensors"
    save_file(spoil(load_file(file)), file)
    _agree(folder)
    with pytest.raises(AdapterFileError, match=why):
        read_adapter(folder, tiny_base.hash)


def test_a_missing_manifest_is_named(sft_adapter, tiny_base, copy_of):
    folder = copy_of(sft_adapter)
    (folder / "manifest.json").unlink()
    with pytest.raises(AdapterFileError, match=r"manifest\.json.*cannot be read"):
        read_adapter(folder, tiny_base.hash)


def test_a_failed_write_leaves_the_old_folder_and_nothing_else(sft_adapter, copy_of):
    folder = copy_of(sft_adapter)
    before = (folder / "manifest.json").read_text()

    def fail(draft):
        (draft / "adapter_model.safetensors").write_bytes(b"half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_adapter(folder, fail)
    assert (folder / "manifest.json").read_text() == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def _agree(folder):
    """Make the manifest name the spoiled weights."""
    from inference_worker.adapter_files import weights_sha256

    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["weights_sha256"] = weights_sha256(folder)
    (folder / "manifest.json").write_text(json.dumps(manifest))
