"""What a plugin may say about panels: something worth a glance, on the start page or beside a record."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from .declarations import Bars, Curve, Link
from .table import ColumnType


@dataclass(frozen=True)
class Figure:
    """One value with its name. `kind` is that of a report's column; by default what the value's own type says,
    a Decimal being money. `attention`: it asks for somebody."""

    label: str
    value: Decimal | int | date | datetime | str | None
    _: KW_ONLY
    kind: ColumnType | None = None
    note: str = ""
    link: Link | None = None
    attention: bool = False


@dataclass(frozen=True)
class ToDo:
    """Something that waits for the reader: how much of it, and where to do it."""

    label: str
    link: Link
    _: KW_ONLY
    count: int | None = None
    due: date | None = None


@dataclass(frozen=True)
class Rows:
    """A small table as a report has it: `rows` are tuples of the NamedTuple `row`; `chart` stands in its place.

    `links` says where a row leads.
    """

    row: type[NamedTuple]
    rows: Iterable[Any]
    _: KW_ONLY
    title: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    totals: Sequence[str] = ()
    chart: Bars | Curve | None = None
    link: Callable[[Any], Link | None] | None = None


@dataclass(frozen=True)
class Excerpt:
    """A report with these parameters: its chart or its first rows. Left out for those who may not run it."""

    report: str
    parameters: Mapping[str, object] = field(default_factory=dict)


PanelPart: TypeAlias = "Figure | ToDo | Rows | Excerpt"


@dataclass(frozen=True)
class Panel:
    """Something worth a glance: on the start page, or (with `on`, an entity's name) beside each of its records.

    `run(work)` or `run(work, record)` returns its parts in order; without any, the panel isn't shown. It reads in
    a snapshot of its own, and what it raises is said in its place: the page stands. It is for those who may `read`
    the entity that `permission` names, or `run` anything else of that name: by default its own name. Somebody who
    may read some records only is not shown it, unless it is `own`: of nothing but what the reader may read.
    """

    name: str
    run: Callable[..., Iterable[PanelPart]]
    _: KW_ONLY
    label: str = ""
    on: str = ""
    permission: str = ""
    own: bool = False
