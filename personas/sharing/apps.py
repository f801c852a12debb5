from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SharingConfig(AppConfig):
    name = "personas.sharing"
    verbose_name = _("나눈 대화")
