"""The embedded base, converted once per checkout (where `make run` keeps it) and shared by these tests."""

from pathlib import Path

import pytest

from inference_worker.base_model import BaseModel, load_tokenizer, resolve_base_model

CACHE = Path(__file__).parents[2] / "var" / "base"


@pytest.fixture(scope="session")
def embedded() -> BaseModel:
    return resolve_base_model(cache=CACHE)


@pytest.fixture(scope="session")
def embedded_tokenizer(embedded: BaseModel):
    return load_tokenizer(embedded)
