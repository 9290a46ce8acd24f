"""Whether the server is alive and ready, and what it offers."""
from __future__ import annotations

import peewee
from flask import Blueprint, Response, current_app

from ..site import Site
from ..upgrade import unrun
from .context import caller
from .entities import json_response
from .openapi import document

blueprint = Blueprint("running", __name__)
UNGUARDED = {"/healthz", "/readyz", "/metrics"}


@blueprint.get("/healthz")
def alive() -> Response:
    return json_response({"status": "ok"})


@blueprint.get("/readyz")
def ready() -> Response:
    """503 while the database cannot be reached or migrations are to be run."""
    site: Site = current_app.extensions["trastienda"]
    try:
        faults = [str(each) for each in unrun(site)]
    except peewee.OperationalError as error:
        if not site.database.is_lost(error):
            raise
        faults = ["the database cannot be reached"]
    return json_response({"status": "not ready" if faults else "ok", "faults": faults}, 503 if faults else 200)


@blueprint.get("/api/v1/openapi.json")
def openapi() -> Response:
    return json_response(document(caller().site))
