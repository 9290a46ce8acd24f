"""What people say about a record: who may, who is told, for how long it can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from trastienda import Site
from trastienda.testing.sites import bearer_client, browser_client

Party = Callable[..., int]


def address(party: int) -> str:
    return f"/api/v1/contacts/parties/{party}/comments"


def say(client: FlaskClient, party: int, text: str) -> Any:
    return client.post(address(party), json={"text": text})


def test_comment_is_there_for_whoever_reads_the_record(client: FlaskClient, sign_in: Any, party: Party) -> None:
    identity = party("C1")
    made = say(client, identity, "Called them.\nNo answer 🙂")
    assert made.status_code == 201, made.text
    assert (made.json["text"], made.json["by"], made.json["mentions"]) == ("Called them.\nNo answer 🙂", "user1", [])
    seen = sign_in("contacts.reader").get(address(identity)).json
    assert seen == {"items": [{**made.json, "changeable": False}], "next": None}
    told = client.get(f"/api/v1/contacts/parties/{identity}/history").json["items"][0]
    assert (told["action"], told["changes"]) == (
        "comment", {f"comments.{made.json['id']}": [None, "Called them.\nNo answer 🙂"]})  # fmt: skip


def test_who_may_only_look_on_has_no_say(client: FlaskClient, sign_in: Any, party: Party) -> None:
    identity = party("C1")
    for role in ("contacts.reader", "auditor"):
        assert say(sign_in(role), identity, "x").status_code == 403, role
    assert say(sign_in("contacts.manager"), identity, "x").status_code == 201
    assert say(client, 999, "x").status_code == 404


def test_only_ones_own_is_changed_and_only_for_a_while(client: FlaskClient, sign_in: Any, party: Party,
                                                       site: Site) -> None:  # fmt: skip
    identity = party("C1")
    manager, other = sign_in("contacts.manager"), sign_in("contacts.manager")
    place = f"{address(identity)}/{say(manager, identity, 'one').json['id']}"
    assert other.patch(place, json={"text": "x"}).status_code == 403
    changed = manager.patch(place, json={"text": "two"})
    assert (changed.status_code, changed.json["text"]) == (200, "two")
    assert changed.json["edited_at"] is not None
    now = site.clock()
    site.clock = lambda: now + timedelta(minutes=61)
    assert manager.patch(place, json={"text": "three"}).status_code == 409
    reader = sign_in("contacts.reader")
    assert reader.delete(place).status_code == 403
    assert other.delete(place).status_code == 204, "whoever may moderate takes away any"
    assert client.get(address(identity)).json["items"] == []


@pytest.mark.database("sqlite")
def test_pages_follow_each_other(client: FlaskClient, party: Party) -> None:
    identity = party("C1")
    ids = [say(client, identity, f"n{i}").json["id"] for i in range(53)]
    first = client.get(address(identity)).json
    second = client.get(address(identity), query_string={"before": first["next"]}).json
    assert [each["id"] for each in (*first["items"], *second["items"])] == ids[::-1]
    assert second["next"] is None


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("text", ["", " ", "x" * 10_001, "x" * 1_000_000, "a\x00b", 5, None])
def test_text_that_cannot_be_kept_is_refused(client: FlaskClient, party: Party, text: object) -> None:
    answer = client.post(address(party("C1")), json={"text": text})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["text"]), answer.text


def test_readers_alone_can_be_mentioned(client: FlaskClient, user: Any, party: Party) -> None:
    identity = party("C1")
    user("contacts.reader", name="ana")
    made = say(client, identity, "@ana. and @nobody, mail x@ana.example; @ana again")
    assert (made.status_code, made.json["mentions"]) == (201, ["ana"])
    user("records.everyone", name="eve")
    refused = say(client, identity, "@eve look")
    assert (refused.status_code, refused.json["errors"]) == (422, {"text": ["eve may not see this party."]})


def test_mentioned_person_is_told_and_nobody_of_what_he_said_himself(client: FlaskClient, user: Any, app: Any,
                                                                     site: Site, party: Party) -> None:  # fmt: skip
    identity = party("C1")
    ana = user("contacts.manager", name="ana")
    assert say(client, identity, "Look here, @ana").status_code == 201
    hers = bearer_client(app, site, ana)
    assert say(hers, identity, "I, @ana, did").status_code == 201
    (told,) = hers.get("/api/v1/delivery/notifications").json["items"]
    assert (told["text"], told["entity"], told["record"]) == ("Look here, @ana", "contacts.party", identity)


def test_who_only_reads_has_no_say_anywhere(client: FlaskClient, user: Any, app: Any, site: Site,
                                            party: Party) -> None:  # fmt: skip
    identity = party("C1")
    for role in ("auditor", "contacts.reader"):
        reader = user(role)
        assert say(bearer_client(app, site, reader), identity, "x").status_code == 403
        page = browser_client(app, site, reader).get(f"/contacts/parties/{identity}").text
        assert ("Comments" in page, 'name="text"' in page) == (True, False)


def test_permission_to_comment_is_given_by_itself_and_lost_with_its_role(client: FlaskClient, user: Any, app: Any,
                                                                         site: Site, party: Party) -> None:  # fmt: skip
    identity = party("C1")
    made = client.post("/api/v1/identity/roles", json={"name": "talker", "grants": [
        {"target": "contacts.party", "verbs": "read comment"}]})  # fmt: skip
    assert made.status_code == 201, made.text
    talker = user("contacts.reader", "talker")
    hers = bearer_client(app, site, talker)
    said = say(hers, identity, "x")
    assert said.status_code == 201, said.text
    roles = {"roles": [{"role": "contacts.reader"}]}
    assert client.patch(f"/api/v1/identity/users/{talker.id}", json=roles, headers={"If-Match": "*"}).status_code == 200
    own = f"{address(identity)}/{said.json['id']}"
    assert hers.patch(own, json={"text": "y"}).status_code == 403
    assert hers.delete(own).status_code == 403


def test_comments_go_with_their_record_and_with_nothing_else(client: FlaskClient, party: Party) -> None:
    first, second = party("C1"), party("C2")
    say(client, first, "one")
    kept = say(client, second, "two").json
    client.delete(f"/api/v1/contacts/parties/{first}", headers={"If-Match": "*"})
    assert client.get(address(first)).status_code == 404
    assert client.get(address(second)).json["items"] == [kept]
    assert client.patch(f"{address(second)}/{kept['id'] - 1}", json={"text": "x"}).status_code == 404


@pytest.mark.database("sqlite")
def test_same_key_says_it_once(client: FlaskClient, party: Party) -> None:
    identity = party("C1")
    answers = [client.post(address(identity), json={"text": "x"}, headers={"Idempotency-Key": "k"}) for _ in range(3)]
    assert [(each.status_code, each.json) for each in answers] == [(201, answers[0].json)] * 3
    assert len(client.get(address(identity)).json["items"]) == 1
