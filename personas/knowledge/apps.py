from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    name = "personas.knowledge"
    verbose_name = _("사이트 안내")
