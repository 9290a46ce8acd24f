"""Lists grouped and summed: of all pages, in the list's own order, of what its reader may see."""

from __future__ import annotations

from typing import Any

import pytest


def groups(answer: Any) -> list[tuple[Any, int, dict[str, Any]]]:
    return [(each["value"], each["count"], each["totals"]) for each in answer["groups"]]


def test_groups_count_and_sum_all_pages(api: Any, accounts: None) -> None:
    answer = api.ok("GET", "toy/accounts?code__startswith=A&group=kind&totals=ceiling,stock,rank&limit=1")
    assert groups(answer) == [
        ("asset", 3, {"ceiling": "7.50", "stock": "4.5", "rank": 6}),
        ("debt", 3, {"ceiling": "10.50", "stock": "4.5", "rank": 9}),
    ]
    assert answer["totals"] == {"ceiling": "18.00", "stock": "9", "rank": 15}
    assert [item["code"] for item in answer["items"]] == ["A0"]


def test_records_of_a_group_stand_together_over_pages(api: Any, accounts: None, pages: Any) -> None:
    found = pages("toy/accounts", code__startswith="A", group="kind", sort="-code", limit=2)
    assert [item["code"] for page in found for item in page] == ["A4", "A2", "A0", "A5", "A3", "A1"]


def test_a_date_is_grouped_by_its_month_and_in_the_direction_of_the_order(api: Any, accounts: None) -> None:
    answer = api.ok("GET", "toy/accounts?group=opened.month&sort=-opened&totals=rank")
    assert groups(answer) == [
        ("2026-02", 3, {"rank": 12}),
        ("2026-01", 3, {"rank": 3}),
        (None, 2, {"rank": 0}),
    ]
    assert [each[0] for each in groups(api.ok("GET", "toy/accounts?group=opened.year"))] == ["2026", None]


def test_a_group_of_references_names_its_record(api: Any, accounts: None) -> None:
    (parent, none) = api.ok("GET", "toy/accounts?code__startswith=A&group=parent")["groups"]
    assert (parent["value"]["key"], parent["count"], none["value"], none["count"]) == ("100", 4, None, 2)
    coloured = api.ok("GET", "toy/accounts?group=ext.paint.colour")["groups"]
    assert [(each["value"], each["count"]) for each in coloured] == [(None, 8)]
    (no, yes) = api.ok("GET", "toy/accounts?code__startswith=A&group=active")["groups"]
    assert (no["value"], yes["value"]) == (False, True)


def test_totals_alone_have_no_groups(api: Any, accounts: None) -> None:
    answer = api.ok("GET", "toy/accounts?q=account+a&totals=ceiling")
    assert ("groups" in answer, answer["totals"]) == (False, {"ceiling": "18.00"})


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("group=no", "group"),
        ("group=ceiling", "group"),
        ("group=kind.month", "group"),
        ("group=notes", "group"),
        ("totals=no", "totals"),
        ("totals=kind", "totals"),
        ("totals=rate", "totals"),
        ("match=some", "match"),
    ],
)
def test_what_has_no_groups_or_no_sum_is_named(api: Any, query: str, parameter: str) -> None:
    answer = api.call("GET", f"toy/accounts?{query}")
    assert (answer.status_code, list(answer.json["errors"])) == (400, [parameter])


def test_a_field_that_is_hidden_from_the_reader_is_no_group_of_his(api: Any) -> None:
    assert api.get("toy/accounts", group="secret").status_code == 200
    assert api.as_("clerk").get("toy/accounts", group="secret").status_code == 400


def test_any_of_the_filters_is_enough_where_so_asked(api: Any, accounts: None) -> None:
    answer = api.ok("GET", "toy/accounts?code=A1&rank__gte=4&match=any&sort=code")
    assert [item["code"] for item in answer["items"]] == ["A1", "A4", "A5"]
    assert api.ok("GET", "toy/accounts?code=A1&rank__gte=4&match=any&count=exact")["count"] == 3
