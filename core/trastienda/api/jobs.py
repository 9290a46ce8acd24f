"""Starting a job that is declared to be started on request."""
from __future__ import annotations

from flask import Blueprint, Response

from ..errors import Invalid, NotFound
from ..languages import gettext
from ..work import Work
from .context import body, caller
from .entities import json_response
from .retries import once

blueprint = Blueprint("jobs", __name__, url_prefix="/api/v1/jobs")


@blueprint.post("/<name>")
def start_job(name: str) -> Response:
    """The body is the job's form; the answer is the id of its record, which `delivery/jobs` shows."""
    who = caller()
    declared = who.site.registry.jobs.get(name)
    if declared is None or not declared[1].on_request:
        raise NotFound(gettext("No job %(name)s can be started", name=name))
    who.site.permissions.require(who.actor, name, "start")
    given = body()
    if given is not None and not isinstance(given, dict):
        raise Invalid({"": [gettext("Give an object with fields.")]})

    def ask(work: Work) -> int:
        return work.enqueue(name, given)

    return json_response(once(who, ask, lambda identity: {"id": identity}), 202)
