"""What waits for the visitor, and what he last worked on: the part of the start page that needs no plugin's help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...entities import read
from ...entities.compiled import CompiledEntity
from ...entities.declarations import Transition
from ...entities.history import lately_changed
from ...entities.query import parse_query
from ...languages import gettext as _
from . import addresses
from .reader import word
from .records import record_title
from .views.parts import Link
from .visit import Visit

RECENT = 8


def waiting(visit: Visit) -> Iterator[Link]:
    """Records in a state that waits for somebody, where the visitor may move them on: how many, and where."""
    for entity in visit.site.registry.entities.values():
        states = [state for state in entity.declared.waits if _may_move(visit, entity, state)]
        if states and entity.state is not None and visit.may(entity, "read"):
            counts = _counts(visit, entity, states)
            for state in states:
                if counts.get(state):
                    label = f"{_(entity.plural)}: {word(state).lower()}"
                    address = addresses.listing(entity, [(entity.state.name, state)])
                    yield Link(label, address, counts[state])


def _may_move(visit: Visit, entity: CompiledEntity, state: str) -> bool:
    return any(
        isinstance(action, Transition) and state in action.states and visit.may(entity, action.permission or name)
        for name, action in entity.actions.items()
    )


def _counts(visit: Visit, entity: CompiledEntity, states: list[str]) -> dict[str, int]:
    assert entity.state is not None
    name = entity.state.name
    asked = [(f"{name}__in", ",".join(states)), ("group", name), ("fields", "id"), ("limit", "1")]
    query = parse_query(visit.site, visit.actor, entity, asked)
    page = read.list_page(visit.site, visit.actor, visit.company, entity, query)
    return {group.value: group.count for group in page.groups}


def recent(visit: Visit) -> list[Link]:
    """The records that the visitor last changed, newest first; one that is gone or out of his sight is left out."""
    found: dict[tuple[str, int], Link] = {}
    changed = [pair for pair in lately_changed(visit.actor, visit.company) if pair[0] in visit.site.registry.entities]
    for name in dict.fromkeys(name for name, _record in changed[:RECENT]):
        entity = visit.site.registry.entities[name]
        if visit.may(entity, "read"):
            ids = [record for each, record in changed[:RECENT] if each == name]
            found.update({(name, item["id"]): _link(entity, item) for item in _items(visit, entity, ids)})
    return [found[pair] for pair in changed[:RECENT] if pair in found]


def _items(visit: Visit, entity: CompiledEntity, ids: list[int]) -> list[dict[str, Any]]:
    visible = visit.site.permissions.visible(visit.actor, entity)
    names = ["id", *(each.name for each in (entity.key, entity.title) if each is not None and each.name in visible)]
    asked = [("id__in", ",".join(map(str, ids))), ("fields", ",".join(names)), ("limit", str(len(ids)))]
    query = parse_query(visit.site, visit.actor, entity, asked)
    return read.list_page(visit.site, visit.actor, visit.company, entity, query).items


def _link(entity: CompiledEntity, item: dict[str, Any]) -> Link:
    name = str(item.get(entity.title.name) or "") if entity.title is not None else ""
    return Link(f"{record_title(entity, item)} {name}".strip(), addresses.record(entity, item["id"]))
