"""Rows in files: JSON lines and Parquet, in and out. What a row means is for trl_rows.py and sft_rows.py to say."""

import io
import json
from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from moderation.decoding import KOREAN_EXCEL, NotUnicode, decoded

JSON_LINES, PARQUET = "jsonl", "parquet"
SUFFIXES = (JSON_LINES, "json", PARQUET)

Line = str | dict[str, Any]


class FileRefused(ValueError):
    """A file that holds no rows at all. `message` is for whoever chose it."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message


def file_lines(name: str, content: bytes) -> list[Line]:
    """The rows of a file by its name's ending: JSON lines as text, Parquet rows as dictionaries. Raises FileRefused."""
    suffix = name.rsplit(".", 1)[-1].lower()
    if suffix == PARQUET:
        return _parquet_rows(content)
    if suffix not in SUFFIXES:
        raise FileRefused(_("이름이 .jsonl이나 .parquet으로 끝나는 파일을 골라 주세요."))
    try:
        return [*decoded(content).split("\n")]
    except NotUnicode as error:
        raise FileRefused(not_unicode_words(name, error)) from error


def not_unicode_words(name: str, error: NotUnicode) -> Promise:
    """Which file is not UTF-8, and the remedy."""
    words = _("{name}: {line}번째 줄부터 UTF-8이 아닙니다. UTF-8로 다시 저장해 주세요.")
    if error.looks_like == KOREAN_EXCEL:
        words = _("{name}: 한국어 Excel의 cp949로 보입니다({line}번째 줄). Excel에서 'CSV UTF-8'로 다시 저장해 주세요.")
    return format_lazy(words, name=name, line=error.line)


def json_lines(rows: Iterable[dict[str, Any]]) -> bytes:
    """One line a row, the same text for the same rows always."""
    return "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows).encode()


def parquet(rows: Iterable[dict[str, Any]]) -> bytes:
    """The rows as a Parquet file. Raises FileRefused where pyarrow is missing."""
    arrow, files = _pyarrow()
    rows, stream = list(rows), io.BytesIO()
    columns = dict.fromkeys(name for row in rows for name in row)  # pyarrow itself asks the first row alone
    files.write_table(arrow.Table.from_pylist([{name: row.get(name) for name in columns} for row in rows]), stream)
    return stream.getvalue()


def _parquet_rows(content: bytes) -> list[Line]:
    arrow, files = _pyarrow()
    try:
        return files.read_table(io.BytesIO(content)).to_pylist()
    except (arrow.ArrowInvalid, OSError) as error:
        raise FileRefused(_("Parquet 파일로 읽을 수 없습니다. 파일이 온전한지 확인해 주세요.")) from error


def _pyarrow() -> tuple[Any, Any]:
    """Loaded when a Parquet file comes or goes, and not before: every web process would carry it."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise FileRefused(
            _("이 서버에는 pyarrow가 없습니다. JSON 줄 파일(.jsonl)을 쓰거나, pip install pyarrow로 설치해 주세요.")
        ) from error
    return pyarrow, pyarrow.parquet
