"""A person's data, put out and erased."""
from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response

from ..entities.privacy import data_of, erase
from .context import caller
from .entities import json_response

blueprint = Blueprint("privacy", __name__, url_prefix="/api/v1/privacy")


@blueprint.get("/<entity>/<int:identity>")
def put_out(entity: str, identity: int) -> Response:
    who = caller()
    response = json_response(data_of(who.site, who.actor, who.company, entity, identity))
    name = f"{entity.replace('.', '-')}-{identity}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.delete("/<entity>/<int:identity>")
def erase_person(entity: str, identity: int) -> Response:
    who = caller()
    return json_response(asdict(erase(who.site, who.actor, who.company, entity, identity)))
