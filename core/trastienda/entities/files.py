"""Rows of a file that somebody hands in: CSV, XLSX or JSON Lines, plain or gzipped, with bounded memory."""
from __future__ import annotations

import codecs
import csv
import gzip
import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from typing import IO, Any

import orjson
from python_calamine import CalamineWorkbook

from ..csvsafe import unescape_formula
from ..errors import TrastiendaError
from ..languages import gettext

MOST_BYTES = 2 * 2**30
MOST_XLSX_BYTES = 200 * 2**20
MOST_COLUMNS = 300
MOST_CELL = 100_000
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"


class UnreadableFile(TrastiendaError):
    """The file as a whole cannot be taken; `extra["errors"]` names row and column where they are known."""

    status = 422
    title = "Unreadable file"

    def __init__(self, message: str, row: int | None = None) -> None:
        super().__init__(message if row is None else gettext("row %(row)s: %(message)s", row=row, message=message))
        self.message = message
        self.row = row


@dataclass(frozen=True)
class FileRow:
    """`number` counts as a person sees it: the header is row 1."""

    number: int
    cells: Sequence[Any]


@dataclass(frozen=True)
class Rows:
    header: list[str]
    rows: Iterator[FileRow]


def open_rows(source: IO[bytes], name: str) -> Rows:
    """The header and the rows; raises UnreadableFile at once or while the rows are read."""
    first = source.read(4)
    whole: Any = _Joined(first, source)
    if first.startswith(GZIP):
        whole = _Limited(gzip.GzipFile(fileobj=whole), MOST_BYTES)
        name = name.removesuffix(".gz")
    if first == ZIP or name.lower().endswith(".xlsx"):
        return _xlsx(whole)
    if name.lower().endswith((".jsonl", ".ndjson")):
        return _json_lines(whole)
    return _csv(whole)


class Hashed(io.RawIOBase):
    """A file with its name, and the SHA-256 of what was read of it."""

    def __init__(self, source: IO[bytes], name: str) -> None:
        self._source = source
        self._hash = sha256()
        self._read = 0
        self._size = _size_of(source)
        self.name = name

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def estimate(self, rows: int) -> int | None:
        """How many rows it may have in all when so many have been read; None where nobody can tell."""
        if self._size is None or not 0 < self._read < self._size:
            return None
        return max(rows, rows * self._size // self._read)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._source.read(len(buffer))
        self._hash.update(part)
        self._read += len(part)
        buffer[:len(part)] = part
        return len(part)


def _size_of(source: IO[bytes]) -> int | None:
    """What is left to read of it; None for a pipe."""
    if not source.seekable():
        return None
    at = source.tell()
    size = source.seek(0, io.SEEK_END) - at
    source.seek(at)
    return size


class _Joined(io.RawIOBase):
    """What was read already, then the rest."""

    def __init__(self, first: bytes, rest: IO[bytes]) -> None:
        self._first = first
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._first[:len(buffer)]
        self._first = self._first[len(part):]
        part += self._rest.read(len(buffer) - len(part))
        buffer[:len(part)] = part
        return len(part)


class _Limited(io.RawIOBase):
    """A stream that refuses to go on for ever: a small archive may hold a huge file."""

    def __init__(self, source: Any, most: int) -> None:
        self._source = source
        self._left = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            part = self._source.read(min(len(buffer), 1 << 16))
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableFile(gettext("the compressed file is damaged")) from error
        self._left -= len(part)
        if self._left < 0:
            raise UnreadableFile(gettext("more than %(most)s MiB when unpacked", most=MOST_BYTES >> 20))
        buffer[:len(part)] = part
        return len(part)


def _csv(source: Any) -> Rows:
    buffered = io.BufferedReader(source, 1 << 16)
    start = buffered.peek(4096)[:4096]
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableFile(gettext("not UTF-8: save the file as CSV UTF-8"), 1)
    text = io.TextIOWrapper(buffered, encoding="utf-8-sig", errors="strict", newline="")
    first_line = start.split(b"\n", 1)[0].decode("utf-8", "replace")
    delimiter = max(",;\t", key=first_line.count)
    csv.field_size_limit(MOST_CELL)
    reader = _checked(csv.reader(text, delimiter=delimiter, strict=True))
    header = next(reader, None)
    if header is None:
        raise UnreadableFile(gettext("the file is empty"))
    rows = (FileRow(row.number, [unescape_formula(cell) for cell in row.cells]) for row in reader if any(row.cells))
    return Rows(_header(header.cells), rows)


def _checked(reader: Any) -> Iterator[FileRow]:
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except UnicodeDecodeError as error:
            raise UnreadableFile(gettext("not UTF-8: save the file as CSV UTF-8"), number) from error
        except csv.Error as error:
            raise UnreadableFile(gettext("not CSV: %(reason)s", reason=error), number) from error
        yield FileRow(number, cells)


def _header(cells: Sequence[Any]) -> list[str]:
    names = [str(cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names or len(names) > MOST_COLUMNS:
        raise UnreadableFile(gettext("from 1 to %(most)s columns, named in the first row", most=MOST_COLUMNS), 1)
    if twice := {name for name in names if names.count(name) > 1 and name}:
        raise UnreadableFile(gettext("two columns are called %(name)s", name=sorted(twice)[0]), 1)
    return names


def _json_lines(source: Any) -> Rows:
    """Objects, one a line; lists of lines stay as they are."""
    lines = enumerate(io.BufferedReader(source, 1 << 16), 1)
    objects = (_object(number, line) for number, line in lines if line.strip())
    first = next(objects, None)
    if first is None:
        raise UnreadableFile(gettext("the file is empty"))
    return Rows([], (FileRow(number, [value]) for number, value in _chain(first, objects)))


def _chain(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _object(number: int, line: bytes) -> tuple[int, dict[str, Any]]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise UnreadableFile(gettext("not JSON: %(reason)s", reason=error), number) from error
    if not isinstance(value, dict):
        raise UnreadableFile(gettext("not an object"), number)
    return number, value


def _xlsx(source: Any) -> Rows:
    """The first sheet. It is looked at before it is unpacked: what is too large when unpacked is refused."""
    with tempfile.TemporaryFile() as spool:
        total = 0
        while part := source.read(1 << 16):
            total += len(part)
            if total > MOST_XLSX_BYTES:
                raise UnreadableFile(gettext("the workbook is too large"))
            spool.write(part)
        rows = _first_sheet(spool)
    numbered = (FileRow(number, [_cell(value) for value in cells]) for number, cells in enumerate(rows, 1))
    header = next((row for row in numbered if any(row.cells)), None)
    if header is None:
        raise UnreadableFile(gettext("the sheet is empty"))
    return Rows(_header(header.cells), (row for row in numbered if any(row.cells)))


def _first_sheet(spool: IO[bytes]) -> Any:
    try:
        spool.seek(0)
        with zipfile.ZipFile(spool) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_XLSX_BYTES:
                raise UnreadableFile(gettext("more than %(most)s MiB when unpacked", most=MOST_XLSX_BYTES >> 20))
        spool.seek(0)
        return CalamineWorkbook.from_filelike(spool).get_sheet_by_index(0).iter_rows()
    except UnreadableFile:
        raise
    except Exception as error:
        raise UnreadableFile(gettext("not an XLSX workbook")) from error


def _cell(value: Any) -> str:
    """A cell as text: a float has 15 digits that mean something."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else format(value, ".15g")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
