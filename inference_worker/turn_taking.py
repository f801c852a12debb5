"""Taking turns with the chat: a training that stands still while replies are being written (TRAINING_GPU=turns).

For a processor or a GPU that serves both and is too small to do it at once. It costs the chat nothing but the step that
is under way, and the training goes on after at most MAX_WAIT seconds, so that a busy night still ends.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

LOOK_EVERY = 0.25
MAX_WAIT = 10.0  # seconds a step

Progress = Callable[[dict[str, Any]], None]


def turn_taking(
    progress: Progress, chat_is_busy: Callable[[], bool], sleep: Callable[[float], None] = time.sleep
) -> Progress:
    """A progress that, at every word of the training, first lets the replies that are under way be finished."""

    def wait_then_tell(event: Mapping[str, Any]) -> None:
        waited = 0.0
        while waited < MAX_WAIT and chat_is_busy():
            sleep(LOOK_EVERY)
            waited += LOOK_EVERY
        progress({**event, "waited": waited} if waited else dict(event))

    return wait_then_tell
