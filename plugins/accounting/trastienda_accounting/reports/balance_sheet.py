"""Balance sheet: what the company has and owes at the end of a day, and what is left."""

from collections.abc import Iterator, Sequence
from datetime import date as Date
from decimal import Decimal

from peewee import fn

from trastienda import Link, Styled, Work
from trastienda import gettext as _

from ..balances import sums_through
from ..company_chart import chart_of
from ..periods import Period
from .days import ONE_DAY, Earlier, a_year_before, first_of_year
from .selection import selection_text
from .statements import AccountFacts, account_facts, statement

RESULT_KINDS = ("income", "expense")


def balance_sheet(
    work: Work,
    *,
    to: Date | None = None,
    compare_with: Earlier | None = None,
    details: bool = False,
    zeros: bool = False,
) -> Iterator[Styled]:
    """At the end of `to`, today without it; `compare_with` adds that day of the year before, or the
    end of the month before; `details` adds the accounts, `zeros` the lines without a figure.

    Results of earlier years that no closing entry took into an account are shown with the retained earnings.
    """
    day = to or work.today
    retained = _retained(work)
    by_id = account_facts(work)
    accounts = {facts.code: facts for facts in by_id.values()} | {retained.code: retained}

    year = first_of_year(work, day)
    now = _balances(work, by_id, retained.code, day)
    balanced = [code for code, balance in now.items() if balance]

    def drill(codes: Sequence[str]) -> Link:
        """Results lead to the income statement, of this year or of those before; all else to the postings."""
        if codes == [retained.code]:
            days = {"from": _first_day(work, day), "to": year - ONE_DAY}
            return Link("accounting.income-statement", days)
        days = {"from": year, "to": day}
        if len(codes) > 1 and all(accounts[code].kind in RESULT_KINDS for code in codes):
            return Link("accounting.income-statement", days)
        real = selection_text((code for code in codes if code != retained.code), among=balanced)
        return Link("accounting.general-ledger", {**days, "account": real})

    yield from statement(
        work,
        "balance_sheet",
        accounts,
        now=now,
        before=_balances(work, by_id, retained.code, _earlier(day, compare_with)) if compare_with else None,
        details=details,
        zeros=zeros,
        drill=drill,
    )


def _earlier(day: Date, which: Earlier) -> Date:
    return a_year_before(day) if which == "year-before" else day.replace(day=1) - ONE_DAY


def _retained(work: Work) -> AccountFacts:
    """No account of the chart but a place beside one: in the layout, with the retained earnings."""
    chart = chart_of(work)
    code = chart.roles["retained_earnings"] if chart is not None else ""
    return AccountFacts(f"{code}~", _("Results of earlier years, not closed"), "equity")


def _balances(work: Work, accounts: dict[int, AccountFacts], retained: str, day: Date) -> dict[str, Decimal]:
    """Debit less credit by code; income and expenses of the fiscal year, those before under `retained`."""
    balances = {accounts[number].code: sums.balance for number, sums in sums_through(work, day).items()}
    balances[retained] = Decimal(0)
    for number, sums in sums_through(work, first_of_year(work, day) - ONE_DAY).items():
        facts = accounts[number]
        if facts.kind in RESULT_KINDS:
            balances[facts.code] -= sums.balance
            balances[retained] += sums.balance
    return balances


def _first_day(work: Work, day: Date) -> Date:
    first: Date | None = work.select(Period, fn.MIN(Period.starts_on)).scalar()
    return min(first or day, day)
