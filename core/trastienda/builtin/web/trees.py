"""Records below their parents: charts of accounts, departments, locations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from ...entities import read
from ...entities.compiled import CompiledEntity
from ...entities.query import parse_query
from ...languages import gettext as _
from . import addresses, fields
from .arranging import Given
from .shapes import Shape, links_of, own_filters, parent_of
from .views.shapes import Branch, TreeView
from .visit import Visit

MOST = 5000
OPEN_LEVELS = 2
DETAILS = 3


def tree_view(visit: Visit, entity: CompiledEntity, given: Given) -> TreeView:
    """All that the filters leave; what has no parent among it stands at the top."""
    parent = parent_of(visit, entity)
    assert parent is not None
    query = parse_query(visit.site, visit.actor, entity, own_filters(given))
    found = list(islice(read.stream(visit.site, visit.actor, visit.company, entity, query), MOST + 1))
    items = found[:MOST]
    ids = {item["id"] for item in items}
    below: dict[int | None, list[dict[str, Any]]] = {}
    for item in items:
        above = parent.of(item)
        identity = above["id"] if above is not None and above["id"] in ids else None
        below.setdefault(identity, []).append(item)
    return TreeView(
        _(entity.plural),
        _branches(visit, entity, below, None, 0),
        links_of(visit, entity, Shape.TREE, given),
        cut=_("The first %(most)s; narrow it in the list.", most=MOST) if len(found) > MOST else "",
    )


def _branches(
    visit: Visit,
    entity: CompiledEntity,
    below: Mapping[int | None, Sequence[dict[str, Any]]],
    identity: int | None,
    level: int,
) -> tuple[Branch, ...]:
    return tuple(
        Branch(
            *_words(visit, entity, item),
            addresses.record(entity, item["id"]),
            _branches(visit, entity, below, item["id"], level + 1),
            open=level < OPEN_LEVELS,
        )
        for item in below.get(identity, ())
    )


def _words(visit: Visit, entity: CompiledEntity, item: Mapping[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    """Its key, its name, and what else a list tells of it."""
    visible = visit.site.permissions.visible(visit.actor, entity)
    key = str(item.get(entity.key.name) or "") if entity.key is not None else ""
    title = str(item.get(entity.title.name) or "") if entity.title is not None else ""
    named = {column.name for column in (entity.key, entity.title) if column is not None}
    parent = parent_of(visit, entity)
    rest = [
        fields.list_cell(visit, visible[name], item, entity)
        for name in entity.listed
        if name in visible and name not in named and visible[name] is not parent and visible[name].kind != "boolean"
    ]
    words = [cell.mark.label if cell.mark is not None else cell.text for cell in rest]
    return key or (title or f"#{item['id']}"), title if key else "", tuple(text for text in words if text)[:DETAILS]
