"""Whether the ledger says of the stock what the stock says of itself, on any day."""

from collections.abc import Iterator, Sequence
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from trastienda import Bars, Check, Curve, Money, Ref, Refusal, Report, Work, total
from trastienda import gettext as _
from trastienda_accounting import Account, ledger_balance

from ..value_tables import DayValue, ValueEntry
from .accounts import account_of

LABELS = {"date": "Date", "account": "Account", "stock_value": "Stock value", "ledger_balance": "Ledger balance",
          "difference": "Difference"}


class AgreementRow(NamedTuple):
    date: Date
    stock_value: Money
    ledger_balance: Money
    difference: Money


class AccountRow(NamedTuple):
    account: Ref[Account]
    stock_value: Money
    ledger_balance: Money
    difference: Money


def agreement(work: Work, *, at: Date | None = None, months: int = 12) -> Iterator[AgreementRow]:
    """The stock's value and the balance of its accounts, at the end of each month and on the day asked for."""
    for day, values in values_by_account(work, _days(at or work.today, months=months)).items():
        worth = sum(values.values(), Decimal(0))
        balance = sum((ledger_balance(work, account=account, on=day) for account in values), Decimal(0))
        yield AgreementRow(day, worth, balance, worth - balance)


def accounts_agreement(work: Work, *, at: Date | None = None) -> Iterator[AccountRow]:
    """What the goods of each account are worth at the end of a day, and its balance."""
    day = at or work.today
    for account, value in values_by_account(work, [day])[day].items():
        balance = ledger_balance(work, account=account, on=day)
        yield AccountRow(Ref(work.get(Account, account).id), value, balance, value - balance)


def _days(last: Date, *, months: int) -> list[Date]:
    """The ends of so many months before a day, and the day itself."""
    days = [last]
    for _month in range(min(max(months, 0), 120)):
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return days[::-1]


def values_by_account(work: Work, days: Sequence[Date]) -> dict[Date, dict[str, Decimal]]:
    """What the goods in each account are worth at the end of each day; the days in their order."""
    query = (work.select(DayValue, DayValue.category, DayValue.date, total(DayValue.value))
             .where(DayValue.date <= days[-1]).group_by(DayValue.category, DayValue.date))
    booked = sorted((account_of(work, "stock", "inventory", category), day, value)
                    for category, day, value in work.rows(query))
    accounts = {account: Decimal(0) for account, _, _ in booked} or {
        account_of(work, "stock", "inventory"): Decimal(0)}
    found = {day: dict(accounts) for day in days}
    for account, booked_on, value in booked:
        for day in days:
            if booked_on <= day:
                found[day][account] += value
    return found


def ledger_agrees(work: Work) -> list[str]:
    if not work.select(ValueEntry).exists():
        return []
    try:
        kept = [(day, account, value, ledger_balance(work, account=account, on=day))
                for day, values in values_by_account(work, _days(work.today, months=12)).items()
                for account, value in values.items()]
    except Refusal as error:
        return [str(error)]
    text = _("On {day} the stock in account {account} is worth {value} and the ledger says {balance}")
    return [text.format(day=day.isoformat(), account=account, value=value, balance=balance)
            for day, account, value, balance in kept if value != balance]


reports = [
    Report("inventory.ledger-agreement", agreement, row=AgreementRow, label="Stock and ledger", labels=LABELS,
           chart=Curve(x="date", y=["stock_value", "ledger_balance"])),
    Report("inventory.ledger-accounts", accounts_agreement, row=AccountRow, label="Stock by account", labels=LABELS,
           totals=["stock_value", "ledger_balance", "difference"],
           chart=Bars(x="account", y=["stock_value", "ledger_balance"])),
]
checks = [Check("stock and ledger", ledger_agrees)]
