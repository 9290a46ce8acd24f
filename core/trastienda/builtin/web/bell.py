"""What the visitor has not read yet: under the bell of every page, where there are notifications at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ...entities import read, write
from ...entities.compiled import CompiledEntity
from ...entities.query import MAX_LIMIT
from ...errors import NotFound
from ...languages import gettext as _
from ...work import Work
from . import addresses
from .blueprint import go, local, visit, web
from .unread import notifications, unread
from .visit import Visit


@web.post("/notifications/<int:identity>/open", endpoint="open_notification")
def open_notification(identity: int) -> AnyResponse:
    """It counts as read, and what it is about is shown."""
    visitor = visit()
    entity = _entity(visitor)
    item = read.one(visitor.site, visitor.actor, visitor.company, entity, identity)
    _mark(visitor, entity, [item])
    about = visitor.site.registry.entities.get(item["entity"] or "")
    if about is not None and item["record"] is not None and visitor.may(about, "read"):
        return go(addresses.record(about, item["record"]))
    return go(addresses.record(entity, identity))


@web.post("/notifications/read", endpoint="read_notifications")
def read_all() -> AnyResponse:
    """All that is unread, and back to where it was said."""
    visitor = visit()
    entity = _entity(visitor)
    page = unread(visitor, entity, "id,read_at", MAX_LIMIT)
    _mark(visitor, entity, page.items)
    return go(local(request.form.get("next", addresses.HOME)))


def _mark(visitor: Visit, entity: CompiledEntity, items: Sequence[dict[str, Any]]) -> None:
    def body(work: Work) -> None:
        for item in items:
            if item.get("read_at") is None:
                write.act(work, entity, item["id"], "mark-read", {}, version=None)

    visitor.site.write(visitor.actor, visitor.company, body)


def _entity(visitor: Visit) -> CompiledEntity:
    found = notifications(visitor)
    if found is None:
        raise NotFound(_("There are no notifications here."))
    return found
