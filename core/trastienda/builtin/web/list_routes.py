"""Lists, look-ups, and what is done with a selection."""

from __future__ import annotations

from itertools import islice

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from ...api.entities import MOST_IDS, json_response
from ...entities import read, write
from ...entities.compiled import CompiledEntity
from ...entities.query import RESERVED, parse_query
from ...errors import BadQuery, NotFound, TrastiendaError
from ...languages import gettext as _
from ...work import Work
from . import addresses
from .blueprint import entity_here, go, show, visit, web
from .finding import find_everywhere, find_in
from .kept_views import first_shown, may_keep, shown_views, views_of
from .lists import asked, bulk_actions, list_query, list_view, plain_query
from .records import record_name, record_title
from .views.lists import BulkResult, BulkView
from .views.parts import Link
from .views.records import ConfirmView
from .visit import Visit


@web.get("/<plugin>/<path>", endpoint="list")
def list_page(plugin: str, path: str) -> Response | AnyResponse:
    """`typed` marks a form's submission: its address is made plain, so that it can be kept and shared."""
    entity, visitor = entity_here(plugin, path)
    given = list(request.args.items(multi=True))
    if "typed" in request.args:
        return redirect(addresses.listing(entity, plain_query(visitor, entity, given)), 303)
    views = views_of(visitor, entity)
    given = given or first_shown(views)
    try:
        page = _page(visitor, entity, given)
    except BadQuery as error:
        return go(addresses.listing(entity, [("view", "none")]), refused=_(str(error)))
    keep_url = addresses.keep_view(entity, list_query(given)) if may_keep(visitor) else ""
    kept = shown_views(visitor, entity, views, given)
    return show("list", list_view(visitor, entity, given, page, kept, keep_url=keep_url), visitor=visitor)


def _page(visitor: Visit, entity: CompiledEntity, given: list[tuple[str, str]]) -> read.Page:
    query = parse_query(visitor.site, visitor.actor, entity, asked(visitor, entity, given))
    return read.list_page(visitor.site, visitor.actor, visitor.company, entity, query)


@web.get("/<plugin>/<path>/lookup", endpoint="lookup")
def look_up(plugin: str, path: str) -> Response:
    """Records by the beginning of their key, then by any word: `{"items": [{"id", "key", "label"}]}`.

    Any other parameter is a filter of the list, for fields that offer only some.
    """
    entity, visitor = entity_here(plugin, path)
    text = request.args.get("q", "").strip()
    offers = [(name, value) for name, value in request.args.items(multi=True) if name not in RESERVED]
    return json_response({"items": find_in(visitor, entity, text, offers)})


@web.get("/find", endpoint="find")
def find() -> Response:
    """Records of whatever kind: `{"items": [{"label", "where", "url"}]}`."""
    visitor, text = visit(), request.args.get("q", "").strip()
    return json_response({"items": find_everywhere(visitor, text) if len(text) > 1 else []})


# -- a selection
@web.post("/<plugin>/<path>/bulk", endpoint="bulk")
def bulk(plugin: str, path: str) -> Response | AnyResponse:
    """Each record in a transaction of its own, with a result of its own."""
    entity, visitor = entity_here(plugin, path)
    name = request.form.get("_action", "")
    chosen = next((each for each in bulk_actions(visitor, entity) if each.name == name), None)
    if chosen is None:
        raise NotFound(_("No action %(name)s", name=name))
    query = list_query(list(request.args.items(multi=True)))
    back = Link(_(entity.plural), addresses.listing(entity, query))
    try:
        ids = _selected(visitor, entity, query)
    except BadQuery as error:
        return go(back.url, refused=_(str(error)))
    if not ids:
        return go(back.url, refused=_("Nothing is selected."))
    if chosen.confirm and "_confirmed" not in request.form:
        hidden = [("ids", str(each)) for each in ids] + [("_action", name), ("_confirmed", "1")]
        return show(
            "confirm",
            ConfirmView(
                chosen.label,
                back,
                addresses.bulk(entity, query),
                chosen.label,
                message=f"{chosen.confirm} ({len(ids)})",
                hidden=tuple(hidden),
                danger=chosen.danger,
            ),
            visitor=visitor,
        )
    results = tuple(_one(visitor, entity, identity, name) for identity in dict.fromkeys(ids))
    done = sum(each.done for each in results)
    summary = _("%(done)s done, %(refused)s refused.", done=done, refused=len(results) - done)
    if done == len(results):
        return go(back.url, summary if done > 1 else _("Done."))
    return show("bulk", BulkView(chosen.label, back, results, summary), visitor=visitor)


def _selected(visitor: Visit, entity: CompiledEntity, query: list[tuple[str, str]]) -> list[int]:
    """The ids that were ticked, or (`all`) those of every page of the list."""
    if "all" not in request.form:
        given = request.form.getlist("ids")
        if len(given) > MOST_IDS:
            raise BadQuery(_("Selection"), _("more than %(most)s records: narrow the list", most=MOST_IDS))
        return [int(each) for each in given if each.isascii() and each.isdecimal() and len(each) < 19]
    asked = [(name, text) for name, text in query if name not in ("fields", "group", "totals")]
    parsed = parse_query(visitor.site, visitor.actor, entity, [*asked, ("fields", "id"), ("expand", "none")])
    found = read.stream(visitor.site, visitor.actor, visitor.company, entity, parsed)
    ids = [item["id"] for item in islice(found, MOST_IDS + 1)]
    if len(ids) > MOST_IDS:
        raise BadQuery(_("Selection"), _("more than %(most)s records: narrow the list", most=MOST_IDS))
    return ids


def _one(visitor: Visit, entity: CompiledEntity, identity: int, name: str) -> BulkResult:
    def body(work: Work) -> None:
        if name == "delete":
            write.delete(work, entity, identity, version=None)
        else:
            write.act(work, entity, identity, name, {})

    title = f"#{identity}"
    try:
        item = read.one(visitor.site, visitor.actor, visitor.company, entity, identity)
        title = f"{record_title(entity, item)} {record_name(entity, item)}".rstrip()
        visitor.site.write(visitor.actor, visitor.company, body)
    except TrastiendaError as error:
        return BulkResult(Link(title, addresses.record(entity, identity)), _(str(error)), done=False)
    url = addresses.record(entity, identity) if name != "delete" else addresses.listing(entity)
    return BulkResult(Link(title, url), _("Done"), done=True)
