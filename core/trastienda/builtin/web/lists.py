"""The list of an entity's records: columns, filters, order, pages, and what can be done with a selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template
from markupsafe import Markup

from ...entities.compiled import Column as EntityColumn
from ...entities.compiled import CompiledEntity
from ...entities.offering import columns_asked, fits
from ...entities.parameters import parameters_of
from ...entities.query import NESTED
from ...entities.read import Page
from ...languages import gettext as _
from . import addresses
from .arranging import Given, arrangement, group_headings, grouped_by, heading, shown, summed, total_cells
from .conditions import nested_chip
from .filters import SPANS, chip, filter_of, filterable, match_choices, narrows
from .keeping import once
from .list_markup import list_body
from .reader import word
from .shapes import Shape, links_of
from .views.lists import EmptyState, KeptView, ListView
from .views.parts import ActionButton, Link
from .visit import Visit

FORMATS = (("csv", "CSV"), ("xlsx", "XLSX"), ("jsonl", "JSON Lines"))
#: Query parameters that belong to the page and not to the list.
OWN = frozenset({"typed", "view"})
#: Those of which a form has several controls for one parameter.
JOINED = ("sort", "fields")


def asked(visit: Visit, entity: CompiledEntity, given: Given) -> list[tuple[str, str]]:
    """The query of the read path for a list page: what the address says, and the columns that are shown."""
    columns, values = shown(visit, entity, given), dict(given)
    visible = visit.site.permissions.visible(visit.actor, entity)
    group = values.get("group", "")
    more = [column.currency_path for column in columns if column.currency]
    more += [entity.key.name] if entity.key else []
    more += [group.removesuffix(".month").removesuffix(".year")]
    more += columns_asked(entity)
    names = dict.fromkeys(["id", *(column.name for column in columns), *(name for name in more if name in visible)])
    kept = [(name, text) for name, text in given if name not in OWN | {"fields", "include", "limit", "count", "expand"}]
    if group and not values.get("totals"):
        kept.append(("totals", ",".join(summed(columns))))
    return [*kept, ("fields", ",".join(names))]


def plain_query(visit: Visit, entity: CompiledEntity, given: Given) -> list[tuple[str, str]]:
    """A filter form's values as the read path writes them: no empty ones, figures as doors speak them."""
    found = []
    for name, text in given:
        column = entity.columns.get(name.partition("__")[0])
        if text.strip() and name not in (*OWN, *JOINED):
            taken = visit.reader.taken(column, text) if column is not None and column.kind in SPANS else text.strip()
            found.append((name, str(taken)))
    for name in JOINED:
        texts = list(dict.fromkeys(text for each, text in given if each == name and text))
        if texts and not (name == "fields" and texts == [column.name for column in shown(visit, entity, ())]):
            found.append((name, ",".join(texts)))
    return found


def list_query(given: Given) -> list[tuple[str, str]]:
    """What of an address is the list's own, whatever the page."""
    return [(name, text) for name, text in given if name not in OWN and name != "cursor" and text]


def filters_in(query: Given) -> list[tuple[str, str]]:
    """What of a list's address narrows it, groups of conditions among it."""
    return [(name, text) for name, text in query if narrows(name)]


def list_view(visit: Visit, entity: CompiledEntity, given: Given, page: Page, views: tuple[KeptView, ...] = (), *,
              keep_url: str = "") -> ListView:  # fmt: skip
    columns, query = shown(visit, entity, given), list_query(given)
    filters = filters_in(query)
    values = dict(query)
    create = (
        Link(_("New %(record)s", record=_(entity.label).lower()), addresses.new(entity))
        if entity.declared.writable and visit.may(entity, "create")
        else None
    )
    at = dict(given).get("cursor", "")
    bulk = bulk_actions(visit, entity, page.items)
    plain = [("view", "none")] if views else []
    return ListView(
        _(entity.plural),
        tuple(heading(visit, entity, column, query) for column in columns),
        _body(visit, entity, columns, query, page, select=bool(bulk)),
        _empty(entity, create, plain, narrowed=bool(filters or values.get("q"))),
        search=values.get("q", ""),
        searchable=entity.searchable,
        tools=once(visit, list_tools, entity, tuple(query), make=lambda: list_tools(visit, entity, query)),
        chips=tuple(
            (nested_chip if name in NESTED else chip)(visit, entity, name, text, query) for name, text in filters
        ),
        views=views,
        keep_url=keep_url,
        totals=total_cells(visit, columns, page.sums),
        shapes=links_of(visit, entity, Shape.LIST, query),
        clear_url=addresses.listing(entity, plain),
        create=create,
        import_url=addresses.importing(entity) if create and visit.may(entity, "import") else "",
        exports=tuple(Link(label, addresses.export(entity, name, query)) for name, label in FORMATS)
        if visit.may(entity, "export") else (),
        bulk=bulk,
        bulk_url=addresses.bulk(entity, query),
        bulk_all=bool(bulk and (page.next or at)),
        first_url=addresses.listing(entity, query) if at else "",
        next_url=addresses.listing(entity, [*query, ("cursor", page.next)]) if page.next else "",
    )


def list_tools(visit: Visit, entity: CompiledEntity, query: Given) -> Markup:
    """The panels in which a list is narrowed and arranged."""
    values = dict(query)
    return Markup(
        render_template(
            "web/_tools.html",
            filters=tuple(filter_of(visit, entity, column, values) for column in filterable(visit, entity)),
            count=len(filters_in(query)),
            nested=tuple((name, text) for name, text in query if name in NESTED),
            conditions_url=addresses.conditions(entity, query),
            match=match_choices(values.get("match", "")),
            arrangement=arrangement(visit, entity, query),
            clear_url=addresses.listing(entity, [("view", "none")]),
        )
    )


def _body(
    visit: Visit, entity: CompiledEntity, columns: Sequence[EntityColumn], query: Given, page: Page, *, select: bool
) -> Markup:
    name = dict(query).get("group", "")
    by, _dot, span = name.rpartition(".") if name.endswith((".month", ".year")) else (name, "", "")
    label = grouped_by(visit, entity, by)
    headings = group_headings(visit, columns, page, label, span) if label is not None else {}
    return list_body(visit, entity, columns, page.items, "bulk" if select else "", headings)


def bulk_actions(
    visit: Visit, entity: CompiledEntity, items: Sequence[Mapping[str, Any]] | None = None
) -> tuple[ActionButton, ...]:
    """Actions that want no parameters, and deletion; of actions those that are for one of the records at least."""
    found = [
        ActionButton(
            action.name,
            action_label(action),
            confirm=_("%(action)s what is selected?", action=action_label(action)),
        )
        for action in entity.actions.values()
        if visit.may(entity, action.permission or action.name)
        and not (action.run is not None and parameters_of(action.run))
        and (items is None or any(fits(entity, action, item, today=visit.today) for item in items))
    ]
    if entity.declared.writable and visit.may(entity, "delete"):
        found.append(ActionButton("delete", _("Delete"), confirm=_("Delete what is selected?"), danger=True))
    return tuple(found)


def action_label(action: Any) -> str:
    return _(action.label) if action.label else word(action.name)


def _empty(
    entity: CompiledEntity, create: Link | None, plain: Given, *, narrowed: bool
) -> EmptyState:
    plural = _(entity.plural).lower()
    if narrowed:
        return EmptyState(
            _("No %(records)s match", records=plural),
            _("Loosen the search or the filters."),
            Link(_("Show all"), addresses.listing(entity, plain)),
        )
    hint = (
        _("Make the first one, or import what you keep elsewhere.")
        if create
        else _("They appear here as soon as there are any.")
    )
    return EmptyState(_("No %(records)s yet", records=plural), hint, create)
