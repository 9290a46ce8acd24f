"""An entry of the demo company's books before it becomes a record."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Date
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Literal

from ..ledger import Line, credit, debit

JournalKind = Literal["sales", "purchases", "bank", "payroll", "general", "opening"]

# Accounts of the Spanish chart for small firms
CAPITAL, LOAN = "100", "170"
FURNITURE, COMPUTERS, VEHICLES = "216", "217", "218"
GOODS, GOODS_CHANGE = "300", "610"
SUPPLIERS, CREDITORS, CUSTOMERS, BANK = "4000", "4100", "4300", "572"
VAT_PAID, VAT_CHARGED, VAT_DUE, VAT_BACK = "472", "477", "4750", "4700"
WITHHELD, SOCIAL_SECURITY_DUE, WAGES_DUE, TAX_DUE = "4751", "476", "465", "4752"
PURCHASES, RENT, ADVISERS, FREIGHT, INSURANCE = "600", "621", "623", "624", "625"
BANK_CHARGES, ADVERTISING, UTILITIES, INTEREST = "626", "627", "628", "6623"
WAGES, SOCIAL_SECURITY, DEPRECIATION, INCOME_TAX = "640", "642", "681", "6300"
SALES, RETURNS = "700", "7080"

CENT = Decimal("0.01")
VAT = Decimal("0.21")
VAT_BOOKS = Decimal("0.04")


@dataclass(frozen=True)
class DemoEntry:
    date: Date
    journal: JournalKind
    reference: str
    description: str
    lines: tuple[Line, ...]


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def transfer(day: Date, reference: str, description: str, *, to: Line) -> DemoEntry:
    """A payment by bank: the bank's side follows from the other."""
    amount = to.debit - to.credit
    bank = credit(BANK, amount) if amount > 0 else debit(BANK, -amount)
    return DemoEntry(day, "bank", reference, description, (to, bank))


def balance(entries: Iterable[DemoEntry], account: str, *, first: Date, last: Date) -> Decimal:
    """Debit less credit of an account, or of all whose codes begin so, between two days."""
    return sum(
        (
            line.debit - line.credit
            for entry in entries
            if first <= entry.date <= last
            for line in entry.lines
            if line.account.startswith(account)
        ),
        Decimal(0),
    )


def weekdays(random: Random, month: Date, count: int) -> list[Date]:
    """Working days of the month that begins on a day, some of them twice, in order."""
    length = monthrange(month.year, month.month)[1]
    days = [month.replace(day=number) for number in range(1, length + 1)]
    return sorted(random.choices([day for day in days if day.weekday() < 5], k=count))


def month_end(month: Date) -> Date:
    return month.replace(day=monthrange(month.year, month.month)[1])
