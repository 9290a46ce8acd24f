"""Income statement: what the company earned and spent between two days."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date as Date
from decimal import Decimal

from trastienda import Link, Styled, Work

from ..balances import NOTHING, sums_through
from .days import ONE_DAY, Earlier, days_before, first_and_last
from .selection import selection_text
from .statements import AccountFacts, account_facts, statement


def income_statement(
    work: Work,
    *,
    from_: Date | None = None,
    to: Date | None = None,
    compare_with: Earlier | None = None,
    details: bool = False,
    zeros: bool = False,
) -> Iterator[Styled]:
    """Income is positive, expense negative. `compare_with` adds those of other days, `details` the
    accounts, `zeros` the lines without a figure."""
    first, last = first_and_last(work, from_, to)
    by_id = account_facts(work)
    now = _moved(work, by_id, first, last)
    moved = [code for code, balance in now.items() if balance]

    def drill(codes: Sequence[str]) -> Link:
        text = selection_text(codes, among=moved)
        return Link("accounting.general-ledger", {"from": first, "to": last, "account": text})

    yield from statement(
        work,
        "income_statement",
        {facts.code: facts for facts in by_id.values()},
        now=now,
        before=_moved(work, by_id, *days_before(first, last, compare_with)) if compare_with else None,
        details=details,
        zeros=zeros,
        drill=drill,
    )


def _moved(work: Work, accounts: Mapping[int, AccountFacts], first: Date, last: Date) -> dict[str, Decimal]:
    before = sums_through(work, first - ONE_DAY)
    return {
        accounts[number].code: sums.balance - before.get(number, NOTHING).balance
        for number, sums in sums_through(work, last).items()
    }
