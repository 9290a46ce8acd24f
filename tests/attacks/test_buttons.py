"""Whatever a role is offered can be pressed: no page leads to a refusal for want of a right, or for the record's state.

Each role opens the pages that its menu leads to and a record of each condition that its states, its days and what it
answers with yes or no make, and presses what each page offers at that moment, last what takes the record away. A form
that asks for more may be sent back with its errors; it is not refused.

Seen to catch: reports in a menu that the role could not run for want of another right, *Disable* on a user who is
disabled, *Cancel* on leave that has begun, what a grant allows with other records only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient

from .stage import NOBODY, ROOT, Stage
from .visitor import Visitor

pytestmark = pytest.mark.database("sqlite")

#: What the record itself does not tell: rights of others, the state of a period, a run's payslips, what was counted.
BEYOND = re.compile(r"may do more than you|Period [\d-]+ is closed|Payslip \d+ is approved|been counted")


def bring_about(root: FlaskClient) -> None:
    """What a year of business leaves out: somebody disabled, a token revoked, parties merged."""
    def done(url: str, body: Mapping[str, object] | None = None) -> Any:
        answer = root.post(f"/api/v1/{url}", json=body or {})
        assert answer.status_code in (200, 201), (url, answer.text)
        return answer.json

    user = done("identity/users", {"name": "leaver", "roles": [{"role": "contacts.reader", "in_company": "ACME"}]})
    done("identity/create-token", {"user": "leaver", "name": "old"})
    (token,) = root.get("/api/v1/identity/tokens?name=old").json["items"]
    done(f"identity/tokens/{token['id']}/actions/revoke")
    done(f"identity/users/{user['id']}/actions/disable")
    twins = [done("contacts/parties", {"code": f"TWIN{n}", "name": "Twin", "is_company": True})["id"] for n in (1, 2)]
    done(f"contacts/parties/{twins[0]}/actions/merge", {"into": "TWIN2"})


def test_no_record_offers_what_its_condition_forbids(own_stage: Stage) -> None:
    bring_about(own_stage.api(ROOT, "ACME"))
    entities = own_stage.site.registry.entities
    today = str(own_stage.site.today(own_stage.site.company("ACME")))
    leave = f"/api/v1/hr/leave-requests?state=approved&starts_on__lte={today}"
    assert own_stage.api(ROOT, "ACME").get(leave).json["items"]
    found, pressed = list[str](), set[str]()
    for role in own_stage.roles:
        if role == NOBODY:
            continue
        visitor = Visitor(role, own_stage.web(role))
        visitor.look_closer(own_stage.api(role), entities.values(), today)
        pressed |= visitor.pressed
        found += [f"{role}: {each}" for each in visitor.refused if not BEYOND.search(each)]
    assert len(pressed) > 150, len(pressed)
    assert not found, "\n".join(found)


def test_what_a_role_is_offered_is_not_refused(own_stage: Stage) -> None:
    found: dict[str, list[str]] = {}
    pressed = 0
    for role in own_stage.roles:
        if role == NOBODY:
            continue
        visitor = Visitor(role, own_stage.web(role))
        visitor.look_around()
        pressed += len(visitor.pressed)
        if visitor.refused:
            found[role] = visitor.refused
    assert pressed > 300, pressed
    assert not found, "\n".join(f"{role}: {each}" for role, refused in found.items() for each in refused)
