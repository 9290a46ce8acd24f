"""The address of every entity's import: at once, or by the worker where the file is large."""
from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from typing import IO, Any

from flask import Blueprint, Response, g, request

from ..entities import importing
from ..entities.compiled import CompiledEntity
from ..errors import BadQuery
from ..languages import gettext
from .context import Caller, caller, entity_at
from .entities import json_response
from .retries import answered, digest_of, once

blueprint = Blueprint("imports", __name__, url_prefix="/api/v1")
#: A larger file is imported in the background, unless the request says otherwise.
LARGE = 4 * 2**20


@blueprint.post("/<plugin>/<path>/import")
def import_records(plugin: str, path: str) -> Response:
    entity, who = entity_at(f"{plugin}/{path}"), caller()
    given = request.args.to_dict()
    wanted = given.pop("background", "")
    options = importing.options_from(given, mapping=partial(_mapping, who, entity))
    with _sent_file() as (source, name):
        if _in_background(who, wanted, source):
            return _later(who, entity, source, name=name, options=options)
        return _now(who, entity, source, name=name, options=options)


def _now(who: Caller, entity: CompiledEntity, source: IO[bytes], *, name: str,
         options: importing.Options) -> Response:
    if (earlier := answered(who)) is not None:
        return json_response(earlier[0])
    written: list[Any] = []
    result = importing.import_file(
        who.site, who.actor, who.company, entity, source, name=name, options=options,
        writing=lambda body: written.append(once(who, body, importing.Result.as_json)))
    response = json_response(written[0] if written else result.as_json(), 422 if result.errors else 200)
    if result.errors:
        response.mimetype = "application/problem+json"
    return response


def _later(who: Caller, entity: CompiledEntity, source: IO[bytes], *, name: str,
           options: importing.Options) -> Response:
    """The answer has the job's id, and where it tells of itself."""
    importing.require_import(who.site, who.actor, entity, options)
    later: Any = who.site.service("records.import-later/1")
    job = once(who, lambda work: later(work, entity, source, name=name, options=options), lambda identity: identity)
    status = f"/api/v1/delivery/jobs/{job}/progress"
    return json_response({"job": job, "progress": status}, 202, Location=status)


def _in_background(who: Caller, wanted: str, source: IO[bytes]) -> bool:
    """As the request says, else by the file's size; raises BadQuery."""
    if wanted not in ("", "true", "false"):
        raise BadQuery("background", gettext("true or false"))
    if not who.site.offers("records.import-later/1"):
        if wanted == "true":
            raise BadQuery("background", gettext("nothing keeps files here"))
        return False
    if wanted:
        return wanted == "true"
    size = source.seek(0, 2)
    source.seek(0)
    return size > LARGE


def _mapping(who: Caller, entity: CompiledEntity, name: str) -> dict[str, str]:
    """Headers' meanings as they were kept under a name."""
    service: Any = who.site.registry.services.get("records.import-mapping/1")
    if service is None:
        raise BadQuery("mapping", gettext("nothing keeps mappings here"))
    found: dict[str, str] = service(who.site.work(who.actor, who.company), entity.name, name)
    return found


@contextmanager
def _sent_file() -> Iterator[tuple[IO[bytes], str]]:
    """The file in the form, or the bare body, put aside: what it is may be asked before it is read."""
    upload = request.files.get("file")
    if upload is not None:
        yield upload.stream, upload.filename or ""
        return
    with tempfile.TemporaryFile() as spool:
        shutil.copyfileobj(request.stream, spool)
        spool.seek(0)
        g.digest = sha256(request.query_string + digest_of(spool).encode()).hexdigest()
        yield spool, _body_name()


def _body_name() -> str:
    """A file name for a bare body, from its type."""
    kinds = {"application/x-ndjson": "body.jsonl", "application/gzip": "body.csv.gz",
             "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "body.xlsx"}
    return kinds.get(request.mimetype, "body.csv")
