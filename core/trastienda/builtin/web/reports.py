"""The page of a report: its parameters, and the finished table as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from markupsafe import Markup

from ...entities.compiled import humanise
from ...entities.parameters import parameters_of
from ...languages import gettext as _
from ...reports.charts import chart_svg
from ...reports.declarations import Report
from ...reports.periods import DAY_NAMES, SPAN_NAMES, days_of_report, is_comparable
from ...reports.table import Column as TableColumn
from ...reports.table import RefValue, Table
from ...reports.table import Row as TableRow
from ...reports.text import heading, telling, zone_of
from . import addresses, fields
from .reader import MINUS, plainly
from .views.parts import Cell, Choice, Column, ErrorLink, Link, Row
from .views.reports import ReportView
from .visit import Visit

#: More rows than a page can hold and a person will read.
MOST_ROWS = 2000
FORMATS = (("csv", "CSV"), ("json", "JSON"))


def report_title(report: Report) -> str:
    return _(report.label) if report.label else _(humanise(report.name.partition(".")[2]))


def taken(visit: Visit, report: Report, given: Mapping[str, str]) -> dict[str, Any]:
    """What was typed into the parameters, as a report takes them; nothing typed is nothing given."""
    found: dict[str, Any] = {}
    for each in parameters_of(report.run):
        text = given.get(each.name, "")
        if text.strip() or (each.kind == "boolean" and fields.SENT in given):
            found[each.name] = visit.reader.taken(each, text)
    return found


def report_view(
    visit: Visit,
    report: Report,
    given: Mapping[str, str],
    *,
    table: Table | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
) -> ReportView:
    errors = errors or {}
    parameters = parameters_of(report.run)
    labels = {each.name: _(each.label) for each in parameters}
    shown = tuple(
        fields.parameter_field(visit, each, given, errors=[_(text) for text in errors.get(each.name, ())])
        for each in parameters
    )
    links = tuple(
        ErrorLink(plainly(message), labels.get(name, ""), f"f-{name}" if name in labels else "")
        for name, messages in errors.items()
        for message in messages
    )
    title = report_title(report)
    days = days_of_report(report)
    periods, comparisons = _period_choices(days, given), _comparison_choices(report, given)
    if table is None:
        return ReportView(title, shown, periods=periods, comparisons=comparisons, errors=links)
    table = telling(table)
    return ReportView(
        title,
        shown,
        periods=periods,
        comparisons=comparisons,
        permalink=addresses.report(report.name, _plain(given)),
        caption=_caption(visit, table),
        ran=True,
        columns=table_columns(table),
        rows=table_rows(visit, table, MOST_ROWS),
        cut=_cut(table),
        totals=_totals(visit, table),
        chart=chart_of(visit, table),
        exports=_exports(visit, report, given),
        errors=links,
    )


def _plain(given: Mapping[str, str]) -> list[tuple[str, str]]:
    """The parameters with days instead of names, which mean other days tomorrow."""
    return [("run", "1"), *((name, text) for name, text in given.items() if name not in ("run", "period"))]


def _period_choices(days: Sequence[str], given: Mapping[str, str]) -> tuple[Choice, ...]:
    words = {
        "this-month": _("This month"),
        "last-month": _("Last month"),
        "this-quarter": _("This quarter"),
        "last-quarter": _("Last quarter"),
        "this-year": _("This year"),
        "last-year": _("Last year"),
        "today": _("Today"),
        "end-of-last-month": _("End of last month"),
        "end-of-last-quarter": _("End of last quarter"),
        "end-of-last-year": _("End of last year"),
    }
    known: Sequence[str] = {0: (), 1: DAY_NAMES, 2: SPAN_NAMES}[len(days)]
    return _choices({"": _("As given"), **{name: words[name] for name in known}}, given.get("period", ""), bool(known))


def _comparison_choices(report: Report, given: Mapping[str, str]) -> tuple[Choice, ...]:
    words = {"": _("Nothing"), "before": _("the period before"), "year": _("a year before")}
    return _choices(words, given.get("compare", ""), is_comparable(report))


def _choices(words: Mapping[str, str], chosen: str, wanted: bool) -> tuple[Choice, ...]:
    return tuple(Choice(name, word, name == chosen) for name, word in words.items()) if wanted else ()


def _cut(table: Table) -> str:
    if len(table.rows) <= MOST_ROWS:
        return ""
    return _(
        "The first %(shown)s of %(count)s rows; totals are of all. Narrow it, or export it to have them all.",
        shown=MOST_ROWS,
        count=len(table.rows),
    )


def _caption(visit: Visit, table: Table) -> str:
    """The company and what was asked for."""
    said = (f"{label}: {value}" for label, value in heading(table, visit.reader.speech.locale))
    return " · ".join([table.company, *said])


def table_columns(table: Table) -> tuple[Column, ...]:
    return tuple(Column(each.name, each.label, each.type) for each in table.columns)


def table_rows(visit: Visit, table: Table, most: int) -> tuple[Row, ...]:
    return tuple(_row(visit, table, row) for row in table.rows[:most])


def _row(visit: Visit, table: Table, row: TableRow) -> Row:
    cells = [value_cell(visit, column, row.values.get(column.name), zone_of(table)) for column in table.columns]
    if row.link:
        cells[0] = Cell(cells[0].text, note=cells[0].note, url=row.link)
    return Row("", tuple(cells), level=min(row.level, 6), total=row.kind != "row")


def value_cell(visit: Visit, column: TableColumn, value: object, zone: tzinfo) -> Cell:
    if isinstance(value, RefValue):
        entity = visit.site.registry.entities[column.target]
        url = addresses.record(entity, value.id) if visit.may(entity, "read") else ""
        return Cell(value.key, note=value.label if value.label != value.key else "", url=url)
    text = visit.reader.speech.cell(value, column, zone)
    return Cell(text.replace("-", MINUS) if column.is_figure else text)


def _totals(visit: Visit, table: Table) -> tuple[Cell, ...]:
    if not table.totals or not table.rows:
        return ()
    speech = visit.reader.speech
    return tuple(
        Cell(speech.figure(table.totals[each.name], each).replace("-", MINUS)) if each.name in table.totals else Cell()
        for each in table.columns
    )


def chart_of(visit: Visit, table: Table) -> Markup:
    """The chart, drawn by the core with every text in it escaped."""
    if table.chart is None or not any(row.kind == "row" for row in table.rows):
        return Markup()
    return Markup(chart_svg(table, visit.reader.speech.locale))


def _exports(visit: Visit, report: Report, given: Mapping[str, str]) -> tuple[Link, ...]:
    query = [(name, str(value)) for name, value in taken(visit, report, given).items()]
    formats = [*FORMATS, *((name, name.upper()) for name in visit.site.registry.formats)]
    return tuple(Link(label, addresses.report_file(report.name, name, query)) for name, label in dict(formats).items())
