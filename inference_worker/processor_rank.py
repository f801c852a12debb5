"""How little of the processor a training takes, so that people keep chatting on a small machine."""

import os
from contextlib import suppress
from pathlib import Path


def let_the_chat_go_first() -> None:
    """Take only the processor time that nobody else wants; torch's threads, made later, inherit it.

    On a small machine a reply's threads wait for each other at every layer: one that a training at equal rank holds up
    holds them all up.
    """
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def let_other_services_go_first() -> None:
    """Give this whole service the lowest share of the processor, where Linux shares it out by session.

    `make run` starts every service in a session of its own, and with such "autogroups" a thread's rank counts within
    its session: an idle-rank training took half of the processor from the chat.
    """
    with suppress(OSError):  # no autogroups here, or /proc is read-only
        Path("/proc/self/autogroup").write_text("19")
