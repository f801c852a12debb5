"""Taps that reach several web processes at one moment still make one walk and one result."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TAPPER = """
import django, uuid; django.setup()
from quiz.errors import AttemptEnded
from quiz.models import Choice, Quiz, Result
from quiz.services import answer_record, attempt_start
quiz = Quiz.objects.get(slug="developer")
print("ready", flush=True)
input()
attempt = attempt_start(quiz=quiz, visitor_id=uuid.UUID(int=1))
print(attempt.pk, flush=True)
input()
ended = 0
try:
    for question, answers in attempt.order:
        ended += answer_record(attempt=attempt, question_id=question, answer_id=answers[0]) is not None
except AttemptEnded:
    pass
print(ended, flush=True)
input()
print(Choice.objects.count(), Result.objects.count())
"""


@pytest.fixture
def tappers(tmp_path: Path) -> list[subprocess.Popen]:
    """Four processes on one database file, each ready to tap."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'race.sqlite3'}",
    }
    for command in (["migrate", "--verbosity=0"], ["load_quizzes", "--verbosity=0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return [subprocess.Popen([sys.executable, "-c", TAPPER], cwd=ROOT, env=environment, **pipes) for _ in range(4)]


def test_taps_in_four_processes_make_one_walk_and_one_result(tappers):
    def together() -> list[str]:
        """Let all go on at once; what each says next."""
        for tapper in tappers:
            tapper.stdin.write("go\n")
            tapper.stdin.flush()
        return [tapper.stdout.readline().strip() for tapper in tappers]

    assert [tapper.stdout.readline() for tapper in tappers] == ["ready\n"] * 4
    assert len(set(together())) == 1, "one walk"
    assert sorted(together()) == ["0", "0", "0", "1"], "one of them ended it"
    assert set(together()) == {"12 1"}, "twelve answers, one result"
    assert [tapper.wait(timeout=30) for tapper in tappers] == [0] * 4
