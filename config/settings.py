"""Django settings. What the environment may change is listed in `env.py`; nothing else reads the environment."""

import secrets
from pathlib import Path

import dj_database_url
from celery.schedules import crontab

from config.admin_look import COLORS
from config.env import environ_settings

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = environ_settings(BASE_DIR)

# Everything the running site writes: database, embedded Redis, converted base model, trained adapters, logs.
VAR_DIR = BASE_DIR / ENV["VAR_DIR"]
VAR_DIR.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    if ENV["SECRET_KEY"]:
        return ENV["SECRET_KEY"]
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


def _redis_url() -> str:
    """The named server, else the embedded one that `make run` started (it leaves its address in var/redis/url)."""
    embedded = VAR_DIR / "redis" / "url"
    if ENV["REDIS_URL"] or not embedded.exists():
        return ENV["REDIS_URL"] or "redis://127.0.0.1:6379/0"
    return embedded.read_text().strip()


SECRET_KEY = _secret_key()
DEBUG = ENV["DEBUG"]
ALLOWED_HOSTS = ENV["ALLOWED_HOSTS"]
CSRF_TRUSTED_ORIGINS = ENV["TRUSTED_ORIGINS"]

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "django_htmx",
    "django_celery_beat",
    "import_export",
    "simple_history",
    "config",
    "quiz",
    "personas.privacy",
    "personas.registry",
    "personas.chat",
    "personas.voting",
    "personas.sharing",
    "personas.curation",
    "inference_worker",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "config.visitors.VisitorMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# SQLite answers many readers and one writer at a time: WAL lets them work side by side, IMMEDIATE takes the write lock
# at the start of a transaction (a later upgrade would fail at once instead of waiting).
DATABASES = {
    "default": dj_database_url.parse(ENV["DATABASE_URL"] or f"sqlite:///{VAR_DIR / 'db.sqlite3'}", conn_max_age=60)
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # The tests race threads against each other: in memory they would share one connection's locks.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Share cards. Files: every web process of this machine finds them, and so does the next start.
    "cards": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "cards",
        "TIMEOUT": 30 * 24 * 3600,
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}

REDIS_URL = _redis_url()
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
}

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 12 * 3600}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ROUTES = {
    "generate.*": {"queue": "generate"},
    "housekeeping.*": {"queue": "housekeeping"},
    "train.*": {"queue": "train"},
}
# A worker takes only what it can start: Redis would hold a prefetched reply back from an idle worker.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Seoul"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
# Written to the database at first start; from then on the admin's "periodic tasks" are the truth.
CELERY_BEAT_SCHEDULE = {
    "nightly retraining": {"task": "train.retrain_all", "schedule": crontab(hour="4", minute="0")},
    "stalled replies": {"task": "housekeeping.retry_stalled_replies", "schedule": 10.0},
    "takers": {"task": "housekeeping.reconcile_takers", "schedule": 300.0},
    "item reports": {"task": "housekeeping.refresh_item_reports", "schedule": 600.0},
}

LOGIN_REDIRECT_URL = "/admin/"

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Seoul"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
}

SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
HTTPS_ONLY = any(origin.startswith("https://") for origin in CSRF_TRUSTED_ORIGINS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS_ONLY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS_ONLY else None

BASE_MODEL = ENV["BASE_MODEL"]
QUANTIZATION = ENV["QUANTIZATION"]
BASE_MODEL_CACHE = VAR_DIR / "base"
ENGINE_URL = ENV["ENGINE_URL"]
REPLY_SLOTS = ENV["REPLY_SLOTS"]
WORKER_METRICS_PORT = ENV["WORKER_METRICS_PORT"]
KAKAO_JS_KEY = ENV["KAKAO_JS_KEY"]
MIN_TRAINING_PAIRS = ENV["MIN_TRAINING_PAIRS"]

UNFOLD = {"SITE_TITLE": "에겐·테토 관리", "SITE_HEADER": "에겐·테토", "SHOW_HISTORY": True, "COLORS": COLORS}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": ENV["LOG_LEVEL"]},
    "loggers": {"httpx2": {"level": "WARNING"}},  # it tells of every request, and a reply is one
}
