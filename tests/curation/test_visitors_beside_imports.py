"""A long import, its preview included, keeps nobody from the database for long."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from personas.curation.exchange_pages import import_preview
from personas.curation.services import pairs_import
from quiz.models import Attempt

pytestmark = pytest.mark.django_db(transaction=True)

LINES = [
    json.dumps({"prompt": f"{number}번 고민", "chosen": f"{number}이면 힘들었겠다", "rejected": "일."})
    for number in range(250)
]


@pytest.fixture
def site(personas) -> None:
    call_command("load_quizzes", verbosity=0)


def visit() -> list[int]:
    """Somebody begins a test and a chat, in a thread and on a connection of their own."""
    try:
        visitor = Client()
        return [visitor.post("/quiz/general/begin/").status_code, visitor.get("/chat/egen/").status_code]
    finally:
        connection.close()


def test_a_visitor_begins_a_test_and_a_chat_between_any_two_pieces_of_an_import(site):
    seen = []
    with ThreadPoolExecutor(1) as elsewhere:
        pairs_import(
            lines=LINES, persona="egen", progress=lambda *_: seen.append(elsewhere.submit(visit).result(timeout=60))
        )
    assert seen == [[302, 200]] * 3
    assert Attempt.objects.count() == 3


def test_a_visitor_begins_a_test_and_a_chat_while_a_preview_is_made(site, tmp_path, monkeypatch):
    upload = tmp_path / "rows.jsonl"
    upload.write_text("\n".join(LINES))
    seen = []

    def looked_at(**rows):
        with ThreadPoolExecutor(1) as elsewhere:
            seen.append(elsewhere.submit(visit).result(timeout=60))
        return []

    monkeypatch.setattr("personas.curation.exchange_pages.pairs_look", looked_at)
    assert import_preview(upload, "preference", "egen")["new"] == len(LINES)
    assert seen == [[302, 200]]
