"""A thumb is its visitor's: counted, taken along, and gone with them."""

import json

import pytest

from personas.privacy.services import visitor_delete
from personas.thumbs.models import Thumb
from personas.thumbs.services import thumb_explain

pytestmark = pytest.mark.django_db


def test_it_is_in_the_download_of_its_visitor_and_of_nobody_else(make_thumb, owner, stranger, visit):
    thumb_explain(thumb=make_thumb(owner, "down", text="물 마셔"), reasons=["off_topic"])
    mine = json.loads(visit(owner).get("/privacy/download/").content)["thumbs"]
    assert [(one["reply"], one["choice"], one["reasons"]) for one in mine] == [("물 마셔", "별로예요", ["off_topic"])]
    assert json.loads(visit(stranger).get("/privacy/download/").content)["thumbs"] == []


def test_the_privacy_page_counts_it(make_thumb, owner, visit):
    make_thumb(owner)
    assert "엄지 1개" in visit(owner).get("/privacy/").content.decode()


def test_it_goes_with_its_visitor_history_and_all(make_thumb, owner, friend):
    make_thumb(owner)
    kept = make_thumb(friend)
    visitor_delete(visitor_id=owner.pk)
    assert list(Thumb.objects.all()) == [kept]
    assert set(Thumb.history.values_list("id", flat=True)) == {kept.pk}


def test_it_goes_with_its_conversation(make_thumb, owner):
    make_thumb(owner).reply.turn.conversation.delete()
    assert not Thumb.objects.exists()
