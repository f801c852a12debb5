"""A night's training leaves the processor to whoever chats."""

import subprocess
import sys
from pathlib import Path

import pytest

RANKS = """
import os, django
django.setup()
from inference_worker import processor_rank
processor_rank.let_the_chat_go_first()
processor_rank.let_other_services_go_first()
print(os.sched_getscheduler(0) == os.SCHED_IDLE, open("/proc/self/autogroup").read())
"""


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="this kernel shares nothing out by session")
def test_a_training_service_ranks_last_in_its_session_and_its_session_last_of_all():
    answer = subprocess.run(
        [sys.executable, "-c", RANKS],
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "PATH": "/usr/bin:/bin"},
        start_new_session=True,  # as `make run` starts it; otherwise the tests themselves would rank last
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert answer.startswith("True") and "nice 19" in answer
