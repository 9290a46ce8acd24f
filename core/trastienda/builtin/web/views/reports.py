"""A report, and how it is sent."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from markupsafe import Markup

from .fields import FieldView
from .parts import Cell, Choice, Column, ErrorLink, Link, Row


@dataclass(frozen=True)
class KeptMail:
    """A report that is sent: when, in which form; `stop_url` is the address of the form that ends it."""

    label: str
    next_on: str
    trouble: str
    url: str
    stop_url: str


@dataclass(frozen=True)
class ReportMailing:
    """How the report that is shown is sent by mail; `parameters` are its own, as a query string."""

    url: str
    parameters: str
    every: tuple[Choice, ...]
    formats: tuple[Choice, ...]
    kept: tuple[KeptMail, ...]


@dataclass(frozen=True)
class ReportView:
    """Without `ran` only the parameters are shown; `cut` says so where not all rows are.

    `periods` names spans of days to choose from, `permalink` reproduces the page on whatever day.
    """

    title: str
    parameters: tuple[FieldView, ...]
    _: KW_ONLY
    periods: tuple[Choice, ...] = ()
    comparisons: tuple[Choice, ...] = ()
    permalink: str = ""
    description: str = ""
    caption: str = ""
    ran: bool = False
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    totals: tuple[Cell, ...] = ()
    cut: str = ""
    chart: Markup = Markup()
    exports: tuple[Link, ...] = ()
    mailing: ReportMailing | None = None
    errors: tuple[ErrorLink, ...] = ()
