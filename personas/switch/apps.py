from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SwitchConfig(AppConfig):
    name = "personas.switch"
    verbose_name = _("답 쓰기 스위치")
