"""What the parts of every page are made of: words, links, marks, tables."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Literal

Kind = Literal[
    "id",
    "text",
    "longtext",
    "integer",
    "bigint",
    "boolean",
    "date",
    "datetime",
    "money",
    "quantity",
    "rate",
    "choice",
    "choices",
    "state",
    "ref",
    "json",
    "password",
    "file",
    "hidden",
]
Tone = Literal["start", "middle", "end", "undone"]
FIGURES: frozenset[str] = frozenset({"integer", "bigint", "money", "quantity", "rate"})


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    count: int | str | None = None


@dataclass(frozen=True)
class Mark:
    """A state: a word with a shape beside it, so that it never rests on colour alone."""

    label: str
    tone: Tone


@dataclass(frozen=True)
class Cell:
    """One value in a table or in a read-only form; `unit` and `note` are set quietly beside it."""

    text: str = ""
    _: KW_ONLY
    url: str = ""
    unit: str = ""
    note: str = ""
    mark: Mark | None = None


#: What stands where there is no value.
NOTHING = Cell()


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    kind: Kind = "text"
    _: KW_ONLY
    unit: str = ""
    short: bool = False
    sort_url: str = ""
    sorted: Literal["", "ascending", "descending"] = ""

    @property
    def figure(self) -> bool:
        return self.kind in FIGURES


@dataclass(frozen=True)
class Row:
    """A row of a list or of a report; `level` indents it, `total` sets it as a sum of those above."""

    key: str
    cells: tuple[Cell, ...]
    level: int = 0
    total: bool = False


@dataclass(frozen=True)
class ActionButton:
    """`confirm` is the question asked first; with `url` the action has a page of its own."""

    name: str
    label: str
    _: KW_ONLY
    confirm: str = ""
    url: str = ""
    primary: bool = False
    danger: bool = False


@dataclass(frozen=True)
class ErrorLink:
    """A line of the summary above a form: what is wrong, and the id of the control it is about."""

    message: str
    label: str = ""
    target: str = ""
