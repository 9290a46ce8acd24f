"""What pages ask of the database: the same number of queries, however many rows they show."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from .conftest import Desk

pytestmark = pytest.mark.database("sqlite")


def statements(desk: Desk, client: FlaskClient, path: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The SELECTs of a page that was shown before, by the first table that each reads."""
    assert client.get(path).status_code == 200
    asked: list[str] = []
    execute = desk.site.database.execute_sql

    def watched(sql: str, *args: Any, **kwargs: Any) -> Any:
        if sql.startswith("SELECT"):
            asked.extend(re.findall(r'FROM "(\w+)"', sql)[:1])
        return execute(sql, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(desk.site.database, "execute_sql", watched)
        client.get(path)
    return asked


#: Who it is, the companies that the bar offers him, his roles in the one he looks at.
SESSION = ["identity_session", "core_company", "core_role_assignment"]
#: What he has not read.
BAR = ["delivery_notification"]


@pytest.mark.parametrize("count", [1, 50])
def test_a_list_is_its_views_and_its_rows_beside_the_session_and_the_bar(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    for number in range(count):
        desk.entry(f"F-{number}")
    asked = statements(desk, desk.client(), "/books/postings", monkeypatch)
    assert asked == [*SESSION, "records_saved_view", "books_posting", *BAR]


def test_a_record_is_read_with_its_lines_its_history_and_what_refers_to_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = desk.entry("F-1")
    asked = statements(desk, desk.client(), f"/books/entries/{identity}", monkeypatch)
    read = ["books_entry", "books_posting"]
    beside = ["records_comment", "records_attachment", "core_setting"]
    assert asked == [*SESSION, *read, "core_audit_record", "books_posting", *beside, *BAR]
