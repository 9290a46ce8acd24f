"""The days of an employee, of the team's manager and of HR; and the month's payroll, from the raise to the bank."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

from playwright.sync_api import expect
from pypdf import PdfReader

from trastienda import User, Work
from trastienda_hr import Employee

from .stage import Day, Stage, Start, in_each_way


def sign_in_as(stage: Stage, code: str, name: str, *roles: str) -> None:
    """A user of these roles who is that employee."""
    stage.user(name, *roles)

    def link(work: Work) -> None:
        work.lock(work.get(Employee, code)).user = work.get(User, name).id

    stage.write(link)


@in_each_way
def test_day_of_an_employee_and_the_manager(start: Start, stage: Stage) -> None:
    sign_in_as(stage, "E014", "mateo", "hr.self-service")
    sign_in_as(stage, "E011", "alba", "hr.self-service", "hr.manager")
    day = start("mateo")
    expect(day.page.locator("main")).to_contain_text(day.word("My matters"))
    day.look("start")
    clock_in_and_out(day)
    ask_for_leave(day)
    enter_hours(day)
    chief = start("alba")
    chief.look("start")
    decide(chief)
    name_deputy(chief)


def clock_in_and_out(day: Day) -> None:
    day.press("link", "Clock in", within="main")
    expect(day.page.locator("#f-employee")).to_have_value("E014")
    day.look("clocking-in")
    day.press("button", "Save", within="main")
    day.press("button", "Clock out", within="main")
    expect(day.page.locator("main").get_by_role("button", name=day.word("Clock out"))).to_have_count(0)
    day.look("clocked-out")


def ask_for_leave(day: Day) -> None:
    """More days than there are: refused with what there is; then two days, which are counted."""
    day.go_to("New %(record)s", record=day.word("Leave request").lower())
    day.look_up("#f-leave_type", "vacaciones", choose="HOLIDAY")
    day.write("#f-starts_on", "2026-07-20")
    day.write("#f-ends_on", "2026-09-30")
    day.press("button", "Save", within="main")
    day.press("button", "Submit", within="main")
    expect(day.page.locator("[data-summary]")).to_be_visible()
    day.look("more-than-there-is")
    day.write("#f-ends_on", "2026-07-21")
    day.press("button", "Save", within="main")
    day.press("button", "Submit", within="main")
    expect(day.page.locator(".step-current")).to_have_text(day.word("Submitted"))
    day.look("asked-for")


def enter_hours(day: Day) -> None:
    day.go_to("New %(record)s", record=day.word("Timesheet").lower())
    expect(day.page.locator("#f-starts_on")).to_have_value("2026-06-15")
    line = "[name='lines.0.{}']"
    day.write(line.format("date"), "2026-06-16")
    day.write(line.format("activity"), "Inventario")
    day.write(line.format("hours"), "8")
    day.press("button", "Save", within="main")
    day.press("button", "Submit", within="main")
    expect(day.page.locator(".step-current")).to_have_text(day.word("Submitted"))
    day.look("hours")


def decide(chief: Day) -> None:
    chief.press("link", "Leave to decide on", within="main", exact=False)
    expect(chief.page.locator("main")).to_contain_text("Mateo Sotobosque")
    chief.look("to-decide")
    chief.press_at(chief.page.locator("tbody a").filter(has_text="E014"))
    chief.press("link", "Approve", within="main", exact=False)
    chief.write("#f-answer", "Buen descanso")
    chief.press("button", "Approve", within="main")
    expect(chief.page.locator(".step-current")).to_have_text(chief.word("Approved"))
    chief.look("approved")


def name_deputy(chief: Day) -> None:
    chief.go_to("New %(record)s", record=chief.word("Delegation").lower())
    expect(chief.page.locator("#f-manager")).to_have_value("E011")
    chief.look_up("#f-deputy", "E012", choose="E012")
    chief.write("#f-ends_on", "2026-06-30")
    chief.press("button", "Save", within="main")
    chief.sees("Saved.")
    chief.look("deputy")


@in_each_way
def test_day_of_human_resources_and_the_payroll(start: Start, stage: Stage, tmp_path: Path) -> None:
    officer = start("rosa", "hr.officer")
    officer.look("start")
    hire(officer)
    payer = start("nora", "hr.payroll-officer")
    payer.look("start")
    raise_pay(payer)
    run_payroll(payer, tmp_path)
    auditor = start("olga", "hr.auditor")
    auditor.go_to("Payroll register")
    auditor.press("button", "Show", within="main")
    expect(auditor.page.locator("tbody tr").first).to_be_visible()
    auditor.look("register")


def hire(day: Day) -> None:
    day.go_to("New %(record)s", record=day.word("Employee").lower())
    day.write("#f-code", "E025")
    day.write("#f-first_name", "Clara")
    day.write("#f-last_name", "Montecillo")
    day.look_up("#f-department", "almacén", choose="ALM")
    day.look_up("#f-manager", "E011", choose="E011")
    day.write("#f-starts_on", "2026-06-17")
    day.press("button", "Save", within="main")
    day.sees("Saved.")
    day.look("hired")
    day.go_to("New %(record)s", record=day.word("Personal data").lower())
    day.look_up("#f-employee", "E025", choose="E025")
    day.write("#f-iban", "ES9121000418450200051332")
    day.press("button", "Save", within="main")
    day.sees("Saved.")


def raise_pay(day: Day) -> None:
    day.go_to("New %(record)s", record=day.word("Salary").lower())
    day.look_up("#f-employee", "E025", choose="E025")
    day.write("#f-starts_on", date(2026, 6, 17).isoformat())
    day.write("#f-amount", day.amount("1,900.00"))
    day.look_up("#f-structure", "mensual", choose="ES-MENSUAL")
    day.press("button", "Save", within="main")
    day.sees("Saved.")
    day.look("salary")


def run_payroll(day: Day, folder: Path) -> None:
    day.go_to("New %(record)s", record=day.word("Payroll run").lower())
    expect(day.page.locator("#f-code")).to_have_value("2026-06")
    day.press("button", "Save", within="main")
    day.press("button", "Compute", within="main")
    expect(day.page.locator(".step-current")).to_have_text(day.word("Computed"))
    day.look("computed")
    day.press("button", "Approve", within="main")
    day.press("button", "Continue", within="#ask")
    expect(day.page.locator(".step-current")).to_have_text(day.word("Posted"))
    day.look("posted")
    day.press("button", "Pay", within="main")
    day.press("button", "Continue", within="#ask")
    expect(day.page.locator(".step-current")).to_have_text(day.word("Paid"))
    day.look("paid")
    pay_by_bank(day, folder)
    hand_out_payslips(day)


def pay_by_bank(day: Day, folder: Path) -> None:
    with day.downloading() as files:
        day.press("link", "SEPA file for the bank", within="main", exact=False)
    files[0].save_as(folder / "sepa.xml")
    root = ElementTree.parse(folder / "sepa.xml").getroot()
    names = {"": root.tag[1:].partition("}")[0]}
    transfers = root.findall(".//CdtTrfTxInf", names)
    assert names[""].endswith("pain.001.001.03")
    assert "Clara Montecillo" in [each.findtext("Cdtr/Nm", namespaces=names) for each in transfers]
    assert root.findtext("CstmrCdtTrfInitn/GrpHdr/NbOfTxs", namespaces=names) == str(len(transfers))


def hand_out_payslips(day: Day) -> None:
    pages = PdfReader(io.BytesIO(day.opened_paper(day.named("link", "Payslips", within=".aside-tools")))).pages
    assert len(pages) > 20
    assert "Montecillo" in "".join(page.extract_text() for page in pages[-2:])
