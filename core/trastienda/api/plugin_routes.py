"""Plugins' own addresses: below `/<plugin>/` and `/api/v1/<plugin>/`, or below each record; guarded and isolated like
everything else."""
from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, Response, request

from ..entities import read
from ..entities.compiled import CompiledEntity
from ..entities.parameters import load_parameters
from ..entities.values import Upload
from ..errors import NotFound
from ..isolation import blaming
from ..languages import gettext
from ..plugin import RecordAt, Route
from ..site import Site
from ..work import Work
from .context import body, caller, entity_at
from .entities import json_response
from .retries import response_once

ON_RECORD = "/api/v1/<plugin>/<path>/<int:identity>"
FORM = "multipart/form-data"
READING = ("GET", "HEAD")


def add_plugin_routes(app: Flask, site: Site) -> None:
    for plugin, route in site.registry.routes:
        if isinstance(route, Blueprint):
            _add_blueprint(app, plugin, route)
        else:
            _add(app, plugin, route)


def _add_blueprint(app: Flask, plugin: str, blueprint: Blueprint) -> None:
    """Each of its views under the plugin's name, as routes are."""
    known = set(app.view_functions)
    app.register_blueprint(blueprint)
    for endpoint in set(app.view_functions) - known:
        app.view_functions[endpoint] = _blamed(app.view_functions[endpoint], plugin, f"page {endpoint}")


def _blamed(view: Callable[..., Any], plugin: str, what: str) -> Callable[..., Any]:
    @wraps(view)
    def guarded(**values: Any) -> Any:
        with blaming(plugin, what):
            return view(**values)

    return guarded


def _add(app: Flask, owner: str, route: Route) -> None:
    def view(**values: Any) -> Response:
        who = caller()
        entity, identity = _record(values) if route.on_record else (None, 0)
        if entity is None:
            who.site.permissions.require(who.actor, route.permission, route.verb_of(request.method))
        given = _given(values)

        def run(work: Work) -> Response:
            place = () if entity is None else (_place(work, route, entity, identity),)
            arguments = load_parameters(work, route.handler, given)
            with blaming(owner, f"route {route.path}"):
                made = route.handler(work, *place, **arguments)
                if isinstance(made, Response):
                    return made
                return Response(status=204) if route.status == 204 else json_response(made, route.status)

        if request.method in READING:
            return who.site.read(who.actor, who.company, run)
        return response_once(who, run)

    app.add_url_rule(address_of(owner, route), endpoint=f"{owner}:{route.path}:{'-'.join(route.methods)}",
                     view_func=view, methods=list(route.methods))


def address_of(owner: str, route: Route) -> str:
    plugin = owner.partition("+")[0]
    prefix = ON_RECORD if route.on_record else f"/api/v1/{plugin}" if route.api else f"/{plugin}"
    return f"{prefix}/{route.path.strip('/')}"


def _record(values: dict[str, Any]) -> tuple[CompiledEntity, int]:
    """Take the record out of an address; a line is no record of its own."""
    entity = entity_at(f"{values.pop('plugin')}/{values.pop('path')}")
    if entity.version is None:
        raise NotFound(gettext("There is nothing at %(path)s", path=request.path))
    return entity, values.pop("identity")


def _place(work: Work, route: Route, entity: CompiledEntity, identity: int) -> RecordAt:
    key = read.require_one(work, entity, identity, verb=route.permission, hold=request.method not in READING)
    return RecordAt(entity, identity, key)


def _given(values: dict[str, Any]) -> object:
    """What the query, the form or the body says, and what stands in the address."""
    sent: object
    if request.method in READING:
        sent = request.args.to_dict()
    elif request.mimetype == FORM:
        files = {name: Upload(each.filename or "", each.stream) for name, each in request.files.items()}
        sent = {**request.form.to_dict(), **files}
    else:
        sent = body()
    if isinstance(sent, dict):
        return {**sent, **values}
    return values if sent is None else sent
