"""Which code trained a version: the repository's commit, or, where there is no git, a hash of the training's files."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def code_revision() -> str:
    """As in `git:3f2a9c1`, `git:3f2a9c1-dirty` or `files:0d81c2e49b7a`."""
    try:
        command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
        run = subprocess.run(command, cwd=_HERE, capture_output=True, text=True, timeout=10, check=True)
        return f"git:{run.stdout.strip()}"
    except (OSError, subprocess.SubprocessError):
        return f"files:{_files_hash()}"


def _files_hash() -> str:
    digest = hashlib.sha256()
    for file in sorted(_HERE.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]
