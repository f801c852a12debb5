from django.apps import AppConfig


class RouterConfig(AppConfig):
    name = "personas.router"
