"""Running a report: permission, parameters, one snapshot, and a finished table in the reader's language."""
from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import peewee

from ..entities import read
from ..entities.compiled import CompiledEntity, humanise
from ..entities.currencies import decimals_of
from ..entities.parameters import Parameter, load_parameters, parameters_of
from ..errors import Forbidden, NotFound
from ..isolation import WrongType, blaming, checked
from ..languages import gettext
from ..prints.letterheads import head_of
from ..storage.models import Company
from ..storage.models import Row as Model
from ..storage.rows import primary, tuples
from .declarations import Bars, Curve, Link, Ref, Report, Styled
from .table import Chart, Column, ColumnType, RefValue, Row, Table

if TYPE_CHECKING:
    from ..security.actor import Actor
    from ..site import Site
    from ..work import Work

LABELS_CHUNK = 500


def find_report(site: Site, name: str) -> Report:
    """Raises NotFound."""
    found = site.registry.reports.get(name)
    if found is None:
        raise NotFound(gettext("No report %(name)s", name=name))
    return found[1]


def run_report(site: Site, actor: Actor, company: Company, name: str, parameters: Mapping[str, object], *,
               headed: bool = False) -> Table:
    """The report's table, `headed` for papers; raises NotFound, Forbidden, or Invalid naming the parameter."""
    report = find_report(site, name)
    plugin = site.registry.reports[name][0]
    site.permissions.require(actor, name, "run")

    def body(work: Work) -> Table:
        arguments = load_parameters(work, report.run, parameters)
        with blaming(plugin, f"report {name}"):
            table = report_table(work, report, arguments)
        return replace(table, head=head_of(work)) if headed else table

    return site.read(actor, company, body)


def render(site: Site, table: Table, wanted: str, language: str) -> bytes:
    """The table in a format that a plugin made; KeyError for one that none did."""
    with blaming(site.registry.owners["format", wanted], f"format {wanted}"):
        return checked(site.registry.formats[wanted].render(table, language), bytes)


def report_table(work: Work, report: Report, arguments: Mapping[str, Any]) -> Table:
    """The report as this work sees it, with parameters that were checked."""
    parameters = parameters_of(report.run)
    asked = {each.name: arguments.get(each.argument, each.default) for each in parameters}
    asked = {name: value for name, value in asked.items() if value is not None}
    if report.defaults is not None:
        asked = {**report.defaults(work, asked), **asked}
        arguments = {**arguments, **{each.argument: asked[each.name] for each in parameters if each.name in asked}}

    def link(row: Any) -> Link | None:
        return report.drill(row, asked) if report.drill is not None else None

    return made_table(
        work, name=report.name, title=gettext(report.label or humanise(report.name.partition(".")[2])),
        row=report.row, rows=report.run(work, **arguments), labels=report.labels, totals=report.totals,
        chart=report.chart, link=link, parameters={each.name: asked[each.name] for each in parameters
                                                   if asked.get(each.name) is not None},
        parameter_labels={each.name: gettext(each.label) for each in parameters},
        parameter_texts=dict(_texts(work, parameters, asked)))


def _texts(work: Work, parameters: Sequence[Parameter], asked: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What people read of a choice, and of a record: its key and label, where the reader may see it."""
    for each in parameters:
        if each.name in asked and each.options:
            yield each.name, gettext(humanise(asked[each.name]))
        elif each.name in asked and each.target is not None:
            yield each.name, _record_text(work, work.site.registry.entity_of(each.target), asked[each.name])


def _record_text(work: Work, entity: CompiledEntity, identity: int) -> str:
    with suppress(Forbidden, NotFound):
        read.one(work.site, work.actor, work.company, entity, identity)
        for _, found in _fetch_labels(work, entity, [identity]):
            return " ".join(dict.fromkeys((found.key, found.label)))
    return f"#{identity}"


def made_table(work: Work, *, name: str, title: str, row: type[tuple[Any, ...]], rows: Iterable[Any],
               labels: Mapping[str, str], totals: Sequence[str], chart: Bars | Curve | None,
               link: Callable[[Any], Link | None] | None = None, parameters: Mapping[str, Any] = {},
               parameter_labels: Mapping[str, str] = {}, parameter_texts: Mapping[str, str] = {}) -> Table:
    """Rows of a NamedTuple as a finished table; raises WrongType for what is none of its rows."""
    columns = columns_of(row)
    decimals = decimals_of(work.company.currency)
    styled = [each if isinstance(each, Styled) else Styled(each) for each in rows]
    _check_types(columns, [each.row for each in styled])
    records = _labels(work, columns, (each.row for each in styled))
    made = [Row(values=_values(columns, each.row, records), link=url_of(work.site, _link(each, link)),
                level=each.level, kind=each.kind) for each in styled]
    return Table(
        name=name, title=title,
        columns=tuple(Column(each, gettext(labels.get(each, humanise(each))), kind,
                             decimals if kind == "money" else None,
                             work.site.registry.entity_of(target).name if target is not None else "")
                      for each, kind, target in columns),
        rows=made, totals=_totals(totals, made), parameters=parameters,
        company=work.company.name, currency=work.company.currency,
        generated_at=work.now.astimezone(ZoneInfo(work.company.time_zone)),
        chart=Chart("bars" if isinstance(chart, Bars) else "line", chart.x, tuple(chart.y)) if chart else None,
        parameter_labels=parameter_labels, parameter_texts=parameter_texts)


@cache
def columns_of(row: type[tuple[Any, ...]]) -> tuple[tuple[str, ColumnType, type[Model] | None], ...]:
    """Name, type and (for references) target of each field of a report's row."""
    hints = typing.get_type_hints(row, include_extras=True)
    return tuple((name, *_column_type(kind)) for name, kind in hints.items())


#: What the cells of a column may be; of a column of text, anything.
_CELLS: dict[ColumnType, tuple[type[Any], ...]] = {
    "money": (Decimal, int), "quantity": (Decimal, int), "rate": (Decimal, int), "integer": (int,), "ref": (int,),
    "date": (date,), "datetime": (datetime,), "boolean": (bool,)}


def _check_types(columns: Sequence[tuple[str, ColumnType, type[Model] | None]], rows: Sequence[Sequence[Any]]) -> None:
    """Raises WrongType for a row or a cell that is none of this report; a look at the types, not at every cell."""
    if wrong := {len(row) for row in rows} - {len(columns)}:
        raise WrongType(f"a row of {wrong.pop()} cells instead of {len(columns)}")
    for i, (name, kind, _) in enumerate(columns):
        allowed = (*_CELLS.get(kind, (object,)), type(None))
        for found in {type(row[i]) for row in rows}:
            if not issubclass(found, allowed):
                raise WrongType(f"{name} is of {found.__name__} instead of {kind}")


def _column_type(annotation: Any) -> tuple[ColumnType, type[Model] | None]:
    inner = [each for each in typing.get_args(annotation) if each is not type(None)]
    if typing.get_origin(annotation) not in (None, typing.Annotated) and type(None) in typing.get_args(annotation):
        annotation = inner[0]
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        kind: ColumnType = typing.get_args(annotation)[1]
        return kind, None
    if origin is Ref:
        return "ref", typing.get_args(annotation)[0]
    plain: dict[Any, ColumnType] = {
        int: "integer", Decimal: "rate", date: "date", datetime: "datetime", bool: "boolean"}
    return plain.get(annotation, "text"), None


def _labels(work: Work, columns: Sequence[tuple[str, ColumnType, type[Model] | None]],
            rows: Iterable[Sequence[Any]]) -> dict[tuple[type[Model], int], RefValue]:
    """Key and label of every record that the rows refer to, one query a target."""
    wanted: dict[type[Model], set[int]] = {}
    places = [(i, target) for i, (_, _, target) in enumerate(columns) if target is not None]
    if places:
        for row in rows:
            for i, target in places:
                if row[i] is not None:
                    wanted.setdefault(target, set()).add(int(row[i]))
    found: dict[tuple[type[Model], int], RefValue] = {}
    for target, ids in wanted.items():
        entity = work.site.registry.entity_of(target)
        ordered = sorted(ids)
        for start in range(0, len(ordered), LABELS_CHUNK):
            found.update(_fetch_labels(work, entity, ordered[start:start + LABELS_CHUNK]))
    return found


def _fetch_labels(work: Work, entity: CompiledEntity,
                  ids: Sequence[int]) -> Iterable[tuple[tuple[type[Model], int], RefValue]]:
    model = entity.model
    identity = primary(model)
    key = entity.key.field if entity.key is not None else identity
    title = entity.title.field if entity.title is not None else key
    # By id alone: with the company in the condition SQLite walks the company's whole index.
    owner = model._meta.fields["company"] if entity.scoped else peewee.Value(work.company.id)
    for each, name, label, company in tuples(model.select(identity, key, title, owner).where(identity.in_(ids))):
        if company == work.company.id:
            yield (model, each), RefValue(each, str(name), str(label))


def _values(columns: Sequence[tuple[str, ColumnType, type[Model] | None]], row: Sequence[Any],
            labels: Mapping[tuple[type[Model], int], RefValue]) -> dict[str, object]:
    values: dict[str, object] = {}
    for (name, _, target), value in zip(columns, row, strict=True):
        values[name] = labels[target, int(value)] if target is not None and value is not None else value
    return values


def _totals(wanted: Sequence[str], rows: Sequence[Row]) -> dict[str, Decimal]:
    plain = [row.values for row in rows if row.kind == "row"]
    return {name: sum((Decimal(str(values[name])) for values in plain if values[name] is not None), Decimal(0))
            for name in wanted}


def _link(styled: Styled, link: Callable[[Any], Link | None] | None) -> Link | None:
    if styled.link is not None:
        return styled.link
    return link(styled.row) if link is not None and styled.kind != "heading" else None


def url_of(site: Site, link: Link | None) -> str | None:
    """Where a link leads: `/reports/<name>?...`, `/<plugin>/<path>?...`, `/<plugin>/<path>/new?...` or
    `/<plugin>/<path>/<id>`."""
    if link is None:
        return None
    if link.to.startswith("/"):
        return link.to
    query = {name: _outside(value) for name, value in link.parameters.items() if value is not None}
    tail = f"?{urlencode(query)}" if query else ""
    if link.to in site.registry.reports:
        return f"/reports/{link.to}{tail}"
    path = f"/{site.registry.entities[link.to].path}"
    return f"{path}/{link.id}" if link.id is not None else f"{path}{'/new' if link.new else ''}{tail}"


def _outside(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
