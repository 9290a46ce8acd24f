"""The shipped auditor: everything is his to read and nothing his to change, asked at every address there is."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from trastienda import Site
from trastienda.testing.fixtures import SignIn

#: What everybody keeps for himself, auditors too: how he likes to see a list, what tells him, what he asked for, and
#: what he remarks on what he may read.
OWN = {
    ("{plugin}/{path}", "comments"),
    ("records/views", "post"), ("records/views", "patch"), ("records/views", "delete"), ("records/views", "import"),
    ("records/mappings", "post"), ("records/mappings", "patch"), ("records/mappings", "delete"),
    ("records/mappings", "import"), ("records/imports", "undo"),
    ("delivery/jobs", "cancel"), ("delivery/notifications", "mark-read"),
    ("delivery/report-mails", "post"), ("delivery/report-mails", "patch"), ("delivery/report-mails", "delete"),
    ("delivery/report-mails", "import"),
}  # fmt: skip


def writes_of(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(path, method) for path, each in document["paths"].items()
            for method in each if method in ("post", "put", "patch", "delete")]


def what_it_does(path: str, method: str) -> tuple[str, str]:
    """An entity's path with the method, or with the action's name."""
    parts = path.removeprefix("/api/v1/").split("/")
    last = parts[-1] if "actions" in parts or parts[-1] in ("import", "comments") else method
    return "/".join(parts[:2]), last


CREATE = {"method": "POST", "path": "/api/v1/contacts/parties", "body": {"code": "X", "name": "X"}}
BODIES: dict[str, dict[str, Any]] = {
    "batch": {"operations": [CREATE]},
    "settings": {"formats.letterhead": {"name": "Mine"}},
    "rotate-secret": {"webhook": 1},
    "create-token": {"user": 1, "name": "x"},
    "comments": {"text": "x"},
    "test-mail": {"mail": "identity.invitation"},
    "{comment}": {"text": "x"},
}


def body_for(path: str, method: str) -> dict[str, Any]:
    """What the address takes, as far as it must be sent for the question whether it may be."""
    last = path.rpartition("/")[2]
    if method == "delete":
        return {}
    if last in ("import", "attachments", "logo"):
        return {"data": {"file": (io.BytesIO(b"code\nX\n"), "x.csv")}}
    return {"json": BODIES.get(last, {"ids": [1]} if "/actions/" in path and "{id}" not in path else {})}


@pytest.mark.plugins("accounting", "hr", "inventory")
def test_the_auditor_reads_everything_and_changes_nothing(client: FlaskClient, sign_in: SignIn, site: Site) -> None:
    """By every writing address that the description has, and by the batch."""
    auditor = sign_in("auditor")
    for path in site.registry.by_path:
        assert auditor.get(f"/api/v1/{path}").status_code == 200, path
    party = client.post("/api/v1/contacts/parties", json={"code": "P1", "name": "P", "is_company": True})
    assert party.status_code == 201
    comment = client.post(f"/api/v1/contacts/parties/{party.json['id']}/comments", json={"text": "x"})
    assert comment.status_code == 201
    values = {"plugin": "contacts", "path": "parties", "entity": "contacts.party",
              "identity": str(party.json["id"]), "comment": str(comment.json["id"])}  # fmt: skip
    writes = writes_of(client.get("/api/v1/openapi.json").json)
    assert len(writes) > 250
    taken = []
    for path, method in writes:
        address = re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], "1"), path)
        answer = auditor.open(address, method=method.upper(), headers={"If-Match": "*"}, **body_for(path, method))
        each_by_itself = answer.json.get("results") if answer.status_code == 200 else None
        answers = {each.get("status") for each in each_by_itself or [{"status": answer.status_code}]}
        if answers != {403} and what_it_does(path, method) not in OWN:
            taken.append((method, address, answer.status_code, (answer.text or "")[:120]))
    assert taken == []
