"""Panels as the start page and a record's page have them."""

from __future__ import annotations

from ...entities.compiled import CompiledEntity
from ...languages import gettext as _
from ...reports.shown import ShownFigure, ShownPanel, ShownTable, ShownToDo, shown_panels
from .reports import chart_of, table_columns, table_rows, value_cell
from .views.parts import Cell, Link
from .views.start import Panel, PanelFigure, PanelTable, PanelToDo
from .visit import Visit

MOST_ROWS = 5
MOST_BESIDE = 200
MOST_COLUMNS = 3


def panels_of(visit: Visit, *, entity: CompiledEntity | None = None, identity: int | None = None) -> tuple[Panel, ...]:
    """Those of the start page; with a record, which the visitor was found to read, those beside it."""
    found = shown_panels(visit.site, visit.actor, visit.company, entity=entity, identity=identity)
    return tuple(_panel(visit, each, whole=entity is not None) for each in found)


def _panel(visit: Visit, shown: ShownPanel, *, whole: bool) -> Panel:
    return Panel(
        shown.name,
        shown.title,
        figures=tuple(_figure(visit, each) for each in shown.parts if isinstance(each, ShownFigure)),
        todos=tuple(_todo(visit, each) for each in shown.parts if isinstance(each, ShownToDo)),
        tables=tuple(_table(visit, each, whole=whole) for each in shown.parts if isinstance(each, ShownTable)),
        failed=shown.failed,
    )


def _figure(visit: Visit, shown: ShownFigure) -> PanelFigure:
    made = value_cell(visit, shown.column, shown.value, visit.reader.zone)
    unit = visit.reader.currency if shown.column.type == "money" else ""
    return PanelFigure(
        shown.column.label, Cell(made.text, url=shown.url or "", unit=unit, note=shown.note), shown.attention
    )


def _todo(visit: Visit, shown: ShownToDo) -> PanelToDo:
    due = visit.reader.speech.day(shown.due) if shown.due is not None else ""
    return PanelToDo(Link(shown.label, shown.url, shown.count), due)


def _table(visit: Visit, shown: ShownTable, *, whole: bool) -> PanelTable:
    """Its chart, or its first rows with the first column and the last figures; beside a record there is place for the
    whole."""
    table = shown.table
    link = Link(_("All of it"), shown.url) if shown.url else None
    if chart := chart_of(visit, table):
        return PanelTable(table.title, link=link, chart=chart)
    columns, rows = table_columns(table), table_rows(visit, table, MOST_BESIDE if whole else MOST_ROWS)
    if not whole and len(columns) > MOST_COLUMNS:
        figures = [i for i, each in enumerate(columns) if i and each.figure]
        places = [0, *(figures or range(1, len(columns)))[-MOST_COLUMNS + 1:]]
        columns = tuple(columns[i] for i in places)
        rows = tuple(type(row)(row.key, tuple(row.cells[i] for i in places)) for row in rows)
    return PanelTable(table.title, link=link, columns=columns, rows=rows)
