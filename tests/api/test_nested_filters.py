"""Conditions within conditions: `any` and `all` are query strings of their own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest


def codes(api: Any, **query: Any) -> list[str]:
    asked = urlencode([*query.items(), ("code__startswith", "A"), ("sort", "code")], doseq=True)
    return [item["code"] for item in api.ok("GET", f"toy/accounts?{asked}")["items"]]


def test_any_within_all_and_all_within_any(api: Any, accounts: None) -> None:
    assert codes(api, any="rank=0&rank__gte=4") == ["A0", "A4", "A5"]
    assert codes(api, any=["rank=0&rank__gte=4", "kind=asset&rank=5"]) == ["A0", "A4", "A5"]
    assert codes(api, any=["rank=0&rank__gte=4", "kind=debt&rank=0"], kind="debt") == ["A5"]
    both = urlencode({"all": ["kind=asset&rank__lte=2", "kind=debt&rank__gte=5"], "match": "any"}, doseq=True)
    answer = api.ok("GET", f"toy/accounts?{both}&sort=code")
    assert [item["code"] for item in answer["items"] if item["code"].startswith("A")] == ["A0", "A2", "A5"]


def test_conditions_nest_three_deep_and_compile_anew_for_each_shape(api: Any, accounts: None) -> None:
    middle = urlencode({"kind": "debt", "any": "rank=3&code=none"})
    assert codes(api, any=urlencode({"all": middle, "rank": "0"})) == ["A0", "A3"]
    assert codes(api, any="rank=0&rank=1") == codes(api, rank__in="0,1") == ["A0", "A1"]
    assert codes(api, all="rank=0&rank__in=1,2") == []


def test_groups_counts_and_exports_have_the_same_conditions(api: Any, accounts: None) -> None:
    asked = urlencode({"any": "rank=0&rank__gte=4", "kind__in": "asset,debt", "code__startswith": "A"})
    answer = api.ok("GET", f"toy/accounts?{asked}&group=kind&totals=ceiling&count=exact")
    assert (answer["count"], answer["totals"]["ceiling"]) == (3, "10.50")
    assert [(each["value"], each["count"]) for each in answer["groups"]] == [("asset", 2), ("debt", 1)]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"any": ""}, "any"),
        ({"all": "sort=code"}, "all"),
        ({"any": "no=1"}, "no"),
        ({"any": "rank=x"}, "rank"),
        ({"any": urlencode({"any": urlencode({"any": urlencode({"any": "rank=1"})})})}, "any"),
        ({"any": "&".join(f"rank={each}&code=A{each}" for each in range(60))}, None),
        ({"any": "&".join(f"rank__gte={each}" for each in range(101))}, "all"),
    ],
)
def test_what_is_no_condition_is_named(api: Any, query: dict[str, str], parameter: str | None) -> None:
    answer = api.call("GET", f"toy/accounts?{urlencode(query)}")
    wrong = list(answer.json["errors"]) if answer.status_code == 400 else None
    assert wrong == ([parameter] if parameter is not None else None)


def test_a_hidden_field_is_no_condition_of_whoever_may_not_see_it(api: Any) -> None:
    query = urlencode({"any": "secret=x&rank=1"})
    assert api.call("GET", f"toy/accounts?{query}").status_code == 200
    assert api.as_("clerk").call("GET", f"toy/accounts?{query}").status_code == 400
