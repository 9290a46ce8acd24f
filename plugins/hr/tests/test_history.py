"""What held on a day is known whichever door changed it."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient

from trastienda import Work
from trastienda.api.app import create_app
from trastienda.entities.importing import Options, import_file
from trastienda.testing.sites import bearer_client
from trastienda_hr import Department, Employee, PayrollRun, employee_as_of
from trastienda_hr.assignments import Assignment
from trastienda_hr.payroll.paid_salaries import SalaryWasPaid
from trastienda_hr.salaries import Salary

if TYPE_CHECKING:
    from .conftest import Firm

TODAY = Date(2026, 6, 15)


@pytest.fixture
def new(firm: Firm) -> int:
    """Another department."""
    return firm.write(lambda work: work.add(Department(code="D2", name="Second")).id)


@pytest.fixture
def client(firm: Firm) -> FlaskClient:
    from trastienda.builtin.identity.administration import add_user

    user = firm.write(lambda work: add_user(work, name="root", password=None, roles=["admin"]))
    return bearer_client(create_app(firm.site), firm.site, user)


def departments(firm: Firm, *days: Date) -> list[str | None]:
    def body(work: Work) -> list[str | None]:
        one = work.get(Employee, "ONE").id
        found = [employee_as_of(work, employee=one, on=day).department for day in days]
        return [work.get(Department, each).code if each else None for each in found]

    return firm.read(body)


def past(firm: Firm) -> list[tuple[Date | None, Date]]:
    return firm.read(lambda work: list(work.rows(work.select(Assignment, Assignment.starts_on, Assignment.ends_on))))


def patch(client: FlaskClient, firm: Firm, **fields: object) -> int:
    address = f"/api/v1/hr/employees/{firm.id_of('ONE')}"
    etag = client.get(address).headers["ETag"]
    return client.patch(address, json=fields, headers={"If-Match": etag}).status_code


def test_patch_keeps_what_held_until_yesterday(firm: Firm, client: FlaskClient, new: int) -> None:
    assert patch(client, firm, department="D2", phone="1") == 200
    assert departments(firm, Date(2025, 1, 1), Date(2026, 6, 14), TODAY) == ["D1", "D1", "D2"]
    assert past(firm) == [(Date(2025, 1, 1), Date(2026, 6, 14))]


def test_second_edit_of_a_day_adds_nothing(firm: Firm, client: FlaskClient, new: int) -> None:
    assert [patch(client, firm, department=code) for code in ("D2", "D1", "D2")] == [200, 200, 200]
    assert len(past(firm)) == 1


def test_edit_of_something_else_is_no_move(firm: Firm, client: FlaskClient) -> None:
    assert patch(client, firm, phone="600 000 000") == 200
    assert past(firm) == []


def test_import_and_batch_keep_history_too(firm: Firm, client: FlaskClient, new: int) -> None:
    entity = firm.site.registry.entities["hr.employee"]
    file = io.BytesIO(b"code,department\nONE,D2\n")
    result = import_file(firm.site, firm.system, firm.company, entity, file, name="x.csv", options=Options())
    assert (result.errors, result.updated) == ([], 1)
    assert past(firm) == [(Date(2025, 1, 1), Date(2026, 6, 14))]
    firm.site.clock = lambda: datetime(2026, 6, 20, 10, tzinfo=UTC)
    address = f"hr/employees/{firm.id_of('ONE')}"
    etag = client.get(f"/api/v1/{address}").headers["ETag"]
    operation = {"method": "PATCH", "path": address, "body": {"manager": "BOSS"}, "if_match": etag}
    answer = client.post("/api/v1/batch", json={"operations": [operation]})
    assert answer.status_code == 200, answer.text
    assert past(firm)[1:] == [(TODAY, Date(2026, 6, 19))]
    assert departments(firm, TODAY) == ["D2"]


def test_correction_makes_no_past(firm: Firm, client: FlaskClient, new: int) -> None:
    address = f"/api/v1/hr/employees/{firm.id_of('ONE')}/actions/correct"
    assert client.post(address, json={"department": "D2"}).status_code == 200
    assert (past(firm), departments(firm, Date(2025, 6, 1))) == ([], ["D2"])


def test_move_of_an_edited_form_keeps_what_was_stored(firm: Firm, new: int) -> None:
    def both(work: Work) -> None:
        one = work.lock(work.get(Employee, "ONE"))
        one.department_id = new
        work.act(one, "move", on=Date(2026, 6, 1), manager=work.get(Employee, "BOSS").id)

    firm.write(both)
    assert past(firm) == [(Date(2025, 1, 1), Date(2026, 5, 31))]
    assert departments(firm, Date(2026, 5, 31), Date(2026, 6, 1)) == ["D1", "D2"]


def test_salary_that_was_paid_by_is_not_overwritten(firm: Firm) -> None:
    run = PayrollRun(code="5", starts_on=Date(2026, 5, 1), ends_on=Date(2026, 5, 31))
    firm.write(lambda work: work.act(work.add(run), "compute"))
    one = firm.id_of("ONE")

    def overwrite(work: Work) -> None:
        salary = work.select(Salary).where(Salary.employee == one).get()
        work.save(salary).amount = Decimal(3000)

    firm.write(overwrite)
    firm.act(PayrollRun, "5", "approve")
    with pytest.raises(SalaryWasPaid, match="2026-05-31"):
        firm.write(lambda work: overwrite_by(work, one, Decimal(9000)))
    with pytest.raises(SalaryWasPaid):
        firm.write(lambda work: work.delete(work.select(Salary).where(Salary.employee == one).get()))


def overwrite_by(work: Work, employee: int, amount: Decimal) -> None:
    salary = work.select(Salary).where(Salary.employee == employee).get()
    work.save(salary).amount = amount


def test_wrong_salary_is_corrected_and_its_payslips_by_a_run(firm: Firm) -> None:
    run = PayrollRun(code="5", starts_on=Date(2026, 5, 1), ends_on=Date(2026, 5, 31))
    firm.write(lambda work: work.act(work.add(run), "compute"))
    firm.act(PayrollRun, "5", "approve")
    one = firm.id_of("ONE")
    salary = firm.read(lambda work: work.select(Salary).where(Salary.employee == one).get().id)
    firm.act(Salary, salary, "correct", amount=Decimal(3000))
    again = PayrollRun(code="5C", starts_on=Date(2026, 5, 1), ends_on=Date(2026, 5, 31), kind="correction", round=1)
    firm.write(lambda work: work.act(work.add(again), "compute"))
    assert firm.read(lambda work: work.get(PayrollRun, "5C").gross) == Decimal(200)
