"""Finding records by what people call them: for look-ups, and across everything for the palette."""

from __future__ import annotations

from typing import Any

from ...entities import read
from ...entities.compiled import CompiledEntity
from ...entities.query import parse_query
from ...languages import gettext as _
from . import addresses
from .visit import Visit

FOUND = 10
FOUND_EACH = 3


def find_in(visit: Visit, entity: CompiledEntity, text: str, offers: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Records by the beginning of their key, then by any word, as `{"id", "key", "label"}`."""
    found: dict[int, dict[str, Any]] = {}
    for query in _searches(entity, text):
        if len(found) < FOUND:
            found.update({item["id"]: item for item in _few(visit, entity, [*offers, *query], FOUND)})
    return [named(entity, item) for item in found.values()][:FOUND]


def find_everywhere(visit: Visit, text: str) -> list[dict[str, str]]:
    """The first records of each entity that has this text, as `{"label", "where", "url"}`."""
    found = []
    for entity in visit.site.registry.entities.values():
        if entity.searchable and visit.may(entity, "read"):
            for item in _few(visit, entity, [("q", text)], FOUND_EACH):
                words = named(entity, item)
                label = " ".join(part for part in (words["key"], words["label"]) if part)
                found.append(
                    {"label": label, "where": _(entity.label), "url": addresses.record(entity, item["id"])}
                )
    return found


def _searches(entity: CompiledEntity, text: str) -> list[list[tuple[str, str]]]:
    if not text:
        return [[]]
    by_key = (
        [[(f"{entity.key.name}__startswith", text)]] if entity.key is not None and entity.key.kind == "text" else []
    )
    return [*by_key, [("q", text)]] if entity.searchable else by_key or [[]]


def _few(visit: Visit, entity: CompiledEntity, query: list[tuple[str, str]], most: int) -> list[dict[str, Any]]:
    visible = visit.site.permissions.visible(visit.actor, entity)
    names = ["id", *(each.name for each in (entity.key, entity.title) if each is not None and each.name in visible)]
    parsed = parse_query(
        visit.site,
        visit.actor,
        entity,
        [*query, ("fields", ",".join(names)), ("limit", str(most)), ("expand", "none")],
    )
    return read.list_page(visit.site, visit.actor, visit.company, entity, parsed).items


def named(entity: CompiledEntity, item: dict[str, Any]) -> dict[str, Any]:
    key = item.get(entity.key.name) if entity.key is not None else None
    title = item.get(entity.title.name) if entity.title is not None else ""
    return {
        "id": item["id"],
        "key": str(key) if key not in (None, "") else f"#{item['id']}",
        "label": str(title or ""),
    }
