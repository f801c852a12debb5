"""Ends a worker that stands still: code that never lets another thread run would hold up every reply of the process.

No thread of Python's can notice that, since none runs. `faulthandler` waits in C: unless somebody puts the end off in
time, it writes where every thread stands and ends the process. Whoever started the worker starts it again.
"""

import faulthandler
import threading

from celery.signals import worker_ready

STANDSTILL_SECONDS = 60.0  # loading a model and compiling its loops let others run now and then, a pattern doesn't
EVERY_SECONDS = 5.0
STDERR = 2  # the descriptor itself: Celery puts something else in the place of sys.stderr


def watch(standstill: float = STANDSTILL_SECONDS, every: float = EVERY_SECONDS) -> None:
    """End this process (exit code 1) once its threads have not run for so many seconds."""
    threading.Thread(target=_put_off, args=(standstill, every), name="watchdog", daemon=True).start()


def _put_off(standstill: float, every: float) -> None:
    pause = threading.Event()
    while True:
        faulthandler.dump_traceback_later(standstill, exit=True, file=STDERR)
        pause.wait(every)


@worker_ready.connect
def watch_worker(sender, **kwargs) -> None:
    """The trainer is left alone: nobody waits for it, and its steps are long."""
    if "generate" in sender.app.amqp.queues.consume_from:
        watch()
