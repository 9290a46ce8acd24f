"""A column that somebody may not see is refused wherever he could learn its values from the answer."""

from __future__ import annotations

from typing import Any

import pytest

ASKED = ["sort", "fields", "group", "totals"]
COMPARED = ["", "__ne", "__gt", "__lte", "__in", "__isnull", "__contains", "__startswith"]


@pytest.mark.parametrize("path", ["toy/accounts", "toy/accounts/export"])
@pytest.mark.parametrize("query", [*((name, "secret") for name in ASKED), ("sort", "-secret"), ("sort", "code,-secret"),
                                   *((f"secret{operator}", "true") for operator in COMPARED),
                                   *((f"parent.secret{operator}", "true") for operator in COMPARED)])  # fmt: skip
def test_it_cannot_be_asked_about(api: Any, path: str, query: tuple[str, str]) -> None:
    api.account("A1", secret="hush")
    given = dict([query, *([("format", "csv")] if path.endswith("export") else [])])
    assert api.as_("clerk").get(path, **given).status_code == 400


def test_a_search_does_not_look_into_it(api: Any) -> None:
    api.account("A1", secret="hush")
    assert api.as_("clerk").get("toy/accounts", q="hush", count="exact").json["count"] == 0


def test_it_is_in_nothing_that_is_put_out(api: Any) -> None:
    account = api.account("A1", secret="hush")
    clerk, url = api.as_("clerk"), f"toy/accounts/{account['id']}"
    for path in (url, f"{url}/history", "toy/accounts", "toy/accounts/export"):
        answer = clerk.get(path)
        assert (answer.status_code, "hush" in answer.text) == (200, False), path


def test_it_can_be_set_through_no_door(api: Any) -> None:
    account = api.account("A1", secret="hush")
    clerk = api.as_("clerk", If_Match="*")
    for method, path in (("POST", "toy/accounts"), ("PATCH", f"toy/accounts/{account['id']}")):
        refused = clerk.call(method, path, {"code": "A2", "name": "x", "secret": "mine"})
        assert (refused.status_code, list(refused.json["errors"])) == (422, ["secret"])
    assert api.get(f"toy/accounts/{account['id']}").json["secret"] == "hush"
