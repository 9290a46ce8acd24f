"""What refers to a record: the lists in which there is any, for those who may read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...entities import read
from ...entities.compiled import Column, CompiledEntity
from ...entities.query import Query, filled, parse_query
from ...languages import gettext as _
from . import addresses
from .administration import places
from .keeping import once
from .views.parts import Link
from .visit import Visit

MOST_COUNTED = 99


@dataclass(frozen=True)
class _Way:
    """A list that may name the record, by which column, what it is called beside it, and how it is asked."""

    entity: CompiledEntity
    column: str
    label: str
    query: Query


def related_lists(visit: Visit, entity: CompiledEntity, identity: int) -> tuple[Link, ...]:
    """One query over all the ways in which something can refer to the record."""
    ways = once(visit, related_lists, entity, make=lambda: _referring(visit, entity))
    asked = [(way.entity, filled(way.query, identity)) for way in ways]
    found = []
    for way, count in zip(ways, read.counts(visit.site, visit.actor, visit.company, asked), strict=True):
        if count:
            more = "+" if count > MOST_COUNTED else ""
            address = addresses.listing(way.entity, [(f"{way.column}.id", str(identity))])
            found.append(Link(way.label, address, f"{min(count, MOST_COUNTED)}{more}"))
    return tuple(found)


def rights_links(visit: Visit, entity: CompiledEntity, item: Mapping[str, Any]) -> tuple[Link, ...]:
    """From a user to what he may do, and why."""
    if entity.name != "identity.user" or not item.get("active") or not visit.may_on("identity.rights", "run"):
        return ()
    address = addresses.with_query(places.RIGHTS, [("user", str(item["id"]))])
    return (Link(_("What may %(user)s do, and why?", user=item["name"]), address),)


def _referring(visit: Visit, entity: CompiledEntity) -> list[_Way]:
    return [
        _Way(other, column.name, _label(other, column, entity), _asked(visit, other, column))
        for other in visit.site.registry.entities.values()
        if visit.may(other, "read")
        for column in visit.site.permissions.visible(visit.actor, other).values()
        if column.target is entity.model
    ]


def _asked(visit: Visit, other: CompiledEntity, column: Column) -> Query:
    """For the ids of those that name some record, which is filled in later."""
    asked = [(f"{column.name}.id", "0"), ("fields", "id"), ("limit", str(MOST_COUNTED)), ("sort", "id")]
    return parse_query(visit.site, visit.actor, other, [*asked, ("expand", "none")])


def _label(other: CompiledEntity, column: Column, entity: CompiledEntity) -> str:
    """The list's name, with the column's where the record's own list is meant or the column says more."""
    plain = other is not entity and sum(each.target is entity.model for each in other.columns.values()) == 1
    return _(other.plural) if plain else f"{_(other.plural)}: {column.heading.lower()}"
