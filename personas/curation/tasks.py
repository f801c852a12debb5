"""Celery tasks of the curation desk."""

from celery import shared_task


@shared_task(name="housekeeping.refresh_pair_flags")
def refresh_pair_flags() -> None:
    """Flag the waiting pairs anew: how a voter votes shows only with time."""
    from personas.curation.flagging import pairs_flag
    from personas.curation.models import PreferencePair

    pairs_flag(pairs=PreferencePair.objects.undecided().filter(visitor__isnull=False))


@shared_task(name="housekeeping.import_rows")
def import_rows(import_id: int) -> None:
    """Take a file's rows in; the page that asked for it shows how far it has come."""
    from personas.curation.imports import import_work

    import_work(import_id=import_id)


@shared_task(name="housekeeping.resume_imports")
def resume_imports() -> None:
    """Imports whose worker has died are taken up again."""
    from personas.curation.imports import imports_resume

    imports_resume()
