import pytest

from personas.registry.adapter_folder import AdapterRefused
from personas.registry.models import AdapterVersion
from personas.registry.services import adapter_version_register

from .conftest import adapter_folder


def test_versions_of_a_persona_are_numbered_from_one(sora, dodo, make_version):
    assert [make_version(sora).label, make_version(sora).label, make_version(dodo).label] == [
        "sora@v1",
        "sora@v2",
        "dodo@v1",
    ]


def test_a_version_knows_its_folder_and_its_base(sora, make_version):
    version = make_version(sora)
    assert (version.folder / "adapter_model.safetensors").is_file()
    assert version.base_hash == "b" * 64


def test_a_folder_inside_the_project_is_kept_relative(sora, settings, tmp_path):
    settings.BASE_DIR = tmp_path
    manifest = adapter_folder(tmp_path / "var" / "adapters" / "one")
    version = adapter_version_register(persona=sora, path=tmp_path / "var/adapters/one", manifest=manifest)
    assert version.path == "var/adapters/one"
    assert version.folder == tmp_path / "var/adapters/one"


def test_corrupt_weights_are_refused_by_name(sora, tmp_path):
    manifest = adapter_folder(tmp_path / "torn")
    weights = tmp_path / "torn" / "adapter_model.safetensors"
    weights.write_bytes(b"weigh")
    with pytest.raises(AdapterRefused, match=str(weights)):
        adapter_version_register(persona=sora, path=tmp_path / "torn", manifest=manifest)
    assert not AdapterVersion.objects.exists()


def test_a_folder_without_safetensors_is_refused(sora, tmp_path):
    manifest = adapter_folder(tmp_path / "pickle")
    (tmp_path / "pickle" / "adapter_model.safetensors").rename(tmp_path / "pickle" / "adapter_model.bin")
    with pytest.raises(AdapterRefused, match="Only safetensors"):
        adapter_version_register(persona=sora, path=tmp_path / "pickle", manifest=manifest)


@pytest.mark.parametrize("name", ["base_hash", "weights_sha256"])
def test_a_manifest_without_a_hash_is_refused(sora, tmp_path, name):
    manifest = adapter_folder(tmp_path / "nameless")
    del manifest[name]
    with pytest.raises(AdapterRefused, match=name):
        adapter_version_register(persona=sora, path=tmp_path / "nameless", manifest=manifest)
