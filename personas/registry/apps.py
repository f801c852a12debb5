from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "personas.registry"
    verbose_name = "어댑터와 학습"
