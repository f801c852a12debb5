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
MOST_ROWS = 100_000
MOST_BYTES = 200 * 1024 * 1024  # of a file once it is unpacked
ROWS_AT_A_TIME = 1000
_TOO_MUCH = _("행이 100,000개나 풀어서 200MB를 넘는 파일입니다. 나누어서 가져와 주세요.")

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
    if content.count(b"\n") >= MOST_ROWS:
        raise FileRefused(_TOO_MUCH)
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
    """Its rows, unpacked a few at a time: a file of some kilobytes may hold gigabytes of the same word."""
    arrow, files = _pyarrow()
    try:
        file = files.ParquetFile(io.BytesIO(content))
        packed = sum(file.metadata.row_group(group).total_byte_size for group in range(file.num_row_groups))
        if file.metadata.num_rows > MOST_ROWS or packed > MOST_BYTES:
            raise FileRefused(_TOO_MUCH)
        # No value is longer than all of them packed, so no batch is longer than the limit.
        at_a_time = max(1, min(MOST_ROWS, MOST_BYTES // max(packed, 1)))
        return _within_limits(file.iter_batches(batch_size=min(at_a_time, ROWS_AT_A_TIME)))
    except (arrow.ArrowException, OSError) as error:
        raise FileRefused(_("Parquet 파일로 읽을 수 없습니다. 파일이 온전한지 확인해 주세요.")) from error


def _within_limits(batches: Iterable[Any]) -> list[Line]:
    rows: list[Line] = []
    unpacked = 0
    for batch in batches:
        unpacked += batch.nbytes
        if unpacked > MOST_BYTES:
            raise FileRefused(_TOO_MUCH)
        rows += batch.to_pylist()
    return rows


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
