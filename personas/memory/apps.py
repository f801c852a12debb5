from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MemoryConfig(AppConfig):
    name = "personas.memory"
    label = "memory"
    verbose_name = _("기억하는 것")
