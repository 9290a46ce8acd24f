"""The visitor's newest unread notifications, read by one query for the bar of each page."""

from __future__ import annotations

from ...entities import read
from ...entities.compiled import CompiledEntity
from ...entities.query import Query, filled, parse_query
from ...entities.read import Page
from . import addresses
from .keeping import once
from .views.frame import Bell, Unread
from .visit import Visit

ENTITY = "delivery.notification"
MOST_SHOWN = 9


def bell_of(visit: Visit) -> Bell | None:
    """None where nobody is ever notified."""
    entity = notifications(visit)
    if entity is None:
        return None
    page = unread(visit, entity, "id,subject,created_at", MOST_SHOWN)
    shown = tuple(
        Unread(
            item["subject"],
            visit.reader.moment(item["created_at"]),
            item["created_at"],
            f"/notifications/{item['id']}/open",
        )
        for item in page.items
    )
    count = f"{len(shown)}{'+' if page.next else ''}" if shown else ""
    return Bell(shown, count, "/notifications/read", addresses.listing(entity, [("view", "none")]))


def notifications(visit: Visit) -> CompiledEntity | None:
    """The entity of them, for who may read his own."""
    entity = visit.site.registry.entities.get(ENTITY)
    return entity if entity is not None and visit.may(entity, "read") else None


def unread(visit: Visit, entity: CompiledEntity, fields: str, most: int) -> Page:
    """What the visitor has not read of his own: an administrator may read everybody's."""
    query = once(visit, unread, entity, fields, most, make=lambda: _asked(visit, entity, fields, most))
    return read.list_page(visit.site, visit.actor, visit.company, entity, filled(query, visit.actor.user or 0))


def _asked(visit: Visit, entity: CompiledEntity, fields: str, most: int) -> Query:
    """Whose they are is filled in later."""
    asked = [("user.id", "0"), ("read_at__isnull", "true"), ("fields", fields), ("limit", str(most))]
    return parse_query(visit.site, visit.actor, entity, asked)
