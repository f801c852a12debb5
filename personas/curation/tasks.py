"""Celery tasks of the curation desk."""

from celery import shared_task

from inference_worker import contracts


@shared_task(name="housekeeping.refresh_pair_flags")
def refresh_pair_flags() -> None:
    """Flag the waiting pairs anew: how a voter votes shows only with time."""
    from personas.curation.flagging import pairs_flag
    from personas.curation.models import PreferencePair

    pairs_flag(pairs=PreferencePair.objects.undecided().filter(visitor__isnull=False))


@shared_task(name=contracts.FLAG_DANGERS)
def flag_dangers() -> None:
    """Flag every pair and thumb in which somebody is in danger, decided ones too: once after this rule came, and
    whenever the classifier learned more. What is flagged is in no snapshot from then on."""
    from personas.curation.flagging import pairs_flag
    from personas.curation.models import PreferencePair
    from personas.thumbs.flagging import thumbs_flag
    from personas.thumbs.models import Thumb

    pairs_flag(pairs=PreferencePair.objects.iterator())
    thumbs_flag(thumbs=Thumb.objects.select_related("reply__turn__conversation").iterator())


@shared_task(name=contracts.FORGET_EXEMPLARS)
def forget_exemplars(sources: list[str] | None = None) -> None:
    """Take the texts of exemplars that were taken back out of the replies and pairs that read them; without `sources`,
    of all that there are."""
    from personas.curation.exemplar_withdrawal import exemplars_forget, exemplars_sweep

    exemplars_sweep() if sources is None else exemplars_forget(sources=sources)


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
