from django.apps import AppConfig


class CurationConfig(AppConfig):
    name = "personas.curation"
    verbose_name = "선호 데이터"
