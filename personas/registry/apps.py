from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "personas.registry"
    verbose_name = _("어댑터와 학습")
