"""The lease holds between processes, which is where it is needed: beat, the admin's button and a terminal."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STARTER = """
import django; django.setup()
from personas.registry.models import Persona
from personas.registry.runs import RunAlreadyRunning, run_start
persona = Persona.objects.get(slug="egen")
print("ready", flush=True)
input()
try:
    print(run_start(persona=persona, trigger="race").status)
except RunAlreadyRunning:
    print("refused")
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A database file of its own, migrated and with the personas loaded."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'race.sqlite3'}",
    }
    load = "from personas.registry.shipped import persona_load_all; persona_load_all()"
    for command in (["migrate", "--verbosity=0"], ["shell", "--verbosity=0", "-c", load]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
    return environment


def test_of_starts_in_four_processes_at_one_moment_one_gets_the_lease(environment):
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", STARTER],
            cwd=ROOT,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    for starter in starters:
        assert starter.stdout.readline() == "ready\n"
    for starter in starters:
        starter.stdin.write("go\n")
        starter.stdin.flush()
    outcomes = [starter.communicate(timeout=60)[0].strip() for starter in starters]
    assert sorted(outcomes) == ["refused"] * 3 + ["running"]
