from django.apps import AppConfig


class InferenceWorkerConfig(AppConfig):
    """No models: the app is here for its management commands."""

    name = "inference_worker"
