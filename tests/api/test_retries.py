"""Idempotency-Key: however often a request is sent, it has one effect and one answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from trastienda.api import entities

BODY = {"code": "A1", "name": "One"}


def numbers(api: Any) -> list[str]:
    return [row["number"] for row in api.get("toy/entries", sort="number").json["items"]]


def test_same_key_and_body_have_one_effect_and_the_same_answer(api: Any) -> None:
    keyed = api.as_(Idempotency_Key="k1")
    answers = [keyed.call("POST", "toy/accounts", BODY) for _ in range(3)]
    assert [(each.status_code, each.data, each.headers["Location"]) for each in answers] == [
        (201, answers[0].data, answers[0].headers["Location"])] * 3  # fmt: skip
    assert len(api.get("toy/accounts", code="A1").json["items"]) == 1


def test_same_key_with_another_body_is_refused(api: Any) -> None:
    keyed = api.as_(Idempotency_Key="k1")
    keyed.ok("POST", "toy/accounts", BODY)
    before = api.figures()
    answer = keyed.call("POST", "toy/accounts", {**BODY, "code": "A2"})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["Idempotency-Key"])
    assert api.figures() == before


def test_key_is_of_one_user_one_company_and_one_address(api: Any) -> None:
    doors: list[Callable[[], Any]] = [
        lambda: api.as_(Idempotency_Key="k1").call("POST", "toy/accounts", BODY),
        lambda: api.as_(company="BETA", Idempotency_Key="k1").call("POST", "toy/accounts", BODY),
        lambda: api.as_(Idempotency_Key="k2").call("POST", "toy/accounts", {**BODY, "code": "A2"}),
        lambda: api.as_("clerk", Idempotency_Key="k1").call("POST", "toy/accounts", {**BODY, "code": "A3"}),
        lambda: api.as_(Idempotency_Key="k1").call("POST", "toy/diaries", {"text": "x"}),
    ]
    assert [door().status_code for door in doors] == [201] * 5


def test_refusal_is_not_kept(api: Any) -> None:
    keyed = api.as_(Idempotency_Key="k1")
    assert keyed.call("POST", "toy/accounts", {**BODY, "parent": "A0"}).status_code == 422
    api.account("A0")
    assert keyed.call("POST", "toy/accounts", {**BODY, "parent": "A0"}).status_code == 201


def test_action_and_batch_are_done_once(api: Any) -> None:
    path = f"toy/entries/{api.entry('R1')['id']}/actions/post"
    keyed = api.as_(Idempotency_Key="k1")
    assert keyed.ok("POST", path) == keyed.ok("POST", path)
    given = {"operations": [{"method": "POST", "path": "toy/accounts", "body": BODY}]}
    assert keyed.ok("POST", "batch", given) == keyed.ok("POST", "batch", given)
    assert numbers(api) == ["E/0001"]


def test_key_that_cannot_be_kept_is_refused(api: Any) -> None:
    for key in ("", "x" * 201, "\t"):
        answer = api.as_(Idempotency_Key=key).call("POST", "toy/accounts", BODY)
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["Idempotency-Key"]), key


def at_once(api: Any, send: Callable[[Any], Any], count: int = 8) -> list[Any]:
    """The answers of as many threads, each with a client of its own."""
    clients = [api.client.application.test_client() for _ in range(count)]

    def one(client: Any) -> Any:
        mine = api.as_()
        mine.client = client
        return send(mine)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, clients))


def test_eight_at_once_with_one_key_have_one_effect(api: Any) -> None:
    entry = api.entry("R1")
    keyed = api.as_(Idempotency_Key="k1")
    answers = at_once(keyed, lambda mine: mine.call("POST", f"toy/entries/{entry['id']}/actions/post"))
    good = [each.data for each in answers if each.status_code == 200]
    assert {each.status_code for each in answers} <= {200, 409}
    assert len(good) >= 1
    assert set(good) == {good[0]}
    assert api.get(f"toy/entries/{entry['id']}").json["version"] == 2
    assert numbers(api) == ["E/0001"]


def test_eight_at_once_with_the_same_etag_change_it_once(api: Any) -> None:
    path = f"toy/accounts/{api.account('A1', rank=0)['id']}"
    answers = at_once(api.as_(If_Match='"1"'), lambda mine: mine.call("PATCH", path, {"rank": 5}).status_code)
    assert sorted(answers) == [200] + [412] * 7


def test_eight_at_once_get_numbers_without_a_gap(api: Any) -> None:
    ids = [api.entry(f"R{i}")["id"] for i in range(8)]
    answers = at_once(api, lambda mine: mine.call("POST", f"toy/entries/{ids.pop()}/actions/post").status_code)
    assert answers == [200] * 8
    assert numbers(api) == [f"E/{i:04d}" for i in range(1, 9)]


CSV = b"code,name\r\nI1,One\r\nI2,Two\r\n"


def test_import_is_done_once_and_answers_alike(api: Any) -> None:
    keyed = api.as_(Idempotency_Key="k1")
    first, again = (keyed.call("POST", "toy/accounts/import", raw=CSV, content_type="text/csv") for _ in range(2))
    assert (first.status_code, first.json["created"]) == (200, 2)
    assert (again.status_code, again.json) == (200, first.json)
    other = keyed.call("POST", "toy/accounts/import", raw=CSV + b"I3,Three\r\n", content_type="text/csv")
    assert (other.status_code, list(other.json["errors"])) == (422, ["Idempotency-Key"])
    assert len(api.get("toy/accounts", code__startswith="I").json["items"]) == 2


def test_trial_of_an_import_keeps_no_key(api: Any) -> None:
    keyed = api.as_(Idempotency_Key="k1")
    assert keyed.call("POST", "toy/accounts/import?dry_run=true", raw=CSV, content_type="text/csv").status_code == 200
    answer = keyed.call("POST", "toy/accounts/import", raw=CSV, content_type="text/csv")
    assert (answer.status_code, answer.json["created"]) == (200, 2)


def test_bulk_action_is_done_once_and_answers_alike(api: Any) -> None:
    ids = [api.entry(f"R{i}")["id"] for i in range(3)]
    keyed = api.as_(Idempotency_Key="k1")
    first = keyed.ok("POST", "toy/entries/actions/post", {"ids": [*ids, 999]})
    assert [each["ok"] for each in first["results"]] == [True, True, True, False]
    assert keyed.ok("POST", "toy/entries/actions/post", {"ids": [*ids, 999]}) == first
    assert numbers(api) == ["E/0001", "E/0002", "E/0003"]


def test_bulk_action_that_was_cut_off_goes_on_where_it_was(api: Any, monkeypatch: Any) -> None:
    ids = [api.entry(f"R{i}")["id"] for i in range(3)]
    keyed = api.as_(Idempotency_Key="k1")
    whole = entities.act_each

    def cut(*args: Any) -> Any:
        for number, each in enumerate(whole(*args)):
            if number == 2:
                raise ConnectionError("the worker is killed")
            yield each

    with monkeypatch.context() as patched:
        patched.setattr(entities, "act_each", cut)
        assert keyed.call("POST", "toy/entries/actions/post", {"ids": ids}).status_code == 500
    answer = keyed.ok("POST", "toy/entries/actions/post", {"ids": ids})
    assert answer["results"] == [{"id": each, "ok": True} for each in ids]
    assert numbers(api) == ["E/0001", "E/0002", "E/0003"]


def test_plugins_address_is_called_once(api: Any) -> None:
    keyed = api.as_(Idempotency_Key="k1")
    first, again = (keyed.call("POST", "toy/shout", {"word": "a"}) for _ in range(2))
    assert (again.status_code, again.data, again.mimetype) == (200, first.data, "application/json")
    assert keyed.call("POST", "toy/shout", {"word": "b"}).status_code == 422


def test_eight_at_once_import_and_act_on_many_once(api: Any) -> None:
    keyed = api.as_(Idempotency_Key="k1")
    answers = at_once(keyed, lambda mine: mine.call("POST", "toy/accounts/import", raw=CSV, content_type="text/csv"))
    assert {(each.status_code, each.data) for each in answers} == {(200, answers[0].data)}
    ids = [api.entry(f"R{i}")["id"] for i in range(3)]
    answers = at_once(keyed, lambda mine: mine.call("POST", "toy/entries/actions/post", {"ids": ids}))
    assert {(each.status_code, each.data) for each in answers} == {(200, answers[0].data)}
    assert numbers(api) == ["E/0001", "E/0002", "E/0003"]
