"""The list of an entity's records: columns, filters, order, pages, and what can be done with a selection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ...entities.compiled import Column as EntityColumn
from ...entities.compiled import CompiledEntity
from ...entities.parameters import parameters_of
from ...entities.query import RESERVED
from ...entities.read import Page
from ...languages import gettext as _
from . import addresses, fields
from .pages import EmptyState, Filter, ListView
from .reader import SCALED, word
from .views import ActionButton, Cell, Choice, Column, FieldView, Link, Row
from .visit import Visit

Given = Sequence[tuple[str, str]]
FORMATS = (("csv", "CSV"), ("xlsx", "XLSX"), ("jsonl", "JSON Lines"))
#: Query parameters that belong to the page and not to the list.
OWN = frozenset({"typed"})
SPANS = ("date", "datetime", "integer", "bigint", *SCALED)
UNSORTED = ("json", "longtext")
WORDS = {
    "": "",
    "gte": "≥",
    "lte": "≤",
    "gt": ">",
    "lt": "<",
    "ne": "≠",
    "contains": "~",
    "startswith": "~",
    "in": "=",
    "isnull": "∅",
}


def shown(visit: Visit, entity: CompiledEntity) -> list[EntityColumn]:
    """The list's columns, those of extensions at the end."""
    visible = visit.site.permissions.visible(visit.actor, entity)
    names = [*entity.listed, *(name for name, column in visible.items() if column.extension is not None)]
    return [visible[name] for name in dict.fromkeys(names) if name in visible and name != "id"]


def asked(visit: Visit, entity: CompiledEntity, given: Given) -> list[tuple[str, str]]:
    """The query of the read path for a list page: what the address says, and the columns that are shown."""
    columns = shown(visit, entity)
    visible = visit.site.permissions.visible(visit.actor, entity)
    more = [column.currency for column in columns if column.currency] + ([entity.key.name] if entity.key else [])
    names = dict.fromkeys(["id", *(column.name for column in columns), *(name for name in more if name in visible)])
    kept = [(name, text) for name, text in given if name not in OWN | {"fields", "include", "limit", "count", "expand"}]
    return [*kept, ("fields", ",".join(names))]


def plain_query(visit: Visit, entity: CompiledEntity, given: Given) -> list[tuple[str, str]]:
    """A filter form's values as the read path writes them: no empty ones, figures as doors speak them."""
    found = []
    for name, text in given:
        column = entity.columns.get(name.partition("__")[0])
        if text.strip() and name not in OWN:
            taken = visit.reader.taken(column, text) if column is not None and column.kind in SPANS else text.strip()
            found.append((name, str(taken)))
    return found


def list_view(visit: Visit, entity: CompiledEntity, given: Given, page: Page) -> ListView:
    columns = shown(visit, entity)
    query = [(name, text) for name, text in given if name not in OWN and name != "cursor" and text]
    filters = [(name, text) for name, text in query if name not in RESERVED]
    values = dict(query)
    create = (
        Link(_("New %(record)s", record=_(entity.label).lower()), addresses.new(entity))
        if entity.declared.writable and visit.may(entity, "create")
        else None
    )
    at = dict(given).get("cursor", "")
    return ListView(
        _(entity.plural),
        tuple(_heading(visit, entity, column, query) for column in columns),
        tuple(row(visit, entity, columns, item) for item in page.items),
        _empty(entity, create, narrowed=bool(filters or values.get("q"))),
        search=values.get("q", ""),
        searchable=bool(entity.declared.search),
        filters=tuple(_filter(visit, entity, column, values) for column in _filterable(visit, entity)),
        chips=tuple(_chip(visit, entity, name, text, query) for name, text in filters),
        kept=tuple((name, text) for name, text in query if name == "sort"),
        clear_url=addresses.listing(entity),
        create=create,
        import_url=addresses.importing(entity) if create else "",
        exports=tuple(Link(label, addresses.export(entity, name, query)) for name, label in FORMATS),
        bulk=bulk_actions(visit, entity),
        bulk_url=addresses.bulk(entity),
        first_url=addresses.listing(entity, query) if at else "",
        next_url=addresses.listing(entity, [*query, ("cursor", page.next)]) if page.next else "",
    )


def row(visit: Visit, entity: CompiledEntity, columns: Sequence[EntityColumn], item: dict[str, Any]) -> Row:
    """A record's row; its first cell leads to it, and says `#12` where it has nothing else to say."""
    cells = [fields.cell(visit, column, item, entity=entity) for column in columns]
    first = cells[0]
    name = first.text or (first.mark.label if first.mark else f"#{item['id']}")
    cells[0] = Cell(name, url=addresses.record(entity, item["id"]), note=first.note, unit=first.unit)
    return Row(str(item["id"]), tuple(cells))


def bulk_actions(visit: Visit, entity: CompiledEntity) -> tuple[ActionButton, ...]:
    """Actions that want no parameters, and deletion."""
    found = [
        ActionButton(
            action.name,
            action_label(action),
            confirm=_("%(action)s what is selected?", action=action_label(action)),
        )
        for action in entity.actions.values()
        if visit.may(entity, action.permission or action.name)
        and not (action.run is not None and parameters_of(action.run))
    ]
    if entity.declared.writable and visit.may(entity, "delete"):
        found.append(ActionButton("delete", _("Delete"), confirm=_("Delete what is selected?"), danger=True))
    return tuple(found)


def action_label(action: Any) -> str:
    return _(action.label) if action.label else word(action.name)


# -- order
def _heading(visit: Visit, entity: CompiledEntity, column: EntityColumn, query: Given) -> Column:
    first, descending = _first_sort(entity, dict(query).get("sort", ""))
    mine = column.name == first
    wanted = f"-{column.name}" if mine and not descending else column.name
    others = [(name, text) for name, text in query if name != "sort"]
    return Column(
        column.name,
        column.heading,
        column.kind,
        unit=fields.money_unit(visit, column),
        sort_url="" if column.kind in UNSORTED else addresses.listing(entity, [*others, ("sort", wanted)]),
        sorted="" if not mine else "descending" if descending else "ascending",
    )


def _first_sort(entity: CompiledEntity, sort: str) -> tuple[str, bool]:
    if not sort:
        return entity.order[0] if entity.order else ("", False)
    first = sort.partition(",")[0]
    return first.lstrip("-"), first.startswith("-")


# -- filters
def _filterable(visit: Visit, entity: CompiledEntity) -> Iterable[EntityColumn]:
    return [
        column
        for column in visit.site.permissions.visible(visit.actor, entity).values()
        if column.kind not in ("id", "json")
    ]


def _filter(visit: Visit, entity: CompiledEntity, column: EntityColumn, values: dict[str, str]) -> Filter:
    label = column.heading
    if column.kind in SPANS:
        kind = "date" if column.kind == "datetime" else column.kind
        ends = (("gte", _("%(field)s from", field=label)), ("lte", _("%(field)s to", field=label)))
        return Filter(
            label,
            tuple(
                FieldView(
                    f"{column.name}__{end}",
                    text,
                    kind,
                    _typed(visit, column, values.get(f"{column.name}__{end}", "")),
                )
                for end, text in ends
            ),
        )
    if column.kind == "ref":
        chosen = values.get(column.name, "")
        found = fields.lookup(visit, column, None, chosen)
        return Filter(label, (FieldView(column.name, label, "ref" if found else "text", chosen, lookup=found),))
    if column.kind == "boolean":
        chosen = values.get(column.name, "")
        either = (
            Choice("", _("Any")),
            Choice("true", _("Yes"), chosen == "true"),
            Choice("false", _("No"), chosen == "false"),
        )
        return Filter(label, (FieldView(column.name, label, "choice", chosen, choices=either),))
    if column.options:
        chosen = values.get(column.name, "")
        choices = (
            Choice("", _("Any")),
            *(Choice(each, word(each), each == chosen) for each in column.options),
        )
        return Filter(label, (FieldView(column.name, label, "choice", chosen, choices=choices),))
    name = f"{column.name}__contains"
    return Filter(label, (FieldView(name, label, "text", values.get(name, "")),))


def _typed(visit: Visit, column: EntityColumn, text: str) -> str:
    """A filter's value as it is typed; one that is no value of the column stays as it is."""
    try:
        return visit.reader.typed(column, text) if text and column.kind in SCALED else text
    except ArithmeticError:
        return text


def _chip(visit: Visit, entity: CompiledEntity, name: str, text: str, query: Given) -> Link:
    """A filter in force, in words; its address is the list without it."""
    head, _mark, operator = name.partition("__")
    path = head.split(".")
    column = entity.columns.get(head) or entity.columns.get(path[0])
    label = column.heading if column is not None else head
    value = text
    if column is not None and (column.options or column.kind == "boolean") and operator in ("", "ne"):
        value = word(text) if column.options else _("Yes") if text == "true" else _("No")
    elif column is not None and column.kind in SCALED:
        value = _typed(visit, column, text)
    elif column is not None and column.kind == "date" and len(text) == 10:
        value = _day(visit, column, text)
    sign = WORDS.get(operator, operator)
    rest = [pair for pair in query if pair != (name, text)]
    return Link(f"{label} {sign} {value}" if sign else f"{label}: {value}", addresses.listing(entity, rest))


def _day(visit: Visit, column: EntityColumn, text: str) -> str:
    try:
        return visit.reader.text(column, text)
    except ValueError:
        return text


def _empty(entity: CompiledEntity, create: Link | None, *, narrowed: bool) -> EmptyState:
    plural = _(entity.plural).lower()
    if narrowed:
        return EmptyState(
            _("No %(records)s match", records=plural),
            _("Loosen the search or the filters."),
            Link(_("Show all"), addresses.listing(entity)),
        )
    hint = (
        _("Make the first one, or import what you keep elsewhere.")
        if create
        else _("They appear here as soon as there are any.")
    )
    return EmptyState(_("No %(records)s yet", records=plural), hint, create)
