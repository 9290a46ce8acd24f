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
from trastienda_hr import PayrollRun

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
