"""Rows in which somebody is in danger carry the flag, are not approved in bulk, and are in no snapshot."""

import io
import json

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from personas.curation.deciding import deed_preview, pairs_approve, pairs_reject
from personas.curation.flagging import pairs_flag
from personas.curation.models import Decision, PairFlag, PreferencePair, SftRow
from personas.curation.selectors import removed_rows
from personas.curation.services import pairs_import
from personas.curation.snapshots import snapshot_make
from personas.curation.tasks import flag_dangers
from personas.curation.text_flags import Kind

DANGER = [{"role": "user", "content": "죽고 싶어"}]
EARLIER = [*DANGER, {"role": "assistant", "content": "무슨 일 있었어?"}, {"role": "user", "content": "그냥"}]


@pytest.fixture
def desk(db) -> User:
    return User.objects.create_superuser("desk")


@pytest.mark.parametrize("prompt", [DANGER, EARLIER], ids=["in the message", "in the talk before it"])
def test_a_danger_is_flagged(make_pair, prompt):
    pair = make_pair(prompt=prompt)
    pairs_flag(pairs=[pair])
    assert {(flag.kind, flag.side) for flag in pair.flags.all()} >= {(Kind.DANGER, "prompt")}


@pytest.mark.parametrize("side", ["chosen", "rejected"])
def test_so_is_one_in_a_reply(make_pair, side):
    pair = make_pair(**{side: "나도 그냥 죽고 싶어"})
    pairs_flag(pairs=[pair])
    assert pair.flags.filter(kind=Kind.DANGER, side=side).exists()


def test_an_everyday_row_is_not(make_pair):
    pair = make_pair(prompt=[{"role": "user", "content": "오늘 급식 맛있었어"}], chosen="좋았겠다!", rejected="그래.")
    pairs_flag(pairs=[pair])
    assert not pair.flags.filter(kind=Kind.DANGER).exists()


def test_imports_are_looked_at(sora):
    row = {"prompt": DANGER, "chosen": "괜찮아?", "rejected": "그래", "persona": "sora"}
    pairs_import(lines=[json.dumps(row, ensure_ascii=False)])
    assert PairFlag.objects.filter(kind=Kind.DANGER).exists()


def test_bulk_approval_leaves_it_out_and_the_preview_says_so(make_pair, desk):
    danger, other = make_pair(prompt=DANGER), make_pair()
    pairs_flag(pairs=[danger, other])
    preview = deed_preview(pairs=[danger.pk, other.pk], deed=Decision.Deed.APPROVE, by=desk)
    assert preview.pairs == [other] and preview.left == 1
    assert pairs_approve(pairs=[danger.pk, other.pk], by=desk) == [other]
    assert pairs_reject(pairs=[danger.pk], by=desk) == [danger]


@pytest.mark.parametrize("is_flagged", [True, False])
def test_whatever_a_curator_does_it_is_in_no_snapshot(sora, make_pair, is_flagged):
    danger, other = make_pair(prompt=EARLIER, status="approved"), make_pair(status="approved")
    if is_flagged:
        pairs_flag(pairs=[danger])
    assert list(snapshot_make(persona=sora).pairs.all()) == [other]


def test_what_stands_in_a_snapshot_already_is_found_and_missing_in_the_next(sora, make_pair):
    pair, other = make_pair(status="approved"), make_pair(status="approved")
    before = snapshot_make(persona=sora)
    PreferencePair.objects.filter(pk=pair.pk).update(prompt=DANGER)  # as if it had come in before anybody looked
    assert removed_rows(before) == 0
    flag_dangers()
    assert removed_rows(before) == 1
    assert list(snapshot_make(persona=sora).pairs.all()) == [other]


def test_examples_for_sft_with_a_danger_are_not_handed_on(sora):
    for asked in ("죽고 싶어", "오늘 급식 맛있었어"):
        messages = [{"role": "user", "content": asked}, {"role": "assistant", "content": "그랬구나"}]
        SftRow.objects.create(persona=sora, messages=messages)
    out, err = io.StringIO(), io.StringIO()
    call_command("export_sft_rows", persona="sora", stdout=out, stderr=err)
    assert "급식" in out.getvalue() and "죽고" not in out.getvalue() and "1 rows were left out" in err.getvalue()
