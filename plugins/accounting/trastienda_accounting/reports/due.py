"""Receivables and payables: what each party owes or is owed, by how long it has been due."""

from collections.abc import Iterator
from typing import NamedTuple

from trastienda import Link, Money, Ref, Styled, Work
from trastienda_contacts import Party

from ..due import Side, due_accounts, owed
from .days import ONE_DAY


class DueRow(NamedTuple):
    party: Ref[Party]
    outstanding: Money
    not_due: Money | None
    until_30: Money | None
    until_60: Money | None
    until_90: Money | None
    older: Money | None


def due(work: Work, *, side: Side = "receivable", overdue: bool = False) -> Iterator[Styled]:
    """As of today; a payment settles what is due first. `overdue` leaves out those of whom nothing is overdue."""
    found = [each for each in owed(work, side) if each.overdue or not overdue]
    accounts = ",".join(due_accounts(work, side).values()) if found else ""
    query = work.select(Party, Party.id, Party.code).where(Party.id.in_([each.party for each in found]))
    codes: dict[int, str] = dict(work.rows(query))
    for each in sorted(found, key=lambda one: (-one.overdue, codes[one.party])):
        days = {"from": work.today - 365 * ONE_DAY, "to": work.today}
        ledger = Link("accounting.general-ledger", {**days, "account": accounts, "party": codes[each.party]})
        yield Styled(DueRow(Ref(each.party), each.amount, *(amount or None for amount in each.ages)), link=ledger)
