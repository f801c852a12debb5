"""Every setting that the environment may carry: its name, what it may be, and its default.

One table serves three readers: `settings.py` takes the values, the README prints the table (a test compares them), and
a wrong value or an unknown name in `.env` stops the start with a sentence that says what to do.
"""

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Setting:
    """One variable. `parse` turns its text into a value, or raises ValueError."""

    name: str
    parse: Callable[[str], Any]
    default: str
    may_be: str
    meaning: str


def boolean(text: str) -> bool:
    try:
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()]
    except KeyError:
        raise ValueError from None


def one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError
        return text

    return parse


def whole_number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError
        return number

    return parse


def names(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def networks(text: str) -> str:
    for name in names(text):
        ip_network(name)
    return ",".join(names(text))


def url_with(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text and urlparse(text).scheme not in schemes:
            raise ValueError
        return text

    return parse


def web_address(text: str) -> str:
    parts = urlparse(text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0):
        raise ValueError  # as `parts.port` does where the port is no number
    return text


def _limit(name: str, default: str, meaning: str) -> Setting:
    return Setting(name, whole_number(0, 1_000_000), default, "0 to 1000000; 0: no limit", meaning)


SETTINGS = (
    Setting("SECRET_KEY", str, "", "a long random text", "signs cookies; empty: one is made in var/secret_key"),
    Setting("DEBUG", boolean, "false", "true or false", "error pages with source code, for developers"),
    Setting("ALLOWED_HOSTS", names, "127.0.0.1,localhost", "host names, comma between", "hosts the site answers for"),
    Setting(
        "TRUSTED_ORIGINS", names, "", "https://host, comma between", "addresses that forms and sockets may come from"
    ),
    Setting("PORT", whole_number(1, 65535), "8000", "1 to 65535", "port of the web server"),
    Setting("BIND", str, "127.0.0.1", "an address of this machine", "address that web and metrics listen on"),
    Setting(
        "TRUSTED_PROXIES",
        networks,
        "127.0.0.1,::1",
        "addresses or networks, comma between",
        "proxies whose X-Forwarded-For says from where somebody comes",
    ),
    Setting(
        "DATABASE_URL",
        url_with("sqlite", "postgres", "postgresql"),
        "",
        "sqlite:///path or postgres://user:password@host/name",
        "the database; empty: var/db.sqlite3",
    ),
    Setting(
        "REDIS_URL",
        url_with("redis", "rediss"),
        "",
        "redis://[:password@]host:port/number",
        "the Redis server; empty: `make run` starts an embedded one",
    ),
    Setting("VAR_DIR", str, "var", "a folder", "everything the site writes"),
    Setting("BASE_MODEL", str, "", "a Hugging Face id or a folder", "the base model; empty: the embedded Gemma 3 270M"),
    Setting(
        "QUANTIZATION",
        one_of("auto", "none", "int8", "nf4"),
        "auto",
        "auto, none, int8 or nf4",
        "how the base's weights are held; auto: int8 for Gemma 3 served on a CPU, else none; int8, nf4: bitsandbytes",
    ),
    Setting(
        "ENGINE_URL",
        web_address,
        "",
        "http://[:key@]host:port/v1",
        "an OpenAI-compatible server (vLLM) that computes instead of the worker; empty: the worker's own engine",
    ),
    Setting("REPLY_SLOTS", whole_number(1, 256), "16", "1 to 256", "replies one worker generates at a time"),
    Setting(
        "WORKER_METRICS_PORT",
        whole_number(0, 65535),
        "9800",
        "0 to 65535",
        "port of the worker's /metrics; 0: none; give each worker of a machine its own",
    ),
    _limit("MESSAGES_A_MINUTE", "20", "messages one visitor may send in a minute, asking for another answer included"),
    _limit("REPLIES_A_DAY", "300", "replies one visitor may get in a day"),
    _limit("ADDRESS_REPLIES_A_DAY", "3000", "replies that may go to one address in a day (kept as a hash)"),
    _limit(
        "ADDRESS_STARTS_AN_HOUR",
        "1000",
        "tests that one address may begin in an hour, and conversations, and shared links",
    ),
    _limit("MAX_RUNNING_REPLIES", "200", "replies being written at a time, on the whole site"),
    Setting(
        "MIN_TRAINING_PAIRS",
        whole_number(1, 1_000_000),
        "50",
        "1 to 1000000",
        "approved pairs a night needs before it trains",
    ),
    Setting(
        "MIN_TRAINING_THUMBS",
        whole_number(0, 1_000_000),
        "0",
        "0 to 1000000; 0: thumbs never train",
        "approved thumbs a night needs before they train as well (KTO)",
    ),
    Setting(
        "UNASKED_PAIRS",
        whole_number(0, 100),
        "5",
        "0 to 100",
        "of a hundred messages, how many get two answers to choose from without being asked for",
    ),
    Setting(
        "CARE_KEPT_DAYS",
        whole_number(1, 365),
        "30",
        "1 to 365",
        "days after which what was said in care is deleted; /privacy/ names them",
    ),
    Setting(
        "CURATION_OVERLAP",
        whole_number(0, 100),
        "0",
        "0 to 100",
        "per cent of new pairs that two curators judge, each without the other",
    ),
    Setting(
        "STAFF_SESSION_HOURS",
        whole_number(1, 24 * 30),
        "8",
        "1 to 720",
        "hours without a click after which staff log in again",
    ),
    Setting(
        "SECOND_FACTOR_REQUIRED",
        boolean,
        "false",
        "true or false",
        "whether staff see the admin only once they have enrolled a second factor",
    ),
    Setting(
        "TRAINING_GPU",
        one_of("share", "turns", "never"),
        "share",
        "share, turns or never",
        "training beside the chat: at once, standing still while replies are written, or never on the GPU",
    ),
    Setting(
        "KAKAO_JS_KEY",
        str,
        "",
        "a JavaScript key of Kakao Developers",
        "a KakaoTalk share button; empty: there is none",
    ),
    Setting(
        "MAIL_URL",
        url_with("smtp", "smtps"),
        "",
        "smtp://[user:password@]host:port or smtps://...",
        "the server that mails the morning summary (smtp: STARTTLS where it has a user); empty: no mail",
    ),
    Setting("MAIL_FROM", str, "egenteto@localhost", "an address", "sender of the mail"),
    Setting("OPERATOR_MAIL", names, "", "addresses, comma between", "who gets the morning summary; empty: nobody"),
    Setting(
        "LOG_LEVEL",
        one_of("DEBUG", "INFO", "WARNING", "ERROR"),
        "INFO",
        "DEBUG, INFO, WARNING or ERROR",
        "how much the processes print",
    ),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


def read_settings(environ: Mapping[str, str], dotenv: Path | None = None) -> dict[str, Any]:
    """Return the value of every setting by name; the environment wins over the `.env` file.

    Raises ImproperlyConfigured, naming the variable and what it may be.
    """
    given = {**_read_dotenv(dotenv), **{name: environ[name] for name in _BY_NAME if name in environ}}
    return {setting.name: _value(setting, given.get(setting.name, "")) for setting in SETTINGS}


def _value(setting: Setting, text: str) -> Any:
    try:
        return setting.parse(text.strip() or setting.default)
    except ValueError:
        raise ImproperlyConfigured(f"{setting.name} is {text!r}; it may be {setting.may_be}.") from None


def _read_dotenv(path: Path | None) -> dict[str, str]:
    if path is None or not path.exists():
        return {}
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise ImproperlyConfigured(f"{path.name}, line {number}: {line!r} is not NAME=value.")
        if name.strip() not in _BY_NAME:
            raise ImproperlyConfigured(f"{path.name}, line {number}: {_unknown(name.strip())}")
        found[name.strip()] = value.strip().strip("'\"")
    return found


def _unknown(name: str) -> str:
    close = difflib.get_close_matches(name.upper(), _BY_NAME, n=1)
    hint = f"did you mean {close[0]}?" if close else "the README lists them all."
    return f"there is no setting {name}; {hint}"


def environ_settings(root: Path) -> dict[str, Any]:
    """The settings of this process."""
    return read_settings(os.environ, root / ".env")
