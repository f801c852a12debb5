"""Without a GPU both personas are trained at once, each in a process with its share of the threads."""

import signal
import subprocess
import sys
from pathlib import Path

from inference_worker.training.side_by_side import train_side_by_side

ROOT = Path(__file__).resolve().parents[2]
TRAIN = """
import sys
from pathlib import Path
folder, *options = sys.argv[1:]
Path(folder, options[1]).write_text(" ".join(options))
sys.exit(options[1] == "teto" and "teto did not learn")
"""
# One write each: two processes share the pipe, and a line's end that comes by itself may stand behind the other's line.
TRAIN_FOR_EVER = "import os, time; os.write(1, b'trains\\n'); time.sleep(600)"
BOTH = f"""
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever starts tests in the background has switched it off
from inference_worker.training.side_by_side import train_side_by_side
train_side_by_side([sys.executable, "-c", {TRAIN_FOR_EVER!r}], ["egen", "teto"], threads=2)
"""


def test_each_persona_has_its_own_process_and_share_of_the_threads(tmp_path):
    assert train_side_by_side([sys.executable, "-c", TRAIN, str(tmp_path)], ["egen", "rambler"], threads=5)
    assert (tmp_path / "egen").read_text() == "--personas egen --threads 2"
    assert (tmp_path / "rambler").read_text() == "--personas rambler --threads 2"


def test_one_that_fails_is_told_and_takes_no_other_along(tmp_path, capfd):
    assert not train_side_by_side([sys.executable, "-c", TRAIN, str(tmp_path)], ["teto", "egen"], threads=2)
    assert (tmp_path / "egen").exists()
    assert capfd.readouterr().err == "teto did not learn\n"


def test_whoever_stops_the_training_stops_all_of_it():
    both = subprocess.Popen([sys.executable, "-c", BOTH], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert both.stdout and [both.stdout.readline() for _ in range(2)] == ["trains\n"] * 2
    both.send_signal(signal.SIGINT)
    # The pipe closes when the last of the three processes has ended.
    assert both.communicate(timeout=60)[0] == ""
