import hashlib
import json

from personas.curation.deciding import pair_edit
from personas.curation.snapshots import snapshot_make
from personas.registry.models import DatasetSnapshot


def test_a_snapshot_holds_trl_rows_named_by_their_hash(sora, make_pair):
    pair = make_pair(status="approved")
    snapshot = snapshot_make(persona=sora)
    content = snapshot.file.read_bytes()
    assert snapshot.sha256 == hashlib.sha256(content).hexdigest()
    assert snapshot.file.name == f"sora-{snapshot.sha256[:12]}.jsonl"
    assert [json.loads(line) for line in content.splitlines()] == [
        {
            "prompt": pair.prompt,
            "chosen": [{"role": "assistant", "content": pair.chosen}],
            "rejected": [{"role": "assistant", "content": pair.rejected}],
            "pair": pair.pk,
        }
    ]
    assert list(snapshot.pairs.all()) == [pair]


def test_only_approved_pairs_of_the_persona_are_in_it(sora, dodo, make_pair):
    approved = make_pair(status="approved")
    make_pair(status="rejected")
    make_pair()
    make_pair(status="approved", persona=dodo)
    assert list(snapshot_make(persona=sora).pairs.all()) == [approved]


def test_the_same_content_gives_the_same_snapshot(sora, make_pair):
    make_pair(status="approved")
    first = snapshot_make(persona=sora)
    written = first.file.stat().st_mtime_ns
    assert snapshot_make(persona=sora) == first
    assert first.file.stat().st_mtime_ns == written
    assert DatasetSnapshot.objects.count() == 1


def test_an_edit_makes_another_snapshot_and_the_first_keeps_its_rows(sora, make_pair, curator):
    pair = make_pair(status="approved", chosen="처음 답")
    first = snapshot_make(persona=sora)
    before = first.file.read_bytes()
    pair_edit(pair=pair, chosen="고친 답", rejected=pair.rejected, by=curator)
    second = snapshot_make(persona=sora)
    assert second != first
    assert first.file.read_bytes() == before
    assert "고친 답" in second.file.read_text()


def test_a_pair_without_consent_is_left_out_until_it_is_given(sora, make_pair, owner, consenting, stranger):
    allowed = make_pair(status="approved", visitor=consenting)
    make_pair(status="approved", visitor=stranger)
    assert list(snapshot_make(persona=sora).pairs.all()) == [allowed]


def test_withdrawn_consent_removes_the_row_from_the_next_snapshot(sora, make_pair, consenting):
    imported = make_pair(status="approved")
    make_pair(status="approved", visitor=consenting)
    assert snapshot_make(persona=sora).rows == 2
    consenting.training_consent_at = None
    consenting.save()
    assert list(snapshot_make(persona=sora).pairs.all()) == [imported]


def test_a_snapshot_names_no_visitor(sora, make_pair, consenting):
    make_pair(status="approved", visitor=consenting)
    assert str(consenting.id) not in snapshot_make(persona=sora).file.read_text()


def test_without_pairs_there_is_no_snapshot(sora, make_pair):
    make_pair()
    assert snapshot_make(persona=sora) is None


def test_a_deleted_file_is_written_again(sora, make_pair):
    make_pair(status="approved")
    first = snapshot_make(persona=sora)
    content = first.file.read_bytes()
    first.file.unlink()
    assert snapshot_make(persona=sora) == first
    assert first.file.read_bytes() == content
