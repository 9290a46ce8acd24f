"""What refers to a record: the lists in which there is any, for those who may read them."""

from __future__ import annotations

from collections.abc import Iterator

from ...entities import read
from ...entities.compiled import Column, CompiledEntity
from ...entities.query import parse_query
from ...languages import gettext as _
from . import addresses
from .views import Link
from .visit import Visit

MOST_COUNTED = 99


def related_lists(visit: Visit, entity: CompiledEntity, identity: int) -> tuple[Link, ...]:
    """One short query for each way in which something can refer to the record."""
    found = []
    for other, column in _referring(visit, entity):
        query = [(f"{column.name}.id", str(identity))]
        if count := _count(visit, other, query):
            more = "+" if count > MOST_COUNTED else ""
            label = _label(other, column, entity)
            found.append(Link(label, addresses.listing(other, query), f"{min(count, MOST_COUNTED)}{more}"))
    return tuple(found)


def _referring(visit: Visit, entity: CompiledEntity) -> Iterator[tuple[CompiledEntity, Column]]:
    for other in visit.site.registry.entities.values():
        if visit.may(other, "read"):
            for column in visit.site.permissions.visible(visit.actor, other).values():
                if column.target is entity.model:
                    yield other, column


def _label(other: CompiledEntity, column: Column, entity: CompiledEntity) -> str:
    """The list's name, with the column's where the record's own list is meant or the column says more."""
    plain = other is not entity and sum(each.target is entity.model for each in other.columns.values()) == 1
    return _(other.plural) if plain else f"{_(other.plural)}: {column.heading.lower()}"


def _count(visit: Visit, other: CompiledEntity, query: list[tuple[str, str]]) -> int:
    """How many there are, up to one more than are counted."""
    asked = [*query, ("fields", "id"), ("limit", str(MOST_COUNTED)), ("sort", "id"), ("expand", "none")]
    parsed = parse_query(visit.site, visit.actor, other, asked)
    page = read.list_page(visit.site, visit.actor, visit.company, other, parsed)
    return len(page.items) + bool(page.next)
