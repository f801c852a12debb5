"""The summary by mail, where mail is set."""

from datetime import date

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from personas.morning.models import SummaryMail
from personas.morning.summary import morning_summary


def summary_mail_send(*, day: date | None = None) -> bool:
    """Mail today's summary to the operators. False where no mail is set or today's has gone out already.

    Raises OSError or SMTPException where the mail server refuses; it may be tried again.
    """
    if not (settings.MAIL_URL and settings.OPERATOR_MAIL):
        return False
    mail, made = SummaryMail.objects.get_or_create(day=day or timezone.localdate())
    if not made:
        return False
    try:
        with translation.override(settings.LANGUAGE_CODE):
            subject = _("에겐·테토 아침 요약 {day}").format(day=mail.day)
            text = render_to_string("morning/mail.txt", {"summary": morning_summary()})
            send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, settings.OPERATOR_MAIL)
    except BaseException:
        mail.delete()
        raise
    return True
