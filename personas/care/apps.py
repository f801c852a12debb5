from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CareConfig(AppConfig):
    name = "personas.care"
    verbose_name = _("위기 돌봄")
