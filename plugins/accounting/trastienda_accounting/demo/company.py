"""Turning the generated books into records, and closing what a careful bookkeeper would have closed."""

from collections.abc import Mapping, Sequence
from datetime import date as Date
from random import Random

from trastienda import Child, Work
from trastienda_contacts import Party, PartyRole, demo_company

from ..accounts import Account
from ..calendar import add_months
from ..company_chart import apply_chart
from ..entries import JournalEntry, Posting
from ..fiscal_years import FiscalYear, add_calendar_years
from ..journals import Journal
from ..periods import Period
from .books import demo_books, first_day
from .entry import DemoEntry
from .running import CREDITORS_BY_CODE

CHART = "pgc_pymes"
#: Entries dated this short a time ago are still being worked on: one in six is a draft.
DRAFT_DAYS, ONE_IN = 4, 6


def make_demo(work: Work) -> None:
    """Chart, fiscal years, creditors, some 1,500 entries until today; earlier years and months are closed."""
    apply_chart(work, CHART)
    work.add_all(
        [
            demo_company(Random(number), code=code, name=name, role="supplier")
            for number, (code, name) in enumerate(CREDITORS_BY_CODE.items())
        ]
    )
    first = first_day(work.today)
    add_calendar_years(work, [Date(year, 1, 1) for year in range(first.year, work.today.year + 1)])
    suppliers = [code for code in _parties(work, "supplier") if code not in CREDITORS_BY_CODE]
    books = demo_books(work.today, customers=_parties(work, "customer"), suppliers=suppliers)
    _enter(work, books)
    _close(work)


def _parties(work: Work, role: str) -> list[str]:
    query = work.select(Party, Party.code).join(PartyRole).where(PartyRole.role == role).order_by(Party.code)
    return [code for (code,) in work.rows(query)]


def _enter(work: Work, books: Sequence[DemoEntry]) -> None:
    journals = dict(work.rows(work.select(Journal, Journal.kind, Journal.id)))
    accounts = dict(work.rows(work.select(Account, Account.code, Account.id)))
    parties = dict(work.rows(work.select(Party, Party.code, Party.id)))
    records = [_record(entry, journals=journals, accounts=accounts, parties=parties) for entry in books]
    for number, entry in enumerate(work.add_all(records)):
        recent = (work.today - entry.date).days < DRAFT_DAYS
        if not (recent and number % ONE_IN == 0):
            work.act(entry, "post")


def _record(
    entry: DemoEntry, *, journals: Mapping[str, int], accounts: Mapping[str, int], parties: Mapping[str, int]
) -> tuple[JournalEntry, list[Child]]:
    record = JournalEntry(
        reference=entry.reference,
        date=entry.date,
        journal=journals[entry.journal],
        description=entry.description,
    )
    return record, [
        Posting(
            account=accounts[line.account],
            debit=line.debit,
            credit=line.credit,
            description=line.description,
            party=parties[line.party] if line.party else None,
            due_date=line.due_date,
        )
        for line in entry.lines
    ]


def _close(work: Work) -> None:
    """All but the current month and the last, in which wages wait to be approved; so long a year stays open too."""
    last_month = add_months(work.today.replace(day=1), -1)
    for year in list(work.select(FiscalYear).where(FiscalYear.ends_on < last_month)):
        work.act(work.lock(year), "close")
    work.flush()
    open_periods = work.select(Period).where((Period.ends_on < last_month) & (Period.state == "open"))
    for period in list(open_periods.order_by(Period.starts_on)):
        soft = period.ends_on >= add_months(last_month, -1)
        work.act(work.lock(period), "soft-close" if soft else "close")
