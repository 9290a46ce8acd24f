"""The page on which conditions of a list are put together with and and or."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from ...entities import read
from ...entities.compiled import CompiledEntity
from ...entities.query import parse_query
from ...errors import BadQuery
from ...languages import gettext as _
from . import addresses
from .blueprint import entity_here, go, show, web
from .conditions import (
    VALUELESS,
    Conditions,
    Group,
    Row,
    address_of,
    conditions_of,
    field_choices,
    in_focus,
    operators_of,
    pressed,
    typed_conditions,
    value_field,
    words,
)
from .filters import fields_of, match_choices
from .views.fields import FieldView
from .views.parts import Choice, Link
from .visit import Visit


@dataclass(frozen=True)
class ConditionRow:
    """`value` is None where the comparison has none, or no field is chosen yet."""

    name: str
    label: str
    fields: tuple[Choice, ...]
    operators: tuple[Choice, ...]
    value: FieldView | None
    drop: str


@dataclass(frozen=True)
class ConditionGroup:
    """`match` names its choice, empty for the first, which the whole page's is."""

    number: int
    match: tuple[Choice, ...]
    rows: tuple[ConditionRow, ...]


@dataclass(frozen=True)
class ConditionsView:
    title: str
    back: Link
    url: str
    match: tuple[Choice, ...]
    groups: tuple[ConditionGroup, ...]
    kept: tuple[tuple[str, str], ...]
    found: str = ""
    wrong: str = ""
    focus: str = ""


@web.get("/<plugin>/<path>/conditions", endpoint="conditions")
def conditions_page(plugin: str, path: str) -> Response | AnyResponse:
    """`do` is the button that was pressed; without one the address is that of a list."""
    entity, visitor = entity_here(plugin, path)
    visitor.site.permissions.require(visitor.actor, entity.guard, "read")
    given = list(request.args.items(multi=True))
    button = request.args.get("do")
    if button is None:
        return _page(visitor, entity, conditions_of(visitor, entity, given))
    made = typed_conditions(visitor, entity, given)
    if button == "apply":
        query = address_of(visitor, entity, made)
        try:
            parse_query(visitor.site, visitor.actor, entity, query)
        except BadQuery as error:
            return _page(visitor, entity, made, wrong=_(str(error)))
        return go(addresses.listing(entity, query or [("view", "none")]))
    made = pressed(made, button or "look")
    return _page(visitor, entity, made, focus=in_focus(made, button or "look", request.args.get("changed", "")))


def _page(
    visitor: Visit, entity: CompiledEntity, made: Conditions, *, wrong: str = "", focus: str = ""
) -> Response:
    first, *others = made.groups
    if not first.rows and not others:
        made = Conditions(made.match, (Group(made.match, (Row(),)),), made.rest)
    query = address_of(visitor, entity, made)
    view = ConditionsView(
        _("Filter %(records)s", records=_(entity.plural).lower()),
        Link(_(entity.plural), addresses.listing(entity, query)),
        addresses.conditions(entity),
        match_choices(made.match),
        tuple(_group(visitor, entity, number, group, focus) for number, group in enumerate(made.groups)),
        made.rest,
        "" if wrong else _found(visitor, entity, query),
        wrong,
        focus,
    )
    return show("conditions", view, status=422 if wrong else 200, visitor=visitor)


def _found(visitor: Visit, entity: CompiledEntity, query: list[tuple[str, str]]) -> str:
    """How many records the conditions leave; nothing while they are not whole."""
    asked = [(name, text) for name, text in query if name not in ("fields", "group", "totals", "sort")]
    try:
        parsed = parse_query(
            visitor.site, visitor.actor, entity,
            [*asked, ("fields", "id"), ("limit", "1"), ("count", "exact"), ("expand", "none")],
        )  # fmt: skip
    except BadQuery:
        return ""
    page = read.list_page(visitor.site, visitor.actor, visitor.company, entity, parsed)
    return _("Records that meet this: %(count)s", count=page.count)


def _group(visitor: Visit, entity: CompiledEntity, number: int, group: Group, focus: str) -> ConditionGroup:
    rows = tuple(
        _row(visitor, entity, f"{number}.{place}", row, place + 1, focus) for place, row in enumerate(group.rows)
    )
    choices = (Choice("all", _("all of these"), group.match == "all"),
               Choice("any", _("any of these"), group.match == "any"))  # fmt: skip
    return ConditionGroup(number, choices if number else (), rows)


def _row(
    visitor: Visit, entity: CompiledEntity, name: str, row: Row, number: int, focus: str
) -> ConditionRow:
    column = fields_of(visitor, entity).get(row.field)
    offered = operators_of(column) if column is not None else ()
    said = words()
    value = None
    if column is not None and row.operator not in VALUELESS:
        value = value_field(visitor, column, f"{name}.value", row.value)
        value = replace(value, autofocus=value.name == focus)
    return ConditionRow(
        name,
        _("Condition %(number)s", number=number),
        tuple(field_choices(visitor, entity, row.field)),
        tuple(Choice(each, said[each], each == row.operator) for each in offered),
        value,
        f"drop {name.replace('.', ' ')}",
    )
