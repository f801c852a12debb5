import pytest

from personas.registry.adapter_folder import AdapterRefused
from personas.registry.models import ChampionMove
from personas.registry.selectors import champion_for
from personas.registry.services import (
    ChampionRefused,
    champion_promote,
    champion_roll_back,
    champions_fit_base,
)


def test_promotion_moves_the_pointer_and_is_logged(sora, make_version, curator):
    first, second = make_version(sora), make_version(sora)
    champion_promote(persona=sora, version=first)
    champion_promote(persona=sora, version=second, by=curator)
    assert champion_for(sora) == second
    move = ChampionMove.objects.first()
    assert (move.previous, move.version, move.by, move.reason) == (first, second, curator, "manual")


def test_promoting_the_champion_again_changes_nothing(sora, make_version):
    version = make_version(sora)
    assert champion_promote(persona=sora, version=version) is True
    assert champion_promote(persona=sora, version=version) is False
    assert ChampionMove.objects.count() == 1


def test_rolling_back_returns_to_the_champion_before(sora, make_version):
    first, second, third = (make_version(sora) for _ in range(3))
    for version in (first, second, third):
        champion_promote(persona=sora, version=version)
    assert champion_roll_back(persona=sora) == second
    assert champion_for(sora) == second


def test_rolling_back_twice_goes_further_back(sora, make_version):
    versions = [make_version(sora) for _ in range(3)]
    for version in versions:
        champion_promote(persona=sora, version=version)
    champion_roll_back(persona=sora)
    assert champion_roll_back(persona=sora) == versions[0]


def test_the_first_champion_cannot_be_rolled_back(sora, make_version):
    version = make_version(sora)
    champion_promote(persona=sora, version=version)
    with pytest.raises(ChampionRefused):
        champion_roll_back(persona=sora)
    assert champion_for(sora) == version


def test_another_personas_version_is_refused(sora, dodo, make_version):
    with pytest.raises(ChampionRefused):
        champion_promote(persona=sora, version=make_version(dodo))
    assert champion_for(sora) is None


def test_a_version_for_another_base_is_refused(sora, make_version):
    champion = make_version(sora)
    champion_promote(persona=sora, version=champion)
    with pytest.raises(ChampionRefused):
        champion_promote(persona=sora, version=make_version(sora, base_hash="c" * 64))
    assert champion_for(sora) == champion


def test_a_damaged_version_is_refused_and_the_champion_stays(sora, make_version):
    champion, damaged = make_version(sora), make_version(sora)
    champion_promote(persona=sora, version=champion)
    (damaged.folder / "adapter_model.safetensors").write_bytes(b"torn")
    with pytest.raises(AdapterRefused, match="adapter_model.safetensors"):
        champion_promote(persona=sora, version=damaged)
    assert champion_for(sora) == champion


def test_another_base_takes_its_own_last_champion_and_gives_it_back(sora, make_version):
    gemma, llama = make_version(sora), make_version(sora, base_hash="c" * 64)
    champion_promote(persona=sora, version=gemma)
    champions_fit_base(base_hash="c" * 64)
    assert champion_for(sora) is None, "no champion was ever made for this base"

    champion_promote(persona=sora, version=llama)
    champions_fit_base(base_hash="b" * 64)
    assert champion_for(sora) == gemma
    champions_fit_base(base_hash="c" * 64)
    assert champion_for(sora) == llama


def test_rolling_back_never_leads_to_another_bases_version(sora, make_version):
    champion_promote(persona=sora, version=make_version(sora))
    champions_fit_base(base_hash="c" * 64)
    champion_promote(persona=sora, version=make_version(sora, base_hash="c" * 64))
    with pytest.raises(ChampionRefused):
        champion_roll_back(persona=sora)


def test_a_champion_for_another_base_is_not_given_out(sora, make_version):
    champion_promote(persona=sora, version=make_version(sora))
    assert champion_for(sora, "b" * 64) is not None
    assert champion_for(sora, "c" * 64) is None
