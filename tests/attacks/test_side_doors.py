"""What an attacker found on reading the code; each was open once, and is seen here as it would be used.

Seen to catch: a browser's own Basic credentials switching the form token off, a mention telling of another company's
user, an export refused after its answer had begun, a number of a form longer than Python reads.
"""

from __future__ import annotations

from typing import Any

import pytest

from .questions import Questions
from .stage import Stage

BASIC = {"Authorization": "Basic cHJveHk6cHJveHk="}


def test_a_browser_that_adds_credentials_of_its_own_still_needs_the_form_token(stage: Stage) -> None:
    """A proxy that asks for Basic makes the browser send it with every request, a forged one as well."""
    browser = stage.web("admin")
    token = browser.environ_base.pop("HTTP_X_CSRFTOKEN")
    before = stage.digest()
    try:
        for url in ("/api/v1/contacts/parties", "/contacts/parties/new", "/sign-out"):
            answer = browser.post(url, data={"code": "FORGED", "name": "Forged"}, headers=BASIC)
            assert answer.status_code == 400, url
    finally:
        browser.environ_base["HTTP_X_CSRFTOKEN"] = token
    assert stage.digest() == before


def test_a_mention_tells_nothing_of_another_companys_users(own_stage: Stage) -> None:
    client = own_stage.api("admin")
    party = client.get("/api/v1/contacts/parties?limit=1").json["items"][0]["id"]
    answers = [
        client.post(f"/api/v1/contacts/parties/{party}/comments", json={"text": f"@{name} look"})
        for name in ("beta-admin", "there-is-no-such-user")
    ]
    assert [(each.status_code, each.json["mentions"]) for each in answers] == [(201, []), (201, [])]


HOSTILE = [
    "\x00", "9" * 30, "9" * 5000, "-1", "²", "٣", "0001-01-01", "9999-12-31", "9999-12", "0001-01", "x" * 100_000,
    "{{7*7}}", "%", "'\"><script>", "a\r\nX-Header: y", "../../../etc/passwd", "=1+1", "1e400", "NaN", "\ud83d",
]  # fmt: skip
PARAMETERS = ("q", "copy", "month", "limit", "cursor", "sort", "group", "totals", "fields", "id", "view", "next",
              "compare", "period", "from", "to", "at", "on", "days", "within_days", "run", "format", "text", "mapping",
              "after", "entity", "user", "record", "since", "until", "token", "match", "include", "name")  # fmt: skip


@pytest.mark.parametrize("door", ["api", "web"])
def test_no_value_of_a_parameter_breaks_an_address(stage: Stage, door: str) -> None:
    """Each address gets a few of the values in all parameters, those that it has and those that it has not."""
    client = stage.api("admin") if door == "api" else stage.web("admin")
    broken = []
    addresses = sorted({url.partition("?")[0] for url in Questions(stage).all(door)})
    for number, url in enumerate(addresses):
        for step in (0, 7, 13):
            value = HOSTILE[(number + step) % len(HOSTILE)].encode("utf-8", "replace").decode()
            chosen = PARAMETERS[(number * 5 + step) % len(PARAMETERS)]
            for given in ({chosen: value}, dict.fromkeys(("from", "to", "at", "on", "run"), value)):
                answer = client.get(url, query_string={**given, "compare": "before"} if door == "web" else given)
                answer.get_data()
                if answer.status_code >= 500:
                    broken.append((url, given, answer.status_code))
    assert broken == []


@pytest.mark.parametrize("name", ["at", "from", "to", "on"])
def test_a_report_of_all_days_there_are_is_refused_or_answered(stage: Stage, name: str) -> None:
    client, broken = stage.api("admin"), []
    for report in stage.site.registry.reports:
        for day in ("1000-01-01", "9000-12-31", "0999-12-31", "9999-12-31"):
            for given in ({name: day}, {"from": "1000-01-01", "to": "9000-12-31"}):
                answer = client.get(f"/api/v1/reports/{report}", query_string=given)
                if answer.status_code >= 500:
                    broken.append((report, given))
    assert broken == []


def test_form_values_that_no_column_holds_are_refused(own_stage: Stage) -> None:
    client, broken = own_stage.web("admin"), []
    for number, entity in enumerate(own_stage.site.registry.entities.values()):
        if not entity.declared.writable:
            continue
        names = [*(name for name, column in entity.columns.items() if not column.readonly)]
        worded = not entity.lines and {entity.columns[name].kind for name in names} == {"text"}
        fitting = {201} if worded else set()  # any of them is a text
        names += [f"{lines.name}.0.{name}" for lines in entity.lines.values() for name in lines.columns]
        for step in range(3):
            value = HOSTILE[(number * 3 + step) % len(HOSTILE)].encode("utf-8", "replace").decode()
            form: dict[str, Any] = {**dict.fromkeys(names, value), "_version": value}
            for url in (f"/{entity.path}/new", f"/{entity.path}/quick", f"/{entity.path}/1"):
                answer = client.post(url, data=form)
                if answer.status_code not in {303, 400, 403, 404, 409, 412, 413, 422} | fitting:
                    broken.append((url, value[:20], answer.status_code))
    assert broken == []


@pytest.mark.parametrize(("query", "status"), [
    ("employee.department__contains=x", 400), ("employee.id__contains=x", 400), ("employee.department=x", 400),
    ("employee.department__in=1,x", 400), ("employee.user__startswith=1", 400), ("employee.department__gt=1", 200),
    ("sort=employee.department", 200),
])  # fmt: skip
def test_a_reference_of_a_reference_is_compared_by_its_id(stage: Stage, query: str, status: int) -> None:
    assert stage.api("admin").get(f"/api/v1/hr/contracts?{query}").status_code == status
