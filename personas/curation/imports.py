"""Files of rows, taken in by a worker in short transactions, and taken up again if the worker dies."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from config.celery import app as celery_app
from personas.curation.models import ImportRun
from personas.curation.row_files import FileRefused, file_lines
from personas.curation.services import pairs_import, sft_rows_import
from personas.curation.trl_rows import RowsRefused

IMPORT_ROWS = "housekeeping.import_rows"
SILENT_SECONDS = 60  # an import that says nothing for so long has lost its worker, or its task

State: Any = ImportRun.State  # Any: a type checker without Django's stubs takes its members for tuples
Rows: Any = ImportRun.Rows
IMPORTS: dict[str, Any] = {Rows.PREFERENCE: pairs_import, Rows.SFT: sft_rows_import}


def import_begin(*, upload: str, rows: str, persona: str, by: User) -> ImportRun:
    """Ask for a file in VAR_DIR/imports to be taken in."""
    run = ImportRun.objects.create(upload=upload, rows=rows, persona=persona, by=by)
    _send_on_commit(run)
    return run


def import_work(*, import_id: int) -> None:
    """Take the rows in, once: a task that comes twice finds nothing to do."""
    mine = ImportRun.objects.filter(pk=import_id, state=State.WAITING)
    if not mine.update(state=State.RUNNING, seen_at=timezone.now()):
        return
    run = ImportRun.objects.get(pk=import_id)
    file = settings.VAR_DIR / "imports" / run.upload
    try:
        IMPORTS[run.rows](
            lines=file_lines(file.name, file.read_bytes()),
            persona=run.persona or None,
            progress=lambda total, done, new: _note(import_id, total=total, done=done, new=new),
        )
    except (FileNotFoundError, FileRefused, RowsRefused):
        _note(import_id, state=State.FAILED)
    else:
        _note(import_id, state=State.DONE)
        file.unlink(missing_ok=True)


def imports_resume() -> int:
    """Ask again for imports that have been silent; how many. What they have written already is not written twice."""
    silent = ImportRun.objects.filter(
        state__in=ImportRun.ACTIVE, seen_at__lt=timezone.now() - timedelta(seconds=SILENT_SECONDS)
    )
    runs = list(silent)
    for run in runs:
        _note(run.pk, state=State.WAITING)
        _send_on_commit(run)
    return len(runs)


def _note(import_id: int, **changes: Any) -> None:
    ImportRun.objects.filter(pk=import_id).update(**changes, seen_at=timezone.now())


def _send_on_commit(run: ImportRun) -> None:
    transaction.on_commit(lambda: celery_app.send_task(IMPORT_ROWS, args=[run.pk]), robust=True)
