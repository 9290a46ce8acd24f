"""The steps of an import."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from .fields import FieldView
from .parts import Column, ErrorLink, Link, Row


@dataclass(frozen=True)
class RowError:
    """What is wrong with an imported file; `row` counts as the reader's spreadsheet does, from 1."""

    row: str
    column: str
    message: str


@dataclass(frozen=True)
class Tried:
    """What a dry run found; `token` names the uploaded file until it is imported, `matching` asks what its headers
    are."""

    file_name: str
    summary: str
    errors: tuple[RowError, ...]
    token: str = ""
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    count: int = 0
    matching: tuple[FieldView, ...] = ()


@dataclass(frozen=True)
class ImportRunning:
    """An import that the worker makes; `share` is what is done of it, from 0 to 100, None where nobody knows.
    `job` is what a form to `jobs_url` cancels, 0 for who may not."""

    message: str
    share: int | None
    text: str
    job: int
    jobs_url: str


@dataclass(frozen=True)
class ImportView:
    """`fields` ask for the file and what to do with it; `chosen` are the answers, for the import itself."""

    title: str
    back: Link
    url: str
    fields: tuple[FieldView, ...]
    expected: tuple[FieldView, ...]
    _: KW_ONLY
    tried: Tried | None = None
    chosen: tuple[tuple[str, str], ...] = ()
    done: str = ""
    undo: Link | None = None
    running: ImportRunning | None = None
    errors: tuple[ErrorLink, ...] = ()
