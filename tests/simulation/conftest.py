"""The worker's stage: a tiny engine, and personas with tiny adapters."""

from tests.worker.conftest import engine, nothing_shipped, tiny_adapters, tiny_base

__all__ = ["engine", "nothing_shipped", "tiny_adapters", "tiny_base"]
