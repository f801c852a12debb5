"""Who may know whom (ARCHITECTURE.md). The contracts themselves stand in pyproject.toml."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_import_contract_holds():
    run = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def test_the_asgi_application_never_loads_torch_nor_what_the_statistics_count_with():
    program = (
        "import sys, config.asgi; from django.urls import get_resolver; get_resolver().url_patterns;"
        "heavy = {'torch', 'transformers', 'peft', 'trl', 'numpy', 'scipy', 'pandas'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_only_the_tasks_touch_the_orm_in_the_worker():
    """Commands, and the experiment that plays visitors for one, stand outside the worker's way."""
    worker = ROOT / "inference_worker"
    allowed = {worker / "tasks.py", worker / "apps.py"}
    users = [
        path
        for path in worker.rglob("*.py")
        if path not in allowed and not {"management", "simulation"} & set(path.parts)
        if re.search(r"^\s*(from|import) (django\.db|personas|quiz)\b", path.read_text(), re.M)
    ]
    assert users == []
