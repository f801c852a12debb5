"""The container files cannot run here; linters read them, and the rules we rely on are looked up."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from config.env import read_settings

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize("name", ["web.Dockerfile", "worker.Dockerfile"])
def test_hadolint_has_nothing_to_say(name):
    run = subprocess.run([BIN / "hadolint", ROOT / "docker" / name], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, "")


def test_yamllint_has_nothing_to_say():
    rules = "{extends: relaxed, rules: {line-length: disable}}"
    run = subprocess.run([BIN / "yamllint", "-d", rules, ROOT / "docker"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def test_the_web_image_installs_no_torch_and_the_worker_does():
    web = (ROOT / "docker" / "web.Dockerfile").read_text()
    worker = (ROOT / "docker" / "worker.Dockerfile").read_text()
    assert "-e .\n" in web and "worker" not in web.split("COPY . .")[0].split("RUN pip")[1]
    assert "-e '.[worker,train]'" in worker


def test_prometheus_reaches_the_workers_figures_from_beside_its_container():
    worker = (ROOT / "docker" / "worker.Dockerfile").read_text()
    assert "BIND=0.0.0.0" in worker
    assert f"EXPOSE {read_settings({})['WORKER_METRICS_PORT']}\n" in worker


def test_compose_starts_every_process_of_the_design():
    services = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())["services"]
    assert set(services) == {"database", "redis", "setup", "web", "beat", "worker", "trainer"}


def test_compose_asks_for_nothing_that_env_example_does_not_list():
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker" / "compose.yaml").read_text()))
    listed = set(re.findall(r"^(\w+)=", (ROOT / "docker" / "env.example").read_text(), re.M))
    assert asked - listed == {"PORT"}
