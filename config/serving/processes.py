"""The processes of the Procfile, run together by honcho."""

import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from honcho.environ import expand_processes, parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

READY_SECONDS = 300.0
ENDED_BY_THE_OPERATOR = (130, 143)  # Ctrl-C and SIGTERM, as shells count them


def run_procfile(procfile: Path, environment: Mapping[str, str], address: str) -> int:
    """Run every process until one ends or Ctrl-C, then end the others. Returns the first failure's exit code."""
    manager = Manager(Printer(sys.stdout))
    processes = parse_procfile(procfile.read_text()).processes
    for process in expand_processes(processes, env=dict(environment)):
        manager.add_process(process.name, process.cmd, env=process.env, cwd=str(procfile.parent))
    threading.Thread(target=_announce, args=(address,), daemon=True).start()
    manager.loop()
    return 0 if manager.returncode in (None, *ENDED_BY_THE_OPERATOR) else manager.returncode


def _announce(address: str) -> None:
    """Print the address once the whole chain (web, database, Redis, worker) answers."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):  # noqa: S310 (our own address)
                print(f"\n  준비됐습니다 / ready: {address}\n", flush=True)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
