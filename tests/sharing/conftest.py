import pytest


@pytest.fixture(autouse=True)
def real_redis(redis_server: str) -> None:
    """Every test here sends its tasks to the test's own Redis."""
