"""Who did what, and where the chains of the audit end."""
from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, request

from ..entities.audited import audit_page, heads_of, parse_audit_query
from .context import caller
from .entities import json_response

blueprint = Blueprint("audit", __name__, url_prefix="/api/v1/audit")


@blueprint.get("")
def list_changes() -> Response:
    who = caller()
    query = parse_audit_query(request.args.items(multi=True), time_zone=who.company.time_zone)
    page = audit_page(who.site, who.actor, who.company, query)
    return json_response({"items": page.items, "next": page.next})


@blueprint.get("/heads")
def list_heads() -> Response:
    """What `trastienda audit verify --heads` takes, a JSON object a line."""
    who = caller()
    lines = [json_response(asdict(head)).get_data(as_text=True) for head in heads_of(who.site, who.actor, who.company)]
    return Response("\n".join([*lines, ""]), mimetype="application/x-ndjson", headers={
        "Content-Disposition": 'attachment; filename="audit-heads.jsonl"'})
