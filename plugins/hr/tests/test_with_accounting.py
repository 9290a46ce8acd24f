"""The approval of a run posts it in the same transaction, balanced, or not at all."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from datetime import date as Date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trastienda import Refusal, Site, Work
from trastienda.entities.history import history_of_read
from trastienda.upgrade import upgrade
from trastienda_hr import Department, Employee, PayrollRun

from .conftest import Firm, found_company, open_site

if TYPE_CHECKING:
    from trastienda_accounting import JournalEntry

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("trastienda_accounting") is None, reason="the glue is for those who have both"
)
BOTH = "contacts,accounting,hr"


@pytest.fixture
def booked(prepared_database: Callable[[str, Callable[[str], object]], str], tmp_path: Path) -> Iterator[Firm]:
    url = prepared_database("hr+accounting", lambda url: found_company(open_site(url, tmp_path, BOTH)))
    site: Site = open_site(url, tmp_path, BOTH)
    with site.active():
        firm = Firm(site)
        run = PayrollRun(code="5", starts_on=Date(2026, 5, 1), ends_on=Date(2026, 5, 31))
        firm.write(lambda work: work.act(work.add(run), "compute"))
        yield firm
    site.shut()


def entry_of(work: Work) -> JournalEntry:
    from trastienda_accounting import JournalEntry

    entry: JournalEntry = work.select(JournalEntry).get()
    return entry


def test_approval_posts_by_department_and_account(booked: Firm) -> None:
    from trastienda_accounting import Account, FiscalYear, Posting, apply_chart

    def open_books(work: Work) -> None:
        apply_chart(work, "pgc_pymes")
        work.add(FiscalYear(code="2026", starts_on=Date(2026, 1, 1), ends_on=Date(2026, 12, 31)))

    booked.write(open_books)
    booked.act(PayrollRun, "5", "approve")
    assert booked.read(lambda work: work.get(PayrollRun, "5").state) == "posted"

    def figures(work: Work) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for line in entry_of(work).lines_of(Posting):
            code = work.get(Account, line.account_id).code
            sums[code] = sums.get(code, Decimal(0)) + line.debit - line.credit
        return sums

    found = booked.read(figures)
    assert found == {
        "640": Decimal(14000),
        "642": Decimal(14000) * Decimal("0.3215"),
        "476": -Decimal(14000) * Decimal("0.3865"),
        "465": -Decimal(14000) * Decimal("0.935"),
    }
    assert booked.read(lambda work: {line.description for line in entry_of(work).lines_of(Posting)}) == {"5 D1", "5"}


def test_failed_posting_rolls_the_approval_back(booked: Firm) -> None:
    with pytest.raises(Refusal, match="No default account"):
        booked.act(PayrollRun, "5", "approve")
    assert booked.read(lambda work: work.get(PayrollRun, "5").state) == "computed"


def open_books(work: Work) -> None:
    from trastienda_accounting import FiscalYear, apply_chart

    apply_chart(work, "pgc_pymes")
    work.add(FiscalYear(code="2026", starts_on=Date(2026, 1, 1), ends_on=Date(2026, 12, 31)))


def two_departments(work: Work) -> None:
    """ONE and TWO in the stock room, the others where they are; May is computed."""
    stock = work.add(Department(code="D2", name="Stock"))
    for code in ("ONE", "TWO"):
        person = work.get(Employee, code)
        work.act(work.lock(person), "correct", department=stock.id)
    work.flush()
    work.act(work.add(PayrollRun(code="5", starts_on=Date(2026, 5, 1), ends_on=Date(2026, 5, 31))), "compute")


def books(firm: Firm) -> list[tuple[str, str, Decimal, Decimal]]:
    """Account, what for, debit and credit of the one entry there is."""
    from trastienda_accounting import Account, Posting

    def body(work: Work) -> list[tuple[str, str, Decimal, Decimal]]:
        lines = entry_of(work).lines_of(Posting)
        return [
            (work.get(Account, each.account_id).code, each.description, each.debit, each.credit) for each in lines
        ]

    return firm.read(body)


def switched(url: str, data: Path, plugins: str, body: Callable[[Firm], None]) -> None:
    """The same company under these plugins, its database brought up to them."""
    site = open_site(url, data, plugins)
    with site.active():
        upgrade(site, report=lambda title: None)
        body(Firm(site))
    site.shut()


def test_audit_tells_that_a_run_was_approved_and_that_it_was_posted(booked: Firm) -> None:
    booked.write(open_books)
    version = booked.read(lambda work: work.get(PayrollRun, "5").version)
    booked.act(PayrollRun, "5", "approve")
    run = booked.read(lambda work: work.get(PayrollRun, "5"))
    entity = booked.site.registry.entities["hr.payroll-run"]
    told = [(each["action"], each["changes"].get("state"))
            for each in history_of_read(booked.site, booked.system, entity, run.id)]
    assert told[:2] == [("post", ["approved", "posted"]), ("approve", ["computed", "approved"])]
    assert (run.state, run.version) == ("posted", version + 1)


def test_run_approved_before_accounting_was_there_is_posted_later_to_the_same_books(
    prepared_database: Callable[[str, Callable[[str], object]], str], tmp_path: Path
) -> None:
    found: list[list[tuple[str, str, Decimal, Decimal]]] = []

    def without(firm: Firm) -> None:
        firm.write(two_departments)
        firm.act(PayrollRun, "5", "approve")
        with pytest.raises(Refusal, match="Accounting is not on"):
            firm.act(PayrollRun, "5", "post")
        assert firm.read(lambda work: work.get(PayrollRun, "5").state) == "approved"

    def later(firm: Firm) -> None:
        with pytest.raises(Refusal):
            firm.act(PayrollRun, "5", "post")  # there are no books yet
        firm.write(open_books)
        firm.act(PayrollRun, "5", "post")
        found.append(books(firm))
        with pytest.raises(Refusal):
            firm.act(PayrollRun, "5", "post")

    def at_once(firm: Firm) -> None:
        firm.write(open_books)
        firm.write(two_departments)
        firm.act(PayrollRun, "5", "approve")
        assert firm.read(lambda work: work.get(PayrollRun, "5").state) == "posted"
        found.append(books(firm))

    first = prepared_database("hr", lambda url: found_company(open_site(url, tmp_path)))
    switched(first, tmp_path, "contacts,hr", without)
    switched(first, tmp_path, BOTH, later)
    second = prepared_database("hr+accounting", lambda url: found_company(open_site(url, tmp_path, BOTH)))
    switched(second, tmp_path, BOTH, at_once)
    assert found[0] == found[1]
    salaries = {what: debit for account, what, debit, _credit in found[0] if account == "640"}
    assert salaries == {"5 D1": Decimal(8300), "5 D2": Decimal(5700)}
    assert sum(debit - credit for _account, _what, debit, credit in found[0]) == 0
