"""Panels as they are shown: each read in its own snapshot, each failing alone."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias, cast

from ..entities.compiled import CompiledEntity, humanise
from ..entities.currencies import decimals_of
from ..entities.parameters import load_parameters
from ..errors import Forbidden, TrastiendaError
from ..isolation import WrongType, blaming
from ..languages import gettext
from ..storage.models import SharedRecord
from .declarations import Link
from .panels import Excerpt, Figure, Panel, Rows, ToDo
from .run import find_report, made_table, report_table, url_of
from .table import Column, ColumnType, Table

if TYPE_CHECKING:
    from ..security.actor import Actor
    from ..site import Site
    from ..storage.models import Company
    from ..work import Work

_KINDS: Mapping[type, ColumnType] = {
    bool: "boolean", int: "integer", Decimal: "money", date: "date", datetime: "datetime", str: "text"}


@dataclass(frozen=True)
class ShownFigure:
    """`column` says how the value is written."""

    column: Column
    value: object
    note: str = ""
    url: str | None = None
    attention: bool = False


@dataclass(frozen=True)
class ShownToDo:
    label: str
    url: str
    count: int | None = None
    due: date | None = None


@dataclass(frozen=True)
class ShownTable:
    """`url` leads to the whole report, where it is one's excerpt."""

    table: Table
    url: str | None = None


ShownPart: TypeAlias = ShownFigure | ShownToDo | ShownTable


@dataclass(frozen=True)
class ShownPanel:
    """In the reader's language; `failed` says what went wrong instead."""

    name: str
    title: str
    parts: tuple[ShownPart, ...] = ()
    failed: str = ""


def shown_panels(site: Site, actor: Actor, company: Company, *, entity: CompiledEntity | None = None,
                 identity: int | None = None) -> Iterator[ShownPanel]:
    """Those of the start page, or those beside a record that the actor was found to read; empty ones left out."""
    on = entity.name if entity is not None else ""
    for plugin, panel in site.registry.panels.get(on, ()):
        if may_see_panel(site, actor, panel):
            shown = _shown(site, actor, company, plugin, panel, entity, identity)
            if shown.parts or shown.failed:
                yield shown


def may_see_panel(site: Site, actor: Actor, panel: Panel) -> bool:
    """A grant of some rows only is not enough, unless the panel shows no more than them: it may count them all."""
    name = panel.permission or panel.name
    permission = site.permissions.of(actor, name, "read" if name in site.registry.entities else "run")
    return permission.allowed and (permission.where is None or panel.own)


def _shown(site: Site, actor: Actor, company: Company, plugin: str, panel: Panel, entity: CompiledEntity | None,
           identity: int | None) -> ShownPanel:
    title = gettext(panel.label or humanise(panel.name.partition(".")[2]))

    def body(work: Work) -> tuple[ShownPart, ...]:
        given = () if entity is None else (work.get(cast(type[SharedRecord], entity.model), identity or 0),)
        with blaming(plugin, f"panel {panel.name}"):
            parts = [_part(work, panel, each) for each in panel.run(work, *given)]
        return tuple(each for each in parts if each is not None)

    try:
        return ShownPanel(panel.name, title, site.read(actor, company, body))
    except TrastiendaError as error:
        return ShownPanel(panel.name, title, failed=str(error))


def _part(work: Work, panel: Panel, part: object) -> ShownPart | None:
    match part:
        case Figure():
            kind = part.kind or _KINDS.get(type(part.value), "text")
            decimals = decimals_of(work.company.currency) if kind == "money" else None
            column = Column("figure", gettext(part.label), kind, decimals)
            return ShownFigure(column, part.value, gettext(part.note) if part.note else "",
                               url_of(work.site, part.link), part.attention)
        case ToDo():
            if part.link.new and not _may_create(work, part.link):
                return None
            return ShownToDo(gettext(part.label), url_of(work.site, part.link) or "", part.count, part.due)
        case Rows():
            return ShownTable(made_table(
                work, name=panel.name, title=gettext(part.title) if part.title else "", row=part.row,
                rows=part.rows, labels=part.labels, totals=part.totals, chart=part.chart, link=part.link))
        case Excerpt():
            return _excerpt(work, part)
    raise WrongType(f"a part is {type(part).__name__}")


def _may_create(work: Work, link: Link) -> bool:
    entity = work.site.registry.entities[link.to]
    return work.site.permissions.of(work.actor, entity.guard, "create").allowed


def _excerpt(work: Work, part: Excerpt) -> ShownPart | None:
    report = find_report(work.site, part.report)
    try:
        work.require(report.name, "run")
    except Forbidden:
        return None
    outside = {name: value if isinstance(value, (int, str)) else str(value) for name, value in part.parameters.items()}
    arguments = load_parameters(work, report.run, outside)
    with blaming(work.site.registry.reports[report.name][0], f"report {report.name}"):
        table = report_table(work, report, arguments)
    return ShownTable(table, url_of(work.site, Link(report.name, {"run": 1, **part.parameters})))
