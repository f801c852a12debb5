"""Replies of two versions and of a person, rounds made of them, and those who read."""

import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command

from personas.curation.roles import CURATORS, OPERATORS, roles_refresh
from personas.grading.models import GradingRound
from personas.grading.rows import replies_read
from personas.grading.services import round_make
from personas.registry.models import AdapterVersion, Persona


@pytest.fixture
def versions(sora: Persona) -> list[AdapterVersion]:
    """sora@v1 and sora@v2."""
    return [
        AdapterVersion.objects.create(
            persona=sora, number=number, base_hash="b" * 64, path="-", weights_sha256="w" * 64
        )
        for number in (1, 2)
    ]


def rows_of(version: str, count: int, **more: Any) -> list[dict[str, Any]]:
    """So many replies of one version."""
    return [
        {"prompt": f"질문 {number}", "reply": f"{version}의 답 {number}", "version": version, "persona": "sora", **more}
        for number in range(count)
    ]


@pytest.fixture
def make_round(versions) -> Callable[..., GradingRound]:
    """`make_round("6월", {"sora@v1": 3, "written": 2})`: a round of so many replies of each version."""

    def make(name: str, counts: dict[str, int], seed: int = 1) -> GradingRound:
        rows = [row for version, count in counts.items() for row in rows_of(version, count)]
        return round_make(name=name, rows=replies_read(map(json.dumps, rows)), seed=seed)

    return make


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows, or lines as they are, into a new file."""

    def write(rows: Iterable[dict[str, Any] | str]) -> Path:
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.jsonl"
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return file

    return write


def grade_replies(*options: Any) -> str:
    """What the command prints."""
    told = io.StringIO()
    call_command("grade_replies", *map(str, options), stdout=told)
    return told.getvalue()


@pytest.fixture
def staff(db) -> dict[str, User]:
    """A curator (kim) and an operator (lee), each of their group."""
    roles_refresh()
    people = {"kim": CURATORS, "lee": OPERATORS}
    for name, role in people.items():
        User.objects.create_user(name, is_staff=True).groups.add(Group.objects.get(name=role))
    return {name: User.objects.get(username=name) for name in people}
