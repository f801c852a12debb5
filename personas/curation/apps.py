from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CurationConfig(AppConfig):
    name = "personas.curation"
    verbose_name = _("선호 데이터")

    def ready(self) -> None:
        """Listen to withdrawn consents and to deletions."""
        from personas.curation import exemplar_withdrawal  # noqa: F401
