"""Celery tasks of the morning."""

from smtplib import SMTPException

from celery import shared_task

from personas.morning.mail import summary_mail_send


@shared_task(
    name="housekeeping.mail_summary",
    autoretry_for=(OSError, SMTPException),
    retry_backoff=60,
    retry_backoff_max=1800,
    max_retries=6,
)
def mail_summary() -> None:
    """The morning's mail to the operators."""
    summary_mail_send()
