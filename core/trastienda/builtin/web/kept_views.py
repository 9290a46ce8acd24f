"""Lists as people keep them: read and written as the entity of saved views that it is, where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ...entities import read, write
from ...entities.compiled import CompiledEntity
from ...entities.query import MAX_LIMIT, parse_query
from ...errors import Invalid, NotFound, Refusal
from ...languages import gettext as _
from . import addresses
from .arranging import Given
from .blueprint import entity_here, go, web
from .lists import list_query
from .views.lists import KeptView
from .visit import Visit

ENTITY = "records.view"
FIELDS = "id,name,query,columns,shared_with,owner,is_default,version"


def views_of(visit: Visit, entity: CompiledEntity) -> list[dict[str, Any]]:
    """What the visitor may choose from on a list, his own first; nothing where views are not kept.

    An administrator may read everybody's, and is not bothered with them.
    """
    views = visit.site.registry.entities.get(ENTITY)
    if views is None or not visit.may(views, "read"):
        return []
    asked = [("entity", entity.name), ("fields", FIELDS), ("sort", "name"), ("limit", str(MAX_LIMIT))]
    query = parse_query(visit.site, visit.actor, views, asked)
    items = read.list_page(visit.site, visit.actor, visit.company, views, query).items
    meant = [item for item in items if _is_own(visit, item) or item["shared_with"] != "me"]
    return sorted(meant, key=lambda item: not _is_own(visit, item))


def _is_own(visit: Visit, item: dict[str, Any]) -> bool:
    owner = item["owner"]
    return owner is not None and owner["id"] == visit.actor.user


def parameters_of_view(item: dict[str, Any]) -> list[tuple[str, str]]:
    """As the list's address has them."""
    columns = [("fields", item["columns"])] if item["columns"] else []
    return [*parse_qsl(item["query"]), *columns]


def first_shown(views: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """The parameters of a list that nobody gave any: those of the nearest view that wants to be shown first."""
    return next((parameters_of_view(item) for item in views if item["is_default"]), [])


def shown_views(
    visit: Visit, entity: CompiledEntity, items: Sequence[dict[str, Any]], given: Given
) -> tuple[KeptView, ...]:
    here = sorted(list_query(given))
    return tuple(
        KeptView(
            item["name"],
            addresses.listing(entity, parameters_of_view(item)),
            shared="" if item["shared_with"] == "me" else _("shared"),
            current=sorted(parameters_of_view(item)) == here,
            delete_url=addresses.drop_view(entity, item["id"]) if _is_own(visit, item) else "",
        )
        for item in items
    )


def may_keep(visit: Visit) -> bool:
    views = visit.site.registry.entities.get(ENTITY)
    return views is not None and visit.may(views, "create")


@web.post("/<plugin>/<path>/views", endpoint="keep_view")
def keep_view(plugin: str, path: str) -> AnyResponse:
    """Keep the list that the address describes under a name; one of the same name is kept anew."""
    entity, visitor = entity_here(plugin, path)
    given = list_query(list(request.args.items(multi=True)))
    back = addresses.listing(entity, given)
    views = _entity(visitor)
    name = request.form.get("name", "").strip()
    values = {
        "entity": entity.name,
        "name": name,
        "query": urlencode([pair for pair in given if pair[0] != "fields"]),
        "columns": dict(given).get("fields", ""),
        "shared_with": "everyone" if "shared" in request.form else "me",
        "is_default": "first" in request.form,
    }
    known = next((each for each in views_of(visitor, entity) if each["name"] == name and _is_own(visitor, each)), None)
    try:
        shaped = write.shape(visitor.site, visitor.actor, views, values, partial=known is not None)
        if known is None:
            visitor.site.write(visitor.actor, visitor.company, lambda work: write.create(work, views, shaped))
        else:
            visitor.site.write(
                visitor.actor,
                visitor.company,
                lambda work: write.update(work, views, known["id"], shaped, version=None),
            )
    except (Invalid, Refusal) as error:
        return go(back, refused=_first_message(error))
    return go(back, _("The view %(name)s is kept.", name=name))


@web.post("/<plugin>/<path>/views/<int:view>/delete", endpoint="drop_view")
def drop_view(plugin: str, path: str, view: int) -> AnyResponse:
    entity, visitor = entity_here(plugin, path)
    views = _entity(visitor)
    visitor.site.write(visitor.actor, visitor.company, lambda work: write.delete(work, views, view, version=None))
    return go(addresses.listing(entity, [("view", "none")]), _("The view is gone."))


def _entity(visit: Visit) -> CompiledEntity:
    views = visit.site.registry.entities.get(ENTITY)
    if views is None:
        raise NotFound(_("Views are not kept here."))
    return views


def _first_message(error: Invalid | Refusal) -> str:
    return _(next(text for texts in error.errors.values() for text in texts))
