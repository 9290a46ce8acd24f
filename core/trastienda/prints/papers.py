"""The value that every printed document becomes, in the reader's language, for a format to set."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from ..reports.table import Column, Table
from .declarations import Barcode, Note, Signatures
from .pictures import Logo


@dataclass(frozen=True)
class PaperField:
    """`column` has the label, and says how the value is written."""

    column: Column
    value: object


@dataclass(frozen=True)
class PaperBlock:
    title: str
    fields: tuple[PaperField, ...]


@dataclass(frozen=True)
class PaperTotals:
    fields: tuple[PaperField, ...]


PaperPart: TypeAlias = "PaperBlock | PaperTotals | Table | Note | Barcode | Signatures"


@dataclass(frozen=True)
class Sheet:
    """One document; it begins a page and numbers its own."""

    title: str
    number: str
    parts: tuple[PaperPart, ...]


@dataclass(frozen=True)
class Paper:
    """`head` are the lines under the company's name, `foot` those at the foot of every page.

    Moments are shown in the time zone of `made_at`, which must have one.
    """

    company: str
    head: tuple[str, ...]
    foot: tuple[str, ...]
    currency: str
    made_at: datetime
    sheets: tuple[Sheet, ...]
    logo: Logo | None = None
