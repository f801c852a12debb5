from django.apps import AppConfig


class VotingConfig(AppConfig):
    name = "personas.voting"
    verbose_name = "투표"
