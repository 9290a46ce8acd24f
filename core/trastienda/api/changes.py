"""The change feed, for programs that keep a copy."""
from __future__ import annotations

from flask import Blueprint, Response, request

from ..entities.feed import LATEST, MOST, read_cursor, read_feed
from ..errors import BadQuery
from ..languages import gettext
from .context import caller
from .entities import json_response

__all__ = ["LATEST", "MOST", "blueprint"]

blueprint = Blueprint("changes", __name__, url_prefix="/api/v1")


@blueprint.get("/changes")
def changes() -> Response:
    """`after`, `entity` (several, with commas) and `limit`; `next` is always there, to go on from."""
    who = caller()
    for name in request.args:
        if name not in ("after", "entity", "limit") or len(request.args.getlist(name)) > 1:
            raise BadQuery(name, gettext("no such parameter, or given twice"))
    limit = request.args.get("limit", "50")
    if not limit.isascii() or not limit.isdigit() or len(limit) > 4 or not 1 <= int(limit) <= MOST:
        raise BadQuery("limit", gettext("a whole number from 1 to %(most)s", most=MOST))
    known = who.site.registry.entities
    names = [name for name in request.args.get("entity", "").split(",") if name]
    for name in names:
        if name not in known:
            raise BadQuery("entity", gettext("there is no entity %(name)s", name=name))
        who.site.permissions.require(who.actor, known[name].guard, "read")
    with who.site.database.snapshot():
        after = read_cursor(who.site, who.company, request.args.get("after", ""))
        feed = read_feed(who.site, who.actor, who.company, after=after, entities=[known[name] for name in names],
                         limit=int(limit))
    return json_response({"items": feed.items, "next": str(feed.next), "more": feed.more})
