from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "personas.privacy"
    verbose_name = "개인정보"
