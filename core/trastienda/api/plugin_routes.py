"""Plugins' own addresses: below `/<plugin>/` and `/api/v1/<plugin>/`, guarded and isolated like everything else."""
from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, request

from ..entities.parameters import load_parameters
from ..plugin import Route
from ..site import Site
from ..work import Work
from .context import body, caller
from .entities import json_response


def add_plugin_routes(app: Flask, site: Site) -> None:
    for plugin, route in site.registry.routes:
        if isinstance(route, Blueprint):
            app.register_blueprint(route)
        else:
            _add(app, plugin.partition("+")[0], route)


def _add(app: Flask, plugin: str, route: Route) -> None:
    def view(**values: Any) -> Any:
        who = caller()
        who.site.permissions.require(who.actor, route.permission, "run")

        sent: object = request.args.to_dict() if request.method == "GET" else body()
        given = {**sent, **values} if isinstance(sent, dict) else values if sent is None else sent

        def run(work: Work) -> Any:
            return route.handler(work, **load_parameters(work, route.handler, given))

        made = (who.site.read if request.method == "GET" else who.site.write)(who.actor, who.company, run)
        return made if isinstance(made, Response) else json_response(made)

    prefix = f"/api/v1/{plugin}" if route.api else f"/{plugin}"
    path = f"{prefix}/{route.path.strip('/')}"
    app.add_url_rule(path, endpoint=f"{plugin}:{route.path}:{'-'.join(route.methods)}", view_func=view,
                     methods=list(route.methods))
