"""Records as a board, a calendar or a tree."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from ...entities.compiled import CompiledEntity
from ...errors import BadQuery, NotFound
from ...languages import gettext as _
from . import addresses
from .blueprint import entity_here, go, show, web
from .boards import board_view
from .calendars import calendar_view, month_of
from .shapes import Shape, shapes_of
from .trees import tree_view
from .views.shapes import BoardView, CalendarView, TreeView
from .visit import Visit

Given = list[tuple[str, str]]


@web.get("/<plugin>/<path>/board", endpoint="board")
def board(plugin: str, path: str) -> Response | AnyResponse:
    return _shape(plugin, path, Shape.BOARD)


@web.get("/<plugin>/<path>/calendar", endpoint="calendar")
def calendar(plugin: str, path: str) -> Response | AnyResponse:
    """`month=2026-11` chooses another month than this one."""
    return _shape(plugin, path, Shape.CALENDAR)


@web.get("/<plugin>/<path>/tree", endpoint="tree")
def tree(plugin: str, path: str) -> Response | AnyResponse:
    return _shape(plugin, path, Shape.TREE)


def _shape(plugin: str, path: str, shape: Shape) -> Response | AnyResponse:
    entity, visitor = entity_here(plugin, path)
    visitor.site.permissions.require(visitor.actor, entity.guard, "read")
    if shape not in shapes_of(visitor, entity):
        raise NotFound(_("%(records)s have no %(shape)s", records=_(entity.plural), shape=shape.value))
    try:
        view = _view(visitor, entity, shape, list(request.args.items(multi=True)))
    except BadQuery as error:
        return go(addresses.shape(entity, shape.value), refused=_(str(error)))
    return show(shape.value, view, visitor=visitor)


def _view(visitor: Visit, entity: CompiledEntity, shape: Shape, given: Given) -> BoardView | CalendarView | TreeView:
    if shape is Shape.BOARD:
        return board_view(visitor, entity, given)
    if shape is Shape.TREE:
        return tree_view(visitor, entity, given)
    today = visitor.site.clock().astimezone(visitor.reader.zone).date()
    month = month_of(request.args.get("month", ""), today)
    return calendar_view(visitor, entity, given, month=month, today=today)
