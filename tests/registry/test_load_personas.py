import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from personas.registry import shipped
from personas.registry.models import Persona
from personas.registry.selectors import champion_for
from personas.registry.services import champion_promote

from .conftest import adapter_folder


def load() -> None:
    call_command("load_personas", verbosity=0)


def test_both_personas_arrive_complete(db, shipped_folder):
    load()
    egen, teto = Persona.objects.all()
    assert (egen.slug, egen.name, teto.slug, teto.name) == ("egen", "에겐이", "teto", "테토")
    for persona in (egen, teto):
        assert len(persona.starters) == 6
        assert persona.style_prompt and persona.tagline_en
        assert persona.sampling["max_new_tokens"] == 128


def test_loading_again_keeps_what_the_operator_changed(db, shipped_folder):
    load()
    Persona.objects.filter(slug="egen").update(tagline="고친 소개")
    load()
    assert Persona.objects.count() == 2
    assert Persona.objects.get(slug="egen").tagline == "고친 소개"


def test_the_shipped_adapter_becomes_version_one_and_champion(db, shipped_folder):
    adapter_folder(shipped_folder / "egen" / "v1", b"first")
    load()
    load()
    egen = Persona.objects.get(slug="egen")
    assert egen.versions.count() == 1
    assert champion_for(egen).label == "egen@v1"


def test_new_weights_become_a_further_version_and_the_old_one_stays_whole(db, shipped_folder):
    adapter_folder(shipped_folder / "egen" / "v1", b"first")
    load()
    _replace_weights(shipped_folder / "egen" / "v1", b"second")
    load()
    egen = Persona.objects.get(slug="egen")
    newest, first = egen.versions.all()
    assert champion_for(egen) == newest
    assert (first.folder / "adapter_model.safetensors").read_bytes() == b"first"
    assert (newest.folder / "adapter_model.safetensors").read_bytes() == b"second"


def test_new_shipped_weights_leave_a_champion_that_votes_made(db, shipped_folder, make_version):
    adapter_folder(shipped_folder / "egen" / "v1", b"first")
    load()
    egen = Persona.objects.get(slug="egen")
    trained = make_version(egen)
    champion_promote(persona=egen, version=trained)
    _replace_weights(shipped_folder / "egen" / "v1", b"second")
    load()
    assert egen.versions.count() == 3
    assert champion_for(egen) == trained


def test_a_corrupt_shipped_adapter_is_named_and_the_champion_stays(db, shipped_folder):
    adapter_folder(shipped_folder / "egen" / "v1", b"first")
    load()
    _replace_weights(shipped_folder / "egen" / "v1", b"second")
    (shipped_folder / "egen" / "v1" / "adapter_model.safetensors").write_bytes(b"torn")
    with pytest.raises(CommandError, match="egen/v1/adapter_model.safetensors"):
        load()
    egen = Persona.objects.get(slug="egen")
    assert champion_for(egen).label == "egen@v1"
    assert egen.versions.count() == 1


def test_a_wrong_sampling_name_in_the_seed_is_refused(db, tmp_path):
    rows = json.loads(shipped.PERSONAS_FILE.read_text())
    rows[1]["sampling"] = {"temprature": 0.7}
    broken = tmp_path / "personas.json"
    broken.write_text(json.dumps(rows))
    with pytest.raises(ValidationError, match="temprature"):
        shipped.persona_load_all(file=broken)
    assert not Persona.objects.exists()


def _replace_weights(folder, weights: bytes) -> None:
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    adapter_folder(folder, weights)
