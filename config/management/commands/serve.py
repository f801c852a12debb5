"""`make run`: get everything ready, then run web, worker, trainer and beat until Ctrl-C."""

import os
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command

from config.serving.embedded_redis import EmbeddedRedis
from config.serving.preflight import NotReady, check_disk, check_port, take_lock
from config.serving.processes import run_processes


class Command(BaseCommand):
    help = "Sets the site up where needed and serves it with all its processes."
    requires_system_checks: list[str] = []

    def handle(self, *args, **options) -> None:
        try:
            self.serve()
        except NotReady as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.strerror}: {error.filename or settings.VAR_DIR}") from error

    def serve(self) -> None:
        host, port = settings.ENV["BIND"], settings.ENV["PORT"]
        check_port(host, port)
        check_disk(settings.VAR_DIR)
        with take_lock(settings.VAR_DIR / "run.lock"):
            self.prepare()
            embedded = None if settings.ENV["REDIS_URL"] else EmbeddedRedis(settings.VAR_DIR / "redis")
            try:
                os.environ.update(environment(embedded))
                address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104
                run_processes(settings.BASE_DIR / "supervisord.conf", address)
            finally:
                if embedded:
                    embedded.stop()

    def prepare(self) -> None:
        """Database, seed content, static files, base model: each step does nothing where it was done before."""
        self.step("데이터베이스를 준비합니다 / database")
        call_command("migrate", verbosity=0)
        self.step("테스트와 페르소나를 불러옵니다 / test and personas")
        call_command("load_quizzes", verbosity=0)
        call_command("load_personas", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        self.step("기반 모델을 준비합니다 / base model")
        call_command("prepare_base_model")
        if not get_user_model().objects.filter(is_superuser=True).exists():
            self.step("관리자 만들기 / make an administrator: .venv/bin/python manage.py createsuperuser")

    def step(self, text: str) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"· {text}"))
        self.stdout.flush()


def environment(embedded: EmbeddedRedis | None) -> dict[str, str]:
    """What the processes of supervisord.conf get beside what this one has."""
    server, config = embedded.prepare() if embedded else ("", "")
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
        "REDIS_IS_OURS": "true" if embedded else "false",
        "REDIS_SERVER": server or "redis-server",
        "REDIS_CONFIG": config,
        "REDIS_URL": embedded.url if embedded else settings.ENV["REDIS_URL"],
        "VAR_DIR": str(settings.VAR_DIR),
        "BIND": settings.ENV["BIND"],
        "PORT": str(settings.ENV["PORT"]),
        "FORWARDED_ALLOW_IPS": settings.ENV["TRUSTED_PROXIES"],
        # A thread waits for each reply while the engine writes it; a few more keep housekeeping and canaries moving.
        "REPLY_THREADS": str(settings.REPLY_SLOTS * 2 + 4),
    }
