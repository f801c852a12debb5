"""What must be true before `serve` starts anything. Each failure is one sentence that names the remedy."""

import fcntl
import shutil
import socket
from pathlib import Path
from typing import IO

NEEDED_BYTES = 1 << 30  # the converted base model, logs and a first database


class NotReady(Exception):
    """Something the start needs is missing."""


def check_port(host: str, port: int) -> None:
    """Raises NotReady when another program listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise NotReady(
                f"{host}:{port}을 쓸 수 없습니다 ({error.strerror}). PORT={port + 1} make run 처럼 바꾸세요."
                f" / {host}:{port} cannot be used; choose another, as in PORT={port + 1} make run."
            ) from error


def check_disk(folder: Path, needed: int = NEEDED_BYTES) -> None:
    """Raises NotReady when less than `needed` bytes are free where the site writes."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NotReady(
            f"디스크에 {free >> 20} MB만 남았습니다. {needed >> 20} MB를 비우고 다시 실행하세요. / Only {free >> 20} "
            f"MB are free at {folder}; {needed >> 20} MB are needed."
        )


def take_lock(path: Path) -> IO[str]:
    """Hold the returned file open for as long as the site runs. Raises NotReady when this checkout already runs."""
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise NotReady(
            "이 폴더에서 이미 실행 중입니다. 먼저 그것을 끝내세요 (Ctrl-C). / It already runs from this folder; "
            "end that first (Ctrl-C)."
        ) from error
    return lock
