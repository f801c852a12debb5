from django.apps import AppConfig


class InferenceWorkerConfig(AppConfig):
    """No models: the app is here for its management commands and for what a worker does when it is ready."""

    name = "inference_worker"

    def ready(self) -> None:
        from inference_worker import watchdog  # noqa: F401  (it listens for the worker's signal)
