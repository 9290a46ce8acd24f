"""A person's data, put out and erased."""
from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO

from flask import Blueprint, Response, request

from ..entities.privacy import Disclosed, archive_of, disclose, erase
from ..errors import BadQuery
from ..languages import gettext
from .context import caller
from .entities import json_response

blueprint = Blueprint("privacy", __name__, url_prefix="/api/v1/privacy")
FORMATS = ("json", "zip")


@blueprint.get("/<entity>/<int:identity>")
def put_out(entity: str, identity: int) -> Response:
    """As one document, or (`format=zip`) as an archive with the attached files."""
    who = caller()
    wanted = request.args.get("format", "json")
    if wanted not in FORMATS:
        raise BadQuery("format", gettext("one of %(options)s", options=", ".join(FORMATS)))
    found = disclose(who.site, who.actor, who.company, entity, identity)
    if wanted == "zip":
        return as_archive(found, entity, identity)
    response = json_response(found.data)
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(entity, identity)}.json"'
    return response


def as_archive(found: Disclosed, entity: str, identity: int) -> Response:
    """To be saved, and kept by no cache."""
    place: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it is sent
    archive_of(found, place)
    size = place.seek(0, 2)
    place.seek(0)
    return Response(_parts(place), mimetype="application/zip", headers={
        "Content-Length": str(size), "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{_name(entity, identity)}.zip"'})


def _parts(place: IO[bytes]) -> Iterator[bytes]:
    with place:
        while part := place.read(1 << 16):
            yield part


def _name(entity: str, identity: int) -> str:
    return f"{entity.replace('.', '-')}-{identity}"


@blueprint.delete("/<entity>/<int:identity>")
def erase_person(entity: str, identity: int) -> Response:
    who = caller()
    return json_response(asdict(erase(who.site, who.actor, who.company, entity, identity)))
