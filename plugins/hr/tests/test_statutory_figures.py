"""A company enters the law's next figures itself, on any door, and payrolls go by them from their day on."""

from __future__ import annotations

from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from trastienda import User, Work
from trastienda.api.app import create_app
from trastienda.storage.models import RoleAssignment
from trastienda.testing.sites import bearer_client
from trastienda_hr import PayrollRun
from trastienda_hr.payroll.payslips import PayslipLine

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from .conftest import Firm

FIGURES = "/api/v1/hr/statutory-figures"


@pytest.fixture
def officer(firm: Firm) -> FlaskClient:
    def give(work: Work) -> User:
        user = work.save(work.get(User, "other"))
        user.lines_of(RoleAssignment)[:] = [RoleAssignment(role="hr.payroll-officer")]
        return user

    return bearer_client(create_app(firm.site), firm.site, firm.write(give))


def test_figure_that_was_entered_holds_from_its_day_and_its_source_stands_on_the_payslip(
    firm: Firm, officer: FlaskClient
) -> None:
    given = {"name": "ss.mei.worker", "starts_on": "2026-06-01", "value": "0.2", "source": "Orden de prueba art. 1"}
    assert officer.post(FIGURES, json=given).status_code == 201

    def mei(month: int, last: int) -> tuple[Decimal, bool]:
        def body(work: Work) -> tuple[Decimal, bool]:
            first = Date(2026, month, 1)
            run = work.add(PayrollRun(code=f"R{month}", starts_on=first, ends_on=first.replace(day=last)))
            work.act(run, "compute")
            line = work.select(PayslipLine).where(PayslipLine.rule == "SS_MEI").order_by(-PayslipLine.id).get()
            return line.amount, "Orden de prueba art. 1 (2026-06-01)" in line.explanation

        return firm.write(body)

    assert mei(5, 31) == (Decimal("4.50"), False)
    assert mei(6, 30) == (Decimal("6.00"), True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": None}, "value"),
        ({"source": " "}, "source"),
        ({"name": "ss max"}, "name"),
        ({"bands": [{"threshold": "1", "percent": "1"}]}, "value"),
        ({"value": None, "bands": [{"threshold": "1", "percent": "101"}]}, "bands.0.percent"),
        ({"value": "-1"}, "value"),
    ],
)
def test_figure_that_says_nothing_is_refused_by_its_field(
    officer: FlaskClient, change: dict[str, object], field: str
) -> None:
    given = {"name": "ss.max", "starts_on": "2027-01-01", "value": "5300", "source": "x", **change}
    answer = officer.post(FIGURES, json=given)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_report_says_what_holds_on_a_day_and_by_which_law(officer: FlaskClient) -> None:
    bands = [{"threshold": "5300", "percent": "0.5"}]
    given = {"name": "ss.solidarity.worker", "starts_on": "2027-01-01", "source": "Ley nueva", "bands": bands}
    assert officer.post(FIGURES, json=given).status_code == 201
    for day, source in (("2026-12-31", "Art. 19 bis y DT 42 LGSS"), ("2027-01-01", "Ley nueva")):
        rows = officer.get(f"/api/v1/reports/hr.figures-in-force?on={day}").json["rows"]
        assert {row["name"]: row["source"] for row in rows}["ss.solidarity.worker"] == source
        assert {row["name"]: row["source"] for row in rows}["ss.min.1"] == "Orden PJC/297/2026 art. 3"
