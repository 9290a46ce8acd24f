"""A list, and what can be done with it."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from markupsafe import Markup

from .fields import FieldView
from .parts import ActionButton, Cell, Choice, Column, Link


@dataclass(frozen=True)
class Filter:
    """One filterable column; two fields when it is asked for as a span."""

    label: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True)
class EmptyState:
    message: str
    hint: str = ""
    link: Link | None = None


@dataclass(frozen=True)
class Arrangement:
    """What can be chosen of a list's looks: its columns in their order, up to three keys to sort by, a group, sums."""

    columns: tuple[Choice, ...]
    sorts: tuple[tuple[Choice, ...], ...]
    groups: tuple[Choice, ...]
    sums: Choice | None = None


@dataclass(frozen=True)
class KeptView:
    """A list as somebody keeps it; `shared` says with whom, where it is not his alone."""

    name: str
    url: str
    shared: str = ""
    current: bool = False
    delete_url: str = ""


@dataclass(frozen=True)
class ListView:
    """`tools` are its panels, `chips` the filters in force; `query` is what a selection or a view is of."""

    title: str
    columns: tuple[Column, ...]
    body: Markup
    empty: EmptyState
    _: KW_ONLY
    search: str = ""
    searchable: bool = True
    tools: Markup = Markup()
    chips: tuple[Link, ...] = ()
    views: tuple[KeptView, ...] = ()
    keep_url: str = ""
    totals: tuple[Cell, ...] = ()
    shapes: tuple[Link, ...] = ()
    clear_url: str = ""
    create: Link | None = None
    import_url: str = ""
    exports: tuple[Link, ...] = ()
    bulk: tuple[ActionButton, ...] = ()
    bulk_url: str = ""
    bulk_all: bool = False
    first_url: str = ""
    next_url: str = ""


@dataclass(frozen=True)
class BulkResult:
    record: Link
    message: str
    done: bool


@dataclass(frozen=True)
class BulkView:
    title: str
    back: Link
    results: tuple[BulkResult, ...]
    summary: str
