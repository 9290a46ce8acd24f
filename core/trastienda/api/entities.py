"""The addresses of every entity: list, one, create, update, delete, actions, history, export."""
from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Response, request, stream_with_context

from ..entities import exporting, read, write
from ..entities.compiled import CompiledEntity
from ..entities.history import history_of
from ..entities.query import parse_query
from ..errors import Invalid, NotFound, TrastiendaError
from ..languages import gettext
from ..prints.run import printed
from ..storage.models import SharedRecord
from ..work import Work
from .context import Caller, body, caller, entity_at, expected_version
from .retries import in_parts, once

blueprint = Blueprint("entities", __name__, url_prefix="/api/v1")
MOST_IDS = 1000


def json_response(value: Any, status: int = 200, **headers: str) -> Response:
    return Response(orjson.dumps(value, default=str), status=status, mimetype="application/json", headers=headers)


def record_response(item: dict[str, Any], status: int = 200, **headers: str) -> Response:
    """A record with its ETag."""
    response = json_response(item, status, **headers)
    if "version" in item:
        response.headers["ETag"] = f'"{item["version"]}"'
    return response


def _shown(who: Caller, entity: CompiledEntity, record: SharedRecord) -> dict[str, Any]:
    """What the writer sees of what was written: nothing but the id where he may write but not read."""
    if not who.site.permissions.of(who.actor, entity.guard, "read"):
        return {"id": record.id, "version": record.version}
    return read.one(who.site, who.actor, who.company, entity, record.id)


@blueprint.get("/<plugin>/<path>")
def list_records(plugin: str, path: str) -> Response:
    entity, who = entity_at(f"{plugin}/{path}"), caller()
    query = parse_query(who.site, who.actor, entity, request.args.items(multi=True))
    page = read.list_page(who.site, who.actor, who.company, entity, query)
    answer: dict[str, Any] = {"items": page.items, "next": page.next}
    if page.count is not None:
        answer["count"] = page.count
    if query.group is not None:
        answer["groups"] = [{"value": each.value, "count": each.count, "totals": each.totals} for each in page.groups]
    if page.sums is not None and query.totals:
        answer["totals"] = page.sums.totals
    return json_response(answer)


@blueprint.post("/<plugin>/<path>")
def create_record(plugin: str, path: str) -> Response:
    entity, who = entity_at(f"{plugin}/{path}"), caller()
    values = write.shape(who.site, who.actor, entity, body())
    item = once(who, lambda work: write.create(work, entity, values), lambda record: _shown(who, entity, record))
    return record_response(item, 201, Location=f"/api/v1/{entity.path}/{item['id']}")


@blueprint.get("/<plugin>/<path>/<int:identity>")
def get_record(plugin: str, path: str, identity: int) -> Response:
    entity, who = entity_at(f"{plugin}/{path}"), caller()
    response = record_response(read.one(who.site, who.actor, who.company, entity, identity))
    if "ETag" in response.headers:
        response.make_conditional(request)
    return response


@blueprint.patch("/<plugin>/<path>/<int:identity>")
def update_record(plugin: str, path: str, identity: int) -> Response:
    entity, who = entity_at(f"{plugin}/{path}"), caller()
    write.require_writable(entity)
    version = expected_version(request.headers.get("If-Match"))
    values = write.shape(who.site, who.actor, entity, body(), partial=True)
    item = once(who, lambda work: write.update(work, entity, identity, values, version=version),
                lambda record: _shown(who, entity, record))
    return record_response(item)


@blueprint.delete("/<plugin>/<path>/<int:identity>")
def delete_record(plugin: str, path: str, identity: int) -> Response:
    entity, who = entity_at(f"{plugin}/{path}"), caller()
    write.require_writable(entity)
    version = expected_version(request.headers.get("If-Match"))
    who.site.write(who.actor, who.company, lambda work: write.delete(work, entity, identity, version=version))
    return Response(status=204)


@blueprint.post("/<plugin>/<path>/<int:identity>/actions/<name>")
def act_on_record(plugin: str, path: str, identity: int, name: str) -> Response:
    entity, who = entity_at(f"{plugin}/{path}"), caller()
    given = request.headers.get("If-Match")
    version, parameters = expected_version(given) if given else None, body()
    item = once(who, lambda work: write.act(work, entity, identity, name, parameters, version=version),
                lambda record: _shown(who, entity, record))
    return record_response(item)


@blueprint.post("/<plugin>/<path>/actions/<name>")
def act_on_many(plugin: str, path: str, name: str) -> Response:
    """Each record in a transaction of its own; the answer says of each how it went."""
    entity, who = entity_at(f"{plugin}/{path}"), caller()
    if name not in entity.actions:
        raise NotFound(gettext("%(label)s has no action %(action)s", label=gettext(entity.label), action=name))
    given = body()
    ids = given.get("ids") if isinstance(given, dict) else None
    if not isinstance(ids, list) or not ids or len(ids) > MOST_IDS or not all(
            isinstance(each, int) and not isinstance(each, bool) and 0 < each < 2**63 for each in ids):
        raise Invalid({"ids": [gettext("Give from 1 to %(most)s ids.", most=MOST_IDS)]})
    parameters = {key: value for key, value in given.items() if key != "ids"}
    return json_response(in_parts(who, lambda: {"results": list(act_each(who, entity, ids, name, parameters))}))


def act_each(who: Caller, entity: CompiledEntity, ids: list[int], name: str,
             parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for identity in dict.fromkeys(ids):
        try:
            once(who, partial(_act, entity, identity, name, parameters), lambda _: None, part=identity)
            yield {"id": identity, "ok": True}
        except TrastiendaError as error:
            yield {"id": identity, "ok": False, "status": error.status, "detail": str(error), **error.members()}


def _act(entity: CompiledEntity, identity: int, name: str, parameters: dict[str, Any], work: Work) -> SharedRecord:
    return write.act(work, entity, identity, name, parameters)


@blueprint.get("/<plugin>/<path>/<int:identity>/history")
def record_history(plugin: str, path: str, identity: int) -> Response:
    entity, who = entity_at(f"{plugin}/{path}"), caller()
    return json_response({"items": history_of(who.site, who.actor, who.company, entity, identity)})


@blueprint.get("/<plugin>/<path>/<int:identity>/print/<name>")
def print_record(plugin: str, path: str, identity: int, name: str) -> Response:
    entity, who = entity_at(f"{plugin}/{path}"), caller()
    made = printed(who.site, who.actor, who.company, entity, identity, name,
                   wanted=request.args.get("format", "pdf"))
    return Response(made.data, mimetype=made.mimetype, headers={
        "Content-Disposition": f'inline; filename="{made.filename}"'})


@blueprint.get("/<plugin>/<path>/export")
def export_records(plugin: str, path: str) -> Response:
    entity, who = entity_at(f"{plugin}/{path}"), caller()
    query = parse_query(who.site, who.actor, entity, request.args.items(multi=True),
                        ignore=["format", "limit", "cursor"])
    made = exporting.export(who.site, who.actor, who.company, entity, query, request.args.get("format", "csv"))
    return Response(stream_with_context(made.chunks), mimetype=made.mimetype, headers={
        "Content-Disposition": f'attachment; filename="{made.filename}"'})
