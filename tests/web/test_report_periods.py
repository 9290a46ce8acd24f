"""Reports by the name of a period, beside another one, and as they were asked for last."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient

from .conftest import Desk
from .test_pages import texts
from .test_reports_and_imports import table

pytestmark = pytest.mark.database("sqlite")

MOVEMENTS = "/reports/books.movements"


@pytest.fixture(autouse=True)
def march(desk: Desk) -> None:
    desk.site.clock = lambda: datetime(2026, 3, 15, tzinfo=UTC)
    desk.entry("F-1", on=date(2026, 2, 10), amount="2.00")
    desk.entry("F-2", on=date(2026, 3, 10), amount="5.00")


def test_a_period_is_chosen_by_its_name(client: FlaskClient) -> None:
    page = client.get(f"{MOVEMENTS}?run=1&period=last-month").text
    assert table(page)[0] == ["430000", "2.00"]
    assert 'value="2026-02-01"' in page
    assert f'href="{MOVEMENTS}?run=1&amp;from=2026-02-01&amp;to=2026-02-28"' in page


def test_figures_stand_beside_those_of_the_period_before(client: FlaskClient) -> None:
    page = client.get(f"{MOVEMENTS}?run=1&period=this-month&compare=before").text
    assert texts(page, r'<th scope="col"[^>]*>(.*?)</th>') == ["Account", "Debit", "Debit before"]
    assert table(page) == [["430000", "5.00", "2.00"], ["700000", "0.00", "0.00"], ["Total", "5.00", "2.00"]]


def test_what_there_was_before_only_is_told_at_the_end(client: FlaskClient, desk: Desk) -> None:
    page = client.get(f"{MOVEMENTS}?run=1&from=2026-04-01&to=2026-04-30&compare=before").text
    assert table(page) == [["430000", "0.00", "5.00"], ["700000", "0.00", "0.00"], ["Total", "0.00", "5.00"]]


def test_a_year_before_is_the_same_days(client: FlaskClient) -> None:
    page = client.get(f"{MOVEMENTS}?run=1&from=2027-02-01&to=2027-02-28&compare=year").text
    assert table(page)[-1] == ["Total", "0.00", "2.00"]


def test_parameters_are_remembered_for_their_report_alone(client: FlaskClient) -> None:
    client.get(f"{MOVEMENTS}?run=1&period=last-month")
    assert table(client.get(MOVEMENTS).text)[0] == ["430000", "2.00"]
    other = client.get("/reports/books.trial-balance").text
    assert table(other)[-1] == ["Total", "", "7.00", "7.00"]


def test_days_that_are_none_are_said_at_their_field(client: FlaskClient) -> None:
    answer = client.get(f"{MOVEMENTS}?run=1&from=2026-02-30&to=2026-03-01&compare=before")
    assert answer.status_code == 422
