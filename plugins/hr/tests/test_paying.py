"""A payroll officer's day over HTTP: the company's account, compute, approve, print, pay, and the bank's file."""

from __future__ import annotations

import io
import xml.etree.ElementTree as Xml
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from xmlschema import XMLSchema

from trastienda import User, Work
from trastienda.api.app import create_app
from trastienda.storage.models import RoleAssignment
from trastienda.testing.sites import bearer_client
from trastienda_hr.payroll.sepa import NAMESPACE

if TYPE_CHECKING:
    from .conftest import Firm

IBAN = "ES9121000418450200051332"
BANK = {"hr.payroll-bank": {"iban": IBAN, "name": "Acme, S.L."}}


@pytest.fixture
def app(firm: Firm) -> Flask:
    return create_app(firm.site)


def client_of(firm: Firm, app: Flask, name: str, *roles: str) -> FlaskClient:
    def give(work: Work) -> User:
        user = work.save(User.get(User.name == name))
        user.lines_of(RoleAssignment)[:] = [RoleAssignment(role=role) for role in roles]
        return user

    return bearer_client(app, firm.site, firm.write(give))


@pytest.fixture
def officer(firm: Firm, app: Flask) -> FlaskClient:
    return client_of(firm, app, "other", "hr.payroll-officer")


@pytest.fixture
def run(officer: FlaskClient) -> str:
    """The address of May's run, approved."""
    given = {"code": "2026-05", "starts_on": "2026-05-01", "ends_on": "2026-05-31", "pay_on": "2026-05-29"}
    address = f"/api/v1/hr/payroll-runs/{officer.post('/api/v1/hr/payroll-runs', json=given).json['id']}"
    for action in ("compute", "approve"):
        answer = officer.post(f"{address}/actions/{action}")
        assert answer.status_code == 200, answer.text
    return address


def test_run_is_paid_from_the_account_that_the_company_has_set(officer: FlaskClient, run: str) -> None:
    refused = officer.post(f"{run}/actions/pay")
    assert (refused.status_code, refused.json["detail"]) == (409, "The account that salaries are paid from is not set")
    etag = officer.get("/api/v1/settings").headers["ETag"]
    assert officer.patch("/api/v1/settings", json=BANK, headers={"If-Match": etag}).status_code == 200
    paid = officer.post(f"{run}/actions/pay")
    assert (paid.status_code, paid.json["state"]) == (200, "paid")
    file = officer.get("/api/v1/hr/payroll-runs/2026-05/sepa.xml")
    assert file.headers["Content-Disposition"] == "attachment; filename=sepa-2026-05.xml"
    root, names = Xml.fromstring(file.text), {"p": NAMESPACE}
    assert root.findtext(".//p:Dbtr/p:Nm", namespaces=names) == "Acme, S.L."
    assert root.findtext(".//p:GrpHdr/p:NbOfTxs", namespaces=names) == "5"
    assert root.findtext(".//p:GrpHdr/p:CtrlSum", namespaces=names) == f"{float(paid.json['net']):.2f}"
    assert root.findtext(".//p:ReqdExctnDt", namespaces=names) == "2026-05-29"
    assert officer.post(f"{run}/actions/pay").status_code == 409


def test_wrong_account_of_the_company_is_refused_naming_the_field(officer: FlaskClient) -> None:
    etag = officer.get("/api/v1/settings").headers["ETag"]
    wrong = {"hr.payroll-bank": {"iban": "ES00"}}
    answer = officer.patch("/api/v1/settings", json=wrong, headers={"If-Match": etag})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["hr.payroll-bank.iban"])


def test_file_is_what_the_schema_of_the_iso_wants(officer: FlaskClient, run: str) -> None:
    officer.patch("/api/v1/settings", json=BANK, headers={"If-Match": "*"})
    officer.post(f"{run}/actions/pay")
    schema = XMLSchema((files("sepaxml") / "schemas" / "pain.001.001.03.xsd").read_text())
    schema.validate(officer.get("/api/v1/hr/payroll-runs/2026-05/sepa.xml").text)


def test_payslip_is_printed_for_its_employee_alone(firm: Firm, app: Flask, officer: FlaskClient, run: str) -> None:
    slips = {each["employee"]["key"]: each["id"] for each in officer.get("/api/v1/hr/payslips").json["items"]}
    one = client_of(firm, app, "one", "hr.self-service")
    own, anothers = (one.get(f"/api/v1/hr/payslips/{slips[code]}/print/payslip") for code in ("ONE", "TWO"))
    assert (own.status_code, anothers.status_code) == (200, 404)
    page = PdfReader(io.BytesIO(own.data)).pages[0].extract_text(extraction_mode="layout")
    lines = {" ".join(line.split()) for line in page.splitlines()}
    assert {"Gross 2,800.00 EUR", "Deductions 182.00 EUR", "Net pay 2,618.00 EUR"} <= lines
    assert "Contingencias comunes 2,800.00 4.7 131.60" in lines
    assert one.get(f"{run}/print/payslips").status_code == 403


def test_payslips_of_a_run_are_printed_together_each_numbered_for_itself(officer: FlaskClient, run: str) -> None:
    answer = officer.get(f"{run}/print/payslips")
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages]
    assert sum("Page 1 of" in page for page in pages) == 5
