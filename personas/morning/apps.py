from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MorningConfig(AppConfig):
    name = "personas.morning"
    verbose_name = _("아침 요약")
