"""Django settings. What the environment may change is listed in `env.py`; nothing else reads the environment."""

import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlparse

import dj_database_url
from celery.schedules import crontab
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from config.admin_look import COLORS
from config.content_policy import site_policy
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
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "config.apps.LoginLimitsConfig",
    "config",
    "quiz",
    "personas.privacy",
    "personas.registry",
    "personas.chat",
    "personas.memory",
    "personas.switch",
    "personas.knowledge",
    "personas.care",
    "personas.voting",
    "personas.thumbs",
    "personas.router",
    "personas.sharing",
    "personas.curation",
    "personas.effects",
    "personas.morning",
    "personas.ratings",
    "personas.grading",
    "inference_worker",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.content_policy.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "config.second_factor.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "config.limits.LimitMiddleware",
    "config.visitors.VisitorMiddleware",
    "axes.middleware.AxesMiddleware",
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
                "config.content_policy.csp_nonce",
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
CELERY_BEAT_SCHEDULER = "config.schedule:EditableScheduler"
# Written to the database at first start; from then on the admin's "periodic tasks" are the truth.
CELERY_BEAT_SCHEDULE = {
    "nightly retraining": {"task": "train.retrain_all", "schedule": crontab(hour="4", minute="0")},
    "lost training runs": {"task": "housekeeping.resume_lost_runs", "schedule": 60.0},
    "stalled replies": {"task": "housekeeping.retry_stalled_replies", "schedule": 10.0},
    "morning summary": {"task": "housekeeping.mail_summary", "schedule": crontab(hour="8", minute="0")},
    "ratings": {"task": "housekeeping.refresh_ratings", "schedule": 1800.0},
    "takers": {"task": "housekeeping.reconcile_takers", "schedule": 300.0},
    "item reports": {"task": "housekeeping.refresh_item_reports", "schedule": 600.0},
    "withdrawn exemplars": {"task": "housekeeping.forget_exemplars", "schedule": 600.0},
    "pair flags": {"task": "housekeeping.refresh_pair_flags", "schedule": 1800.0},
    "lost imports": {"task": "housekeeping.resume_imports", "schedule": 60.0},
    "thumb flags": {"task": "housekeeping.refresh_thumb_flags", "schedule": 1800.0},
    "dangers among rows": {"task": "housekeeping.flag_dangers", "schedule": crontab(hour="3", minute="0")},
    "words said in care": {"task": "housekeeping.forget_care", "schedule": crontab(hour="5", minute="0")},
}

LOGIN_REDIRECT_URL = "/admin/"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# Five wrong passwords for one name from one address, and that address waits; others can still log in under the name.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# What failed is kept (and shown in config/admin.py); who logged in when and from where is not.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

SECOND_FACTOR_REQUIRED = ENV["SECOND_FACTOR_REQUIRED"]
OTP_TOTP_ISSUER = "에겐·테토"  # how the authenticator app calls this site

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Seoul"
USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": site_policy(origins=CSRF_TRUSTED_ORIGINS, with_kakao=bool(ENV["KAKAO_JS_KEY"]))
}
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
# Only staff have sessions (a visitor's id is a signed cookie). Every click prolongs one.
SESSION_COOKIE_AGE = ENV["STAFF_SESSION_HOURS"] * 3600
SESSION_SAVE_EVERY_REQUEST = True
HTTPS_ONLY = any(origin.startswith("https://") for origin in CSRF_TRUSTED_ORIGINS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS_ONLY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS_ONLY else None

BASE_MODEL = ENV["BASE_MODEL"]
QUANTIZATION = ENV["QUANTIZATION"]
BASE_MODEL_CACHE = VAR_DIR / "base"
ENGINE_URL = ENV["ENGINE_URL"]
REPLY_SLOTS = ENV["REPLY_SLOTS"]
WORKER_METRICS_PORT = ENV["WORKER_METRICS_PORT"]
UNASKED_PAIRS = ENV["UNASKED_PAIRS"]
CARE_KEPT_DAYS = ENV["CARE_KEPT_DAYS"]
KAKAO_JS_KEY = ENV["KAKAO_JS_KEY"]
MIN_TRAINING_PAIRS = ENV["MIN_TRAINING_PAIRS"]
MIN_TRAINING_THUMBS = ENV["MIN_TRAINING_THUMBS"]
TRAINING_GPU = ENV["TRAINING_GPU"]
CURATION_OVERLAP = ENV["CURATION_OVERLAP"]

MESSAGES_A_MINUTE = ENV["MESSAGES_A_MINUTE"]
REPLIES_A_DAY = ENV["REPLIES_A_DAY"]
ADDRESS_REPLIES_A_DAY = ENV["ADDRESS_REPLIES_A_DAY"]
ADDRESS_STARTS_AN_HOUR = ENV["ADDRESS_STARTS_AN_HOUR"]
MAX_RUNNING_REPLIES = ENV["MAX_RUNNING_REPLIES"]

MAIL_URL = ENV["MAIL_URL"]
OPERATOR_MAIL = ENV["OPERATOR_MAIL"]
DEFAULT_FROM_EMAIL = ENV["MAIL_FROM"]
_mail = urlparse(MAIL_URL)
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or (465 if _mail.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_USE_TLS = not EMAIL_USE_SSL and bool(EMAIL_HOST_USER)
EMAIL_TIMEOUT = 10

UNFOLD = {
    "SITE_TITLE": "에겐·테토 관리",
    "SITE_HEADER": "에겐·테토",
    "SHOW_HISTORY": True,
    "COLORS": COLORS,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/favicon.svg")}],
    "ACCOUNT": {"navigation": [{"title": _("두 번째 확인"), "link": reverse_lazy("second-factor:own")}]},
    "DASHBOARD_CALLBACK": "personas.morning.dashboard.dashboard",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": ENV["LOG_LEVEL"]},
    "loggers": {
        "axes": {"level": "WARNING"},  # it tells of every login, and would keep who came when
        "httpx2": {"level": "WARNING"},  # it tells of every request, and a reply is one
    },
}
