"""Files of others come in through the ordinary import as they are; the figures are those known of them."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trastienda import Work
from trastienda.entities.importing import Options, Result, import_file
from trastienda_hr import Department, Employee, Position

if TYPE_CHECKING:
    from .conftest import Firm

SHARED = Path(os.environ.get("TRASTIENDA_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))
PEOPLE = {"EmployeeNumber": "code", "Attrition": "left", "OverTime": "overtime", "Department": "department",
          "JobRole": "position"}  # fmt: skip
NORTHWIND = {"EmployeeID": "code", "LastName": "last_name", "FirstName": "first_name", "Title": "position",
             "HireDate": "starts_on", "HomePhone": "phone", "ReportsTo": "manager"}  # fmt: skip


def bring_in(firm: Firm, path: Path, fields: dict[str, str]) -> Result:
    """Every column of the file is mapped: to a field, or to none."""
    if not path.is_file():
        pytest.skip("the data sets are not here")
    with path.open(encoding="utf-8-sig") as file:
        header = next(csv.reader(file))
    with path.open("rb") as file:
        return import_file(
            firm.site,
            firm.system,
            firm.company,
            firm.site.registry.entities["hr.employee"],
            file,
            name=path.name,
            options=Options(create_missing=True, mapping={name: fields.get(name, "-") for name in header}),
        )


def test_1470_people_of_whom_237_left_and_416_work_overtime(firm: Firm) -> None:
    result = bring_in(firm, SHARED / "people" / "ibm_attrition.csv", PEOPLE)
    assert (result.errors, result.created) == ([], 1470)

    def figures(work: Work) -> list[int]:
        made = work.select(Employee).where(Employee.user.is_null())
        return [
            made.count(),
            made.where(Employee.left).count(),
            made.where(Employee.overtime).count(),
            work.select(Department).count() - 1,
            work.select(Position).count(),
        ]

    assert firm.read(figures) == [1470, 237, 416, 3, 9]


def test_traders_staff_with_managers_further_down(firm: Firm) -> None:
    result = bring_in(firm, SHARED / "northwind" / "employees.csv", NORTHWIND)
    assert result.errors == []

    def above(work: Work) -> dict[str, str | None]:
        made = work.select(Employee).where(Employee.user.is_null())
        return {each.code: each.manager.code if each.manager else None for each in made}

    with (SHARED / "northwind" / "employees.csv").open(encoding="utf-8-sig") as file:
        wanted = {row["EmployeeID"]: row["ReportsTo"] or None for row in csv.DictReader(file)}
    assert firm.read(above) == wanted
