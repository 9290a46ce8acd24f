"""Plugins' own addresses: below `/<plugin>/` and `/api/v1/<plugin>/`, guarded and isolated like everything else."""
from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, Response, request

from ..entities.parameters import load_parameters
from ..isolation import blaming
from ..plugin import Route
from ..site import Site
from ..work import Work
from .context import body, caller
from .entities import json_response


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
    def view(**values: Any) -> Any:
        who = caller()
        who.site.permissions.require(who.actor, route.permission, "run")

        sent: object = request.args.to_dict() if request.method == "GET" else body()
        given = {**sent, **values} if isinstance(sent, dict) else values if sent is None else sent

        def run(work: Work) -> Any:
            arguments = load_parameters(work, route.handler, given)
            with blaming(owner, f"route {route.path}"):
                made = route.handler(work, **arguments)
                return made if isinstance(made, Response) else json_response(made)

        return (who.site.read if request.method == "GET" else who.site.write)(who.actor, who.company, run)

    plugin = owner.partition("+")[0]
    prefix = f"/api/v1/{plugin}" if route.api else f"/{plugin}"
    path = f"{prefix}/{route.path.strip('/')}"
    app.add_url_rule(path, endpoint=f"{plugin}:{route.path}:{'-'.join(route.methods)}", view_func=view,
                     methods=list(route.methods))
