"""What is owed to the company and by it, by party and by age, without anybody matching payments with invoices.

A payment settles what is due first. So of what a party owes that part is overdue by more than n days which is more
than all that fell due since, and two sums tell it: the party's balance, which is kept, and what it was invoiced
with a day later than n days ago. The cost grows with parties and with recent invoices, not with postings.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from peewee import CompositeKey, ForeignKeyField, ModelSelect, fn

from trastienda import Company, MoneyField, Row, Tally, Work, total
from trastienda_contacts import Party

from .accounts import Account
from .entries import JournalEntry, Posting

Side = Literal["receivable", "payable"]
#: Days overdue that one age ends with; what is older is in none.
AGES = (0, 30, 60, 90)
ZERO = Decimal(0)


class PartyBalance(Row):
    """What was posted in the name of a party."""

    company = ForeignKeyField(Company, on_delete="RESTRICT")
    account = ForeignKeyField(Account, on_delete="RESTRICT")
    party = ForeignKeyField(Party, on_delete="RESTRICT")
    debit = MoneyField(default=Decimal(0))
    credit = MoneyField(default=Decimal(0))

    class Meta:
        primary_key = CompositeKey("company", "account", "party")


class Owed(NamedTuple):
    """Of one party: all of it, and of that what is `ages[0]` not due, up to 30, 60, 90 days overdue, and older."""

    party: int
    amount: Decimal
    ages: tuple[Decimal, ...]

    @property
    def overdue(self) -> Decimal:
        return sum(self.ages[1:], ZERO)


def aged(balance: Decimal, recent: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """A balance by age; `recent` is what fell due since each of the days of AGES, the latest day first."""
    older = [max(ZERO, balance - each) for each in recent]
    return (balance - older[0], *(one - other for one, other in pairwise(older)), older[-1])


def owed(work: Work, side: Side) -> Iterator[Owed]:
    """By party, what was merged with it included, of the accounts of that side in which invoices have a due date."""
    accounts = due_accounts(work, side)
    if not accounts:
        return
    balances = _balances(work, side, accounts)
    recent = [_due_since(work, side, accounts, work.today - timedelta(days=days)) for days in AGES]
    for party, balance in balances.items():
        if balance:
            yield Owed(party, balance, aged(balance, [each.get(party, ZERO) for each in recent]))


def due_accounts(work: Work, side: Side) -> dict[int, str]:
    """Id and code of the accounts in which what is owed is kept: assets or liabilities that know due dates."""
    dated = Posting.select(Posting.id).where(Posting.account == Account.id, Posting.due_date.is_null(False))
    kept = PartyBalance.select(PartyBalance.account).where(PartyBalance.company == work.company.id)
    kind = "asset" if side == "receivable" else "liability"
    query = work.select(Account, Account.id, Account.code).where(
        Account.kind == kind, Account.id.in_(kept), fn.EXISTS(dated)
    )
    return dict(work.rows(query.order_by(Account.code)))


def _balances(work: Work, side: Side, accounts: Mapping[int, str]) -> dict[int, Decimal]:
    survivor = fn.COALESCE(Party.merged_into, Party.id)
    query = (
        work.select(PartyBalance, survivor, total(PartyBalance.debit), total(PartyBalance.credit))
        .join(Party)
        .where(PartyBalance.account.in_(list(accounts)))
        .group_by(survivor)
        .order_by(survivor)
    )
    sign = 1 if side == "receivable" else -1
    return {party: sign * (debit - credit) for party, debit, credit in work.rows(query)}


def _due_since(work: Work, side: Side, accounts: Mapping[int, str], day: Date) -> dict[int, Decimal]:
    """What was invoiced with a due date on this day or later; without one an invoice is due at once."""
    survivor = fn.COALESCE(Party.merged_into, Party.id)
    amount = Posting.debit if side == "receivable" else Posting.credit
    late = (Posting.due_date >= day) | (Posting.due_date.is_null() & (Posting.date >= day))
    standing = (JournalEntry.state == "posted") & JournalEntry.reverses.is_null()
    query = (
        work.select(Posting, survivor, total(amount))
        .join(JournalEntry, on=(Posting.entry == JournalEntry.id))
        .join_from(Posting, Party, on=(Posting.party == Party.id))
        .where(Posting.account.in_(list(accounts)), late, standing, amount > 0)
        .group_by(survivor)
    )
    return dict(work.rows(query))


def recompute_parties() -> "ModelSelect[Any]":
    return (
        Posting.select(
            JournalEntry.company,
            Posting.account,
            Posting.party,
            total(Posting.debit).alias("debit"),
            total(Posting.credit).alias("credit"),
        )
        .join(JournalEntry)
        .where(JournalEntry.state != "draft", Posting.party.is_null(False))
        .group_by(JournalEntry.company, Posting.account, Posting.party)
    )


party_tally = Tally(
    PartyBalance,
    recompute_parties,
    key=[PartyBalance.company, PartyBalance.account, PartyBalance.party],
    sums=[PartyBalance.debit, PartyBalance.credit],
)
