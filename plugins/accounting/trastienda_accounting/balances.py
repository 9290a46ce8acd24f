"""Running sums of what was posted, by account and day, by account and period, by account and party.

A figure on a date is the periods that end by it plus the days of the period that it falls into: a report's
cost grows with accounts and days, never with postings.
"""

from collections.abc import Iterable, Iterator
from datetime import date as Date
from decimal import Decimal
from typing import Any, NamedTuple

from peewee import CompositeKey, DateField, ForeignKeyField, ModelSelect

from trastienda import Company, Fault, MoneyField, Row, Tally, Work, total
from trastienda import gettext as _

from .accounts import Account
from .due import PartyBalance, party_tally
from .entries import JournalEntry, Posting
from .periods import Period


class DayBalance(Row):
    company = ForeignKeyField(Company, on_delete="RESTRICT")
    account = ForeignKeyField(Account, on_delete="RESTRICT")
    date = DateField()
    debit = MoneyField(default=Decimal(0))
    credit = MoneyField(default=Decimal(0))

    class Meta:
        primary_key = CompositeKey("company", "account", "date")
        indexes = ((("company", "date"), False),)


class PeriodBalance(Row):
    company = ForeignKeyField(Company, on_delete="RESTRICT")
    account = ForeignKeyField(Account, on_delete="RESTRICT")
    period = ForeignKeyField(Period, on_delete="RESTRICT")
    debit = MoneyField(default=Decimal(0))
    credit = MoneyField(default=Decimal(0))

    class Meta:
        primary_key = CompositeKey("company", "account", "period")


class Sums(NamedTuple):
    debit: Decimal
    credit: Decimal

    @property
    def balance(self) -> Decimal:
        """Debit less credit."""
        return self.debit - self.credit

    def plus(self, other: "Sums") -> "Sums":
        return Sums(self.debit + other.debit, self.credit + other.credit)

    def minus(self, other: "Sums") -> "Sums":
        return Sums(self.debit - other.debit, self.credit - other.credit)


NOTHING = Sums(Decimal(0), Decimal(0))


def add_to_balances(work: Work, *, period: Period, on: Date, lines: Iterable[Posting]) -> None:
    company = work.company.id
    for line in lines:
        account, debit, credit = line.account_id, line.debit, line.credit
        work.tally(
            DayBalance, {"company": company, "account": account, "date": on}, debit=debit, credit=credit
        )
        work.tally(
            PeriodBalance,
            {"company": company, "account": account, "period": period.id},
            debit=debit,
            credit=credit,
        )
        if line.party_id is not None:
            key = {"company": company, "account": account, "party": line.party_id}
            work.tally(PartyBalance, key, debit=debit, credit=credit)


def sums_through(work: Work, day: Date) -> dict[int, Sums]:
    """What was posted on each account until the end of a day, by the account's id."""
    whole = (
        work.select(
            PeriodBalance, PeriodBalance.account, total(PeriodBalance.debit), total(PeriodBalance.credit)
        )
        .join(Period)
        .where(Period.ends_on <= day)
        .group_by(PeriodBalance.account)
    )
    sums = {account: Sums(debit, credit) for account, debit, credit in work.rows(whole)}
    begun = work.select(Period).where((Period.starts_on <= day) & (Period.ends_on > day)).first()
    if begun is not None:
        days = (
            work.select(DayBalance, DayBalance.account, total(DayBalance.debit), total(DayBalance.credit))
            .where(DayBalance.date.between(begun.starts_on, day))
            .group_by(DayBalance.account)
        )
        for account, debit, credit in work.rows(days):
            sums[account] = sums.get(account, NOTHING).plus(Sums(debit, credit))
    return sums


def posted_period_faults(period: Period) -> Iterator[Fault]:
    """Where something was posted, the days of the period no longer change: its sums are of these days."""
    stored = Period.select().where(Period.id == (period.id or 0)).first()
    if stored is None or (stored.starts_on, stored.ends_on) == (period.starts_on, period.ends_on):
        return
    if PeriodBalance.select().where(PeriodBalance.period == period.id).exists():
        moved = Period.starts_on if stored.starts_on != period.starts_on else Period.ends_on
        yield Fault(moved, _("Something was posted in period {code}: its days stay").format(code=stored.code))


def recompute_days() -> "ModelSelect[Any]":
    return (
        Posting.select(
            JournalEntry.company,
            Posting.account,
            JournalEntry.date,
            total(Posting.debit).alias("debit"),
            total(Posting.credit).alias("credit"),
        )
        .join(JournalEntry)
        .where(JournalEntry.state != "draft")
        .group_by(JournalEntry.company, Posting.account, JournalEntry.date)
    )


def recompute_periods() -> "ModelSelect[Any]":
    in_period = (Period.company == JournalEntry.company) & JournalEntry.date.between(
        Period.starts_on, Period.ends_on
    )
    return (
        Posting.select(
            JournalEntry.company,
            Posting.account,
            Period.id.alias("period"),
            total(Posting.debit).alias("debit"),
            total(Posting.credit).alias("credit"),
        )
        .join(JournalEntry)
        .join(Period, on=in_period)
        .where(JournalEntry.state != "draft")
        .group_by(JournalEntry.company, Posting.account, Period.id)
    )


tallies = [
    Tally(
        DayBalance,
        recompute_days,
        key=[DayBalance.company, DayBalance.account, DayBalance.date],
        sums=[DayBalance.debit, DayBalance.credit],
    ),
    Tally(
        PeriodBalance,
        recompute_periods,
        key=[PeriodBalance.company, PeriodBalance.account, PeriodBalance.period],
        sums=[PeriodBalance.debit, PeriodBalance.credit],
    ),
    party_tally,
]
