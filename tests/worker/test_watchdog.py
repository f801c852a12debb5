"""A worker that stands still ends, so that it can be started again; one that is merely busy goes on."""

import subprocess
import sys

WATCH = "from inference_worker.watchdog import watch; watch(standstill=1.0, every=0.1); "


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", WATCH + code], capture_output=True, text=True, timeout=60)


def test_code_that_lets_nobody_else_run_ends_its_process_and_is_named():
    ended = run("import re; re.match('(?:a|aa)+$', 'a' * 64 + 'b')")
    assert ended.returncode == 1
    assert "Timeout" in ended.stderr and "re" in ended.stderr


def test_a_busy_process_that_lets_others_run_is_left_alone():
    ended = run("import time; end = time.monotonic() + 2.5\nwhile time.monotonic() < end: sum(range(1000))")
    assert ended.returncode == 0
