"""The shapes in which the records of an entity can be seen: a list, a board, a calendar, a tree."""

from __future__ import annotations

from enum import Enum

from ...entities.compiled import Column, CompiledEntity
from ...entities.query import NESTED, RESERVED
from ...languages import gettext as _
from . import addresses
from .arranging import Given
from .views.parts import Link
from .visit import Visit


class Shape(Enum):
    LIST = ""
    BOARD = "board"
    CALENDAR = "calendar"
    TREE = "tree"


def shapes_of(visit: Visit, entity: CompiledEntity) -> tuple[Shape, ...]:
    """A list always; a board for what has states, a calendar for what has dates, a tree for what has a parent."""
    found = [Shape.LIST]
    if entity.state is not None and len(entity.state.options) > 1:
        found.append(Shape.BOARD)
    if days_of(visit, entity):
        found.append(Shape.CALENDAR)
    if parent_of(visit, entity) is not None:
        found.append(Shape.TREE)
    return tuple(found)


def parent_of(visit: Visit, entity: CompiledEntity) -> Column | None:
    """The column that makes a tree of the records: the one declared."""
    declared = entity.declared.parent
    return visit.site.permissions.visible(visit.actor, entity).get(declared.name) if declared is not None else None


def days_of(visit: Visit, entity: CompiledEntity) -> tuple[Column, ...]:
    """The day, or the first and the last day, by which a record stands in a calendar.

    Those declared; else `starts_on` and `ends_on`; else the first day that a list shows.
    """
    visible = visit.site.permissions.visible(visit.actor, entity)
    declared = [visible[field.name] for field in entity.declared.calendar if field.name in visible]
    if declared:
        return tuple(declared)
    first, last = visible.get("starts_on"), visible.get("ends_on")
    if first is not None and first.kind == "date":
        return (first, last) if last is not None and last.kind == "date" and not last.field.null else (first,)
    listed = (visible[name] for name in entity.listed if name in visible)
    day = next((column for column in listed if column.kind == "date"), None)
    return (day,) if day is not None else ()


def own_filters(given: Given) -> list[tuple[str, str]]:
    """What of an address narrows the records, whatever their shape."""
    kept = {"q", "match", "archived", *NESTED}
    return [
        (name, text)
        for name, text in given
        if text and (name in kept or name not in RESERVED | {"typed", "view", "month"})
    ]


def links_of(visit: Visit, entity: CompiledEntity, here: Shape, given: Given) -> tuple[Link, ...]:
    """To the other shapes of the same records; the one that is shown has no address. None where there is one only."""
    shapes = shapes_of(visit, entity)
    if len(shapes) == 1:
        return ()
    labels = {
        Shape.LIST: _("List"),
        Shape.BOARD: _("Board"),
        Shape.CALENDAR: _("Calendar"),
        Shape.TREE: _("Tree"),
    }
    kept = own_filters(given)
    return tuple(
        Link(labels[each], "" if each is here else addresses.shape(entity, each.value, kept)) for each in shapes
    )
