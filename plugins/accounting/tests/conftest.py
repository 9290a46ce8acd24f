"""A company with a few accounts, a journal and the fiscal year 2026, on each database."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from datetime import date as Date
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings as hypothesis_settings

from trastienda import Actor, Company, Site, Work
from trastienda.settings import load_settings
from trastienda.upgrade import upgrade
from trastienda_accounting import Account, FiscalYear, Journal, JournalEntry, Line, Posting, credit, debit
from trastienda_contacts import Party

T = TypeVar("T")
NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)
ACCOUNTS = [
    ("100", "Share capital", "equity"),
    ("430", "Receivables", "asset"),
    ("477", "VAT charged", "liability"),
    ("572", "Bank", "asset"),
    ("600", "Purchases", "expense"),
    ("700", "Sales", "income"),
]

hypothesis_settings.register_profile("accounting", deadline=None)
hypothesis_settings.load_profile("accounting")


class Books:
    """The company ACME as its bookkeeper sees it; days are of June 2026 unless said otherwise."""

    def __init__(self, site: Site, code: str = "ACME") -> None:
        self.site = site
        self.company = site.company(code)
        self.actor = Actor.system("tests")

    def write(self, body: Callable[[Work], T]) -> T:
        return self.site.write(self.actor, self.company, body)

    def read(self, body: Callable[[Work], T]) -> T:
        return self.site.read(self.actor, self.company, body)

    def draft(
        self, *lines: Line, on: Date = Date(2026, 6, 10), journal: str = "SAL", reference: str = ""
    ) -> int:
        return self.write(lambda work: _add(work, lines, on=on, journal=journal, reference=reference).id)

    def post(
        self, *lines: Line, on: Date = Date(2026, 6, 10), journal: str = "SAL", reference: str = ""
    ) -> int:
        def body(work: Work) -> int:
            entry = _add(work, lines, on=on, journal=journal, reference=reference)
            work.act(entry, "post")
            return entry.id

        return self.write(body)

    def sale(self, amount: str, *, on: Date = Date(2026, 6, 10)) -> int:
        return self.post(debit("430", Decimal(amount)), credit("700", Decimal(amount)), on=on)

    def act(self, model: type[Any], key: int | str, action: str, **parameters: object) -> None:
        self.write(lambda work: work.act(work.lock(work.get(model, key)), action, **parameters))

    def entry(self, number: int) -> JournalEntry:
        return self.read(lambda work: work.get(JournalEntry, number))

    def report(self, run: Callable[..., Any], **parameters: object) -> list[Any]:
        return self.read(lambda work: [each.row for each in run(work, **parameters)])


def _add(work: Work, lines: tuple[Line, ...], *, on: Date, journal: str, reference: str) -> JournalEntry:
    entry = JournalEntry(date=on, journal=work.get(Journal, journal), reference=reference)
    return work.add(
        entry,
        [
            Posting(
                account=work.get(Account, line.account),
                debit=line.debit,
                credit=line.credit,
                party=work.get(Party, line.party) if line.party else None,
                description=line.description,
                due_date=line.due_date,
                currency=line.currency,
                amount_currency=line.amount_currency,
            )
            for line in lines
        ],
    )


def found_company(site: Site) -> None:
    with site.active():
        upgrade(site, report=lambda title: None)
        new_company(site, "ACME")
    site.shut()


def new_company(site: Site, code: str) -> Books:
    Company.insert(code=code, name=code.title(), currency="EUR", country="ES").execute()
    books = Books(site, code)
    books.write(_first_records)
    return books


def _first_records(work: Work) -> None:
    work.add_all([(Account(code=code, name=name, kind=kind), ()) for code, name, kind in ACCOUNTS])
    work.add_all([(Journal(code=code, name=code), ()) for code in ("SAL", "GEN")])
    work.add(Party(code="C1", name="Customer 1"))
    work.add(FiscalYear(code="2026", name="2026", starts_on=Date(2026, 1, 1), ends_on=Date(2026, 12, 31)))


def open_site(url: str, data: Path) -> Site:
    site = Site.open(
        load_settings(
            {
                "TRASTIENDA_DATABASE": url,
                "TRASTIENDA_DATA": str(data),
                "TRASTIENDA_PLUGINS": "contacts,accounting",
            }
        )
    )
    site.clock = lambda: NOW
    return site


@pytest.fixture
def site(prepared_database: Callable[[str, Callable[[str], object]], str], tmp_path: Path) -> Iterator[Site]:
    url = prepared_database("accounting", lambda url: found_company(open_site(url, tmp_path)))
    made = open_site(url, tmp_path)
    with made.active():
        yield made
    made.shut()


@pytest.fixture
def books(site: Site) -> Books:
    return Books(site)


@pytest.fixture
def new_books(site: Site) -> Callable[[], Books]:
    """Makes companies: an example of hypothesis gets one, where a database would cost too much."""
    numbers = count(1)
    return lambda: new_company(site, f"C{next(numbers)}")
