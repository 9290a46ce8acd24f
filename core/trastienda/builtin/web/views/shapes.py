"""Records as a board, a calendar and a tree."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from .parts import Cell, Link, Mark


@dataclass(frozen=True)
class CardMove:
    """A transition from a card; where it `asks` for parameters it has a page of its own."""

    label: str
    url: str
    to: str
    asks: bool = False
    confirm: str = ""


@dataclass(frozen=True)
class Card:
    """A record on a board; `late` where it has stood in its state for too long, `next` where its moves lead back."""

    title: str
    url: str
    name: str
    cells: tuple[Cell, ...]
    _: KW_ONLY
    version: str = ""
    since: str = ""
    late: bool = False
    moves: tuple[CardMove, ...] = ()
    next: str = ""


@dataclass(frozen=True)
class BoardColumn:
    state: str
    mark: Mark
    count: int
    cards: tuple[Card, ...]
    url: str


@dataclass(frozen=True)
class BoardView:
    title: str
    columns: tuple[BoardColumn, ...]
    shapes: tuple[Link, ...] = ()


@dataclass(frozen=True)
class CalendarEntry:
    text: str
    url: str
    mark: Mark | None = None


@dataclass(frozen=True)
class CalendarDay:
    number: str
    label: str
    entries: tuple[CalendarEntry, ...]
    _: KW_ONLY
    more: Link | None = None
    outside: bool = False
    today: bool = False
    create_url: str = ""


@dataclass(frozen=True)
class CalendarView:
    title: str
    month: str
    days: tuple[str, ...]
    weeks: tuple[tuple[CalendarDay, ...], ...]
    _: KW_ONLY
    previous: Link
    next: Link
    today: Link
    shapes: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Branch:
    """A record of a tree; the two words are its key and its name."""

    key: str
    name: str
    details: tuple[str, ...]
    url: str
    below: tuple[Branch, ...] = ()
    open: bool = False


@dataclass(frozen=True)
class TreeView:
    title: str
    branches: tuple[Branch, ...]
    shapes: tuple[Link, ...] = ()
    cut: str = ""
