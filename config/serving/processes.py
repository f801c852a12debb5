"""The processes of supervisord.conf, run by supervisor in the foreground: what ends is started again, and told of."""

import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

from supervisor import events
from supervisor.medusa import asyncore_25 as asyncore
from supervisor.options import ServerOptions
from supervisor.states import SupervisorStates
from supervisor.supervisord import Supervisor

from config.serving.tied import end_with

READY_SECONDS = 300.0
LONGEST_NAME = len("trainer")


def run_processes(conf: Path, address: str) -> None:
    """Run every process of the file until Ctrl-C or SIGTERM, then end them all. They get this process's environment."""
    options = _Options()
    options.realize(["-c", str(conf), *(["-u", "root"] if os.getuid() == 0 else [])])
    options.first, options.test = True, False  # as its own main does: this is no start over, and no rehearsal
    threading.Thread(target=_announce, args=(address,), daemon=True).start()
    with suppress(asyncore.ExitNow):  # its way of saying that everything has ended
        _Supervisor(options).main()


class _Options(ServerOptions):
    """Supervisor's options. Its hook in a fresh child is where the child is told with whom it ends."""

    def __init__(self) -> None:
        super().__init__()
        self._supervisor = os.getpid()

    def setpgrp(self) -> None:
        # A session of its own instead of a group alone: Linux shares processor time out by session, and the trainer
        # ranks its own one last (inference_worker.processor_rank).
        os.setsid()
        # Killed outright, supervisor can end nobody. SIGKILL, since a worker asked politely finishes its work first.
        end_with(self._supervisor, by=signal.SIGKILL)


class _Supervisor(Supervisor):
    """Supervisor, telling on the terminal what the processes say and what becomes of them."""

    def runforever(self) -> None:
        events.subscribe(events.ProcessLogStdoutEvent, _Lines().take)
        events.subscribe(events.ProcessStateExitedEvent, self._tell_of_end)
        events.subscribe(events.ProcessStateBackoffEvent, self._tell_of_end)
        super().runforever()

    def _tell_of_end(self, event: events.ProcessStateEvent) -> None:
        if self.options.mood < SupervisorStates.RUNNING:
            return  # it was asked to end
        name, wait = event.process.config.name, int(event.process.backoff)
        _print_line(
            name,
            f"끝나서 {f'{wait}초 뒤 ' if wait else ''}다시 시작합니다 / it ended and is started again"
            f"{f' in {wait} s' if wait else ''}",
        )


class _Lines:
    """Puts a process's name before each line it prints."""

    def __init__(self) -> None:
        self._begun: dict[str, bytes] = defaultdict(bytes)

    def take(self, event: events.ProcessLogStdoutEvent) -> None:
        """Print what is whole of the lines; the rest waits for its end."""
        name = event.process.config.name
        *lines, self._begun[name] = (self._begun[name] + event.data).split(b"\n")
        for line in lines:
            _print_line(name, line.decode(errors="replace"))


def _print_line(name: str, text: str) -> None:
    sys.stdout.write(f"{name:<{LONGEST_NAME}} | {text}\n")
    sys.stdout.flush()


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
