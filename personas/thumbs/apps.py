from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ThumbsConfig(AppConfig):
    name = "personas.thumbs"
    verbose_name = _("엄지")
