"""The cast and the stage: real Redis, real database, and people with names."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing here may reach for a model hub
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "0")

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import redis
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from kombu import pools

from config.celery import app as celery_app
from config.serving.embedded_redis import EmbeddedRedis
from config.visitors import COOKIE, signed
from personas.privacy.models import Visitor
from personas.registry.models import Persona
from tests.e2e.site import LIMITS

# Speed is measured in benchmarks: an example that a busy machine holds up is no failure.
hypothesis.settings.register_profile("busy machine", deadline=None)
hypothesis.settings.load_profile("busy machine")


@pytest.fixture(autouse=True)
def unhashed_static_files(settings) -> None:
    """Pages name their files plainly, so that no test needs `collectstatic`."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_limits(settings) -> None:
    """Tests are quicker than people; those of the limits set their own."""
    for name in LIMITS:
        setattr(settings, name, 0)


@pytest.fixture(autouse=True)
def no_unasked_pairs(settings) -> None:
    """A message gets one answer, unless a test is about the others."""
    settings.UNASKED_PAIRS = 0


@pytest.fixture(autouse=True)
def unkept_pages(settings) -> None:
    """Every page is rendered anew, so that a test sees what it has just changed."""
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture
def kept_pages(settings, unkept_pages: None, tmp_path: Path) -> None:
    """Pages and figures are kept as on the real site, beginning with none."""
    kept = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(tmp_path)}
    settings.CACHES = {**settings.CACHES, "default": kept}


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tests' adapters and datasets go instead of this checkout's var/."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture(autouse=True)
def var_dir(settings, written: Path) -> Path:
    settings.VAR_DIR = written
    return written


@pytest.fixture(scope="session")
def redis_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    """One real Redis server for the whole run, ended by its own process handle."""
    server = EmbeddedRedis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_server(redis_process: EmbeddedRedis, settings) -> Iterator[str]:
    """Address of a real, empty Redis that Django, Channels and Celery use during this test."""
    url = redis_process.url
    settings.REDIS_URL = url
    settings.CELERY_BROKER_URL = url
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [url]}}
    }
    before = celery_app.conf.broker_url
    celery_app.conf.broker_url = url
    forget_broker_connections()
    with redis.Redis.from_url(url) as client:
        client.flushall()
    yield url
    celery_app.conf.broker_url = before
    forget_broker_connections()


def forget_broker_connections() -> None:
    """No test inherits another's connections to the broker."""
    pools.reset()
    celery_app._pool = celery_app.amqp._producer_pool = None


@pytest.fixture
def redis_client(redis_server: str) -> Iterator[redis.Redis]:
    """A plain client of the test's Redis, with text answers."""
    with redis.Redis.from_url(redis_server, decode_responses=True) as client:
        yield client


@pytest.fixture
def owner(db) -> Visitor:
    """The visitor whose things a test is about."""
    return Visitor.objects.create()


@pytest.fixture
def friend(db) -> Visitor:
    """Someone the owner gave a link to."""
    return Visitor.objects.create()


@pytest.fixture
def stranger(db) -> Visitor:
    """Someone who should see nothing of the owner's."""
    return Visitor.objects.create()


@pytest.fixture
def curator(db) -> User:
    """Staff who review preference pairs, and nothing else."""
    user = User.objects.create_user("curator", password="a password of the tests", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="curation", codename__endswith="preferencepair")
    )
    return user


@pytest.fixture
def personas(db) -> dict[str, Persona]:
    """The shipped personas, as `make run` loads them."""
    call_command("load_personas", verbosity=0)
    return {persona.slug: persona for persona in Persona.objects.all()}


@pytest.fixture
def egen(personas: dict[str, Persona]) -> Persona:
    return personas["egen"]


@pytest.fixture
def teto(personas: dict[str, Persona]) -> Persona:
    return personas["teto"]


@pytest.fixture
def sora(db) -> Persona:
    """A persona of the tests, without a champion."""
    return Persona.objects.create(
        slug="sora", name="소라", name_en="Sora", tagline="…", tagline_en="…", color="#123456"
    )


@pytest.fixture
def dodo(db) -> Persona:
    """Another one."""
    return Persona.objects.create(
        slug="dodo", name="도도", name_en="Dodo", tagline="…", tagline_en="…", color="#654321"
    )


@pytest.fixture
def visit(client):
    """Makes the test client carry a visitor's cookie: `visit(owner).get("/chat/egen/")`."""

    def as_visitor(visitor: Visitor):
        client.cookies[COOKIE] = signed(visitor.id)
        return client

    return as_visitor
