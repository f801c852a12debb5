"""Processes that end with the one that started them, however that one ends. Python gives no such promise."""

import ctypes
import os
import signal
import threading

_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG in <sys/prctl.h>


def end_with(parent: int, by: signal.Signals = signal.SIGTERM) -> None:
    """This process gets the signal once `parent`, the process that forked it, has ended. It holds beyond an exec."""
    ctypes.CDLL(None, use_errno=True).prctl(_SET_PARENT_DEATH_SIGNAL, int(by), 0, 0, 0)
    if os.getppid() != parent:  # it had ended before the promise was made
        os.kill(os.getpid(), by)


def end_once_orphaned(every: float = 1.0) -> None:
    """This process ends soon after the one that forked it, asked every so many seconds: for one that was forked by a
    thread, whose end alone the signal above would be sent for."""
    parent = os.getppid()

    def watch() -> None:
        pause = threading.Event()
        while os.getppid() == parent:
            pause.wait(every)
        os._exit(1)

    threading.Thread(target=watch, name="end-once-orphaned", daemon=True).start()
