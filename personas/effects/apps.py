from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EffectsConfig(AppConfig):
    name = "personas.effects"
    verbose_name = _("투표가 바꾼 것")
