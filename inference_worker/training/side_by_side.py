"""Personas trained at once, a process each, where there is no GPU to share."""

from __future__ import annotations

import subprocess


def train_side_by_side(command: list[str], slugs: list[str], threads: int) -> bool:
    """Run the training `command` for each persona in a process of its own; whether all of them finished.

    The threads are shared out: much of a step on a CPU runs on one thread only, while a second core would idle.
    """
    share = str(threads // len(slugs))
    processes = [subprocess.Popen([*command, "--personas", slug, "--threads", share]) for slug in slugs]
    try:
        codes = [process.wait() for process in processes]  # one that fails takes no other along
        return not any(codes)
    finally:
        for process in processes:  # where this one is stopped, they are too
            process.terminate()
            process.wait()
