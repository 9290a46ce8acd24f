"""People as they were on any day, and what is wrong with them."""

from __future__ import annotations

import io
from datetime import date as Date
from typing import TYPE_CHECKING

import pytest

from trastienda import Invalid, Work
from trastienda.entities.importing import Options, import_file
from trastienda_hr import Department, Employee, employee_as_of, find_employee, working_days
from trastienda_hr.documents import Document, expiring_documents
from trastienda_hr.personal_data import PersonalData
from trastienda_hr.spanish_ids import is_personal_tax_id, is_social_security_number

if TYPE_CHECKING:
    from .conftest import Firm


@pytest.mark.parametrize(("number", "valid"), [("12345678Z", True), ("X1234567L", True), ("12345678A", False)])
def test_tax_numbers_of_persons(number: str, valid: bool) -> None:
    assert is_personal_tax_id(number) is valid


@pytest.mark.parametrize(
    ("number", "valid"), [("281234567840", True), ("28/12345678/40", True), ("281234567841", False), ("28", False)]
)
def test_social_security_numbers(number: str, valid: bool) -> None:
    assert is_social_security_number(number) is valid


def test_wrong_bank_account_is_refused(firm: Firm) -> None:
    other = firm.id_of("OTHER")

    def spoil(work: Work) -> None:
        data = work.select(PersonalData).where(PersonalData.employee == other).get()
        work.save(data).iban = "ES0000000000000000000000"

    with pytest.raises(Invalid):
        firm.write(spoil)


def test_nobody_is_above_himself(firm: Firm) -> None:
    def turn(work: Work) -> None:
        work.get(Employee, "BOSS").manager = work.get(Employee, "ONE")

    with pytest.raises(Invalid, match="own manager"):
        firm.write(turn)


def test_past_department_is_known_after_a_move(firm: Firm) -> None:
    new = firm.write(lambda work: work.add(Department(code="D2", name="Second")).id)
    firm.act(Employee, "ONE", "move", on=Date(2026, 3, 1), department=new)
    one = firm.id_of("ONE")
    days = (Date(2024, 12, 31), Date(2026, 2, 28), Date(2026, 3, 1))
    found = [firm.read(lambda work, day=day: employee_as_of(work, employee=one, on=day)) for day in days]
    assert [(each.employed, each.department == new) for each in found] == [(False, False), (True, False), (True, True)]


def test_services_find_people_and_their_working_days(firm: Firm) -> None:
    one = firm.id_of("ONE")
    found = firm.read(lambda work: find_employee(work, code="ONE"))
    assert found is not None
    assert found.id == one
    may = firm.read(lambda work: working_days(work, employee=one, first=Date(2026, 5, 1), last=Date(2026, 5, 10)))
    assert list(may) == [Date(2026, 5, day) for day in (4, 5, 6, 7, 8)]


def test_documents_that_expire_are_reported(firm: Firm) -> None:
    one = firm.id_of("ONE")
    firm.write(lambda work: work.add(Document(employee=one, kind="permit", expires_on=Date(2026, 7, 1))))
    assert [row.days_left for row in firm.read(lambda work: list(expiring_documents(work)))] == [16]
    assert firm.read(lambda work: list(expiring_documents(work, within_days=10))) == []


def test_file_with_managers_further_down_comes_in(firm: Firm) -> None:
    text = (
        "EmployeeID,LastName,FirstName,Title,HireDate,ReportsTo\n"
        "1,Alder,A.,Clerk,2012-05-01,2\n2,Birch,B.,Head,2012-08-14,\n3,Cedar,C.,Clerk,2012-04-01,2\n"
    )
    names = ("code", "last_name", "first_name", "position", "starts_on", "manager")
    mapping = dict(zip(text.partition("\n")[0].split(","), names, strict=True))
    result = import_file(
        firm.site,
        firm.system,
        firm.company,
        firm.site.registry.entities["hr.employee"],
        io.BytesIO(text.encode()),
        name="employees.csv",
        options=Options(create_missing=True, mapping=mapping),
    )
    assert result.errors == []

    def names_of(work: Work) -> list[tuple[str, str | None]]:
        people = [work.get(Employee, code) for code in ("1", "2", "3")]
        return [(each.name, each.manager.code if each.manager else None) for each in people]

    assert firm.read(names_of) == [("A. Alder", "2"), ("2", None), ("C. Cedar", "2")]
