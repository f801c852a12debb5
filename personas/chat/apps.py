from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "personas.chat"
    verbose_name = "대화"
