"""What the start page says of the books: the running period, and the curve of the last twelve."""

from collections.abc import Iterator
from datetime import date as Date
from decimal import Decimal
from typing import NamedTuple

from trastienda import Curve, Figure, Link, Money, Panel, Rows, ToDo, Work, total
from trastienda import gettext as _
from trastienda import lazy_gettext as lazy

from .accounts import Account
from .balances import PeriodBalance
from .due import Side, owed
from .periods import Period

MONTHS = 12
ZERO = Decimal(0)


class PeriodResult(NamedTuple):
    period: str
    income: Money
    expenses: Money


def this_period(work: Work) -> Iterator[Figure | Rows]:
    """The running period beside the one before, and the curve of the last twelve."""
    periods = _results(work)
    if not any(result.income or result.expenses for _starts_on, result in periods):
        return
    starts_on, now = periods[-1]
    before = periods[-2][1] if len(periods) > 1 else None
    days = {"from": starts_on, "to": work.today}
    statement = Link("accounting.income-statement", days)
    for label, figure, earlier in (
        (lazy("Income this period"), now.income, before and before.income),
        (lazy("Expenses this period"), now.expenses, before and before.expenses),
        (lazy("Result this period"), now.income - now.expenses, before and before.income - before.expenses),
    ):
        yield Figure(label, figure, note=_beside(figure, earlier), link=statement, attention=figure < 0)
    yield Rows(
        PeriodResult,
        [result for _starts_on, result in periods],
        title=lazy("Income and expenses"),
        labels={"period": "Period", "income": lazy("Income"), "expenses": lazy("Expenses")},
        chart=Curve(x="period", y=["income", "expenses"]),
    )


def _beside(now: Decimal, before: Decimal | None) -> str:
    """How much more or less than in the period before; nothing where there was nothing."""
    if not before:
        return ""
    percent = int(((now - before) / abs(before) * 100).to_integral_value())
    return _("{percent} % against the period before").format(percent=f"{percent:+d}")


def _results(work: Work) -> list[tuple[Date, PeriodResult]]:
    """The last periods that have begun, oldest first."""
    begun = work.select(Period).where(Period.starts_on <= work.today).order_by(Period.starts_on.desc()).limit(MONTHS)
    periods = sorted(begun, key=lambda each: each.starts_on)
    query = (
        work.select(
            PeriodBalance, PeriodBalance.period, Account.kind, total(PeriodBalance.debit), total(PeriodBalance.credit)
        )
        .join(Account)
        .where(PeriodBalance.period.in_([each.id for each in periods]), Account.kind.in_(["income", "expense"]))
        .group_by(PeriodBalance.period, Account.kind)
    )
    sums = {(period, kind): credit - debit for period, kind, debit, credit in work.rows(query)}
    return [
        (
            each.starts_on,
            PeriodResult(each.code, sums.get((each.id, "income"), ZERO), -sums.get((each.id, "expense"), ZERO)),
        )
        for each in periods
    ]


def overdue(work: Work) -> Iterator[ToDo]:
    """Whom to remind, and whom to pay."""
    labels: dict[Side, str] = {"receivable": lazy("Overdue receivables"), "payable": lazy("Overdue payables")}
    for side, label in labels.items():
        late = sum(1 for each in owed(work, side) if each.overdue > 0)
        if late:
            yield ToDo(label, Link("accounting.due", {"run": 1, "side": side, "overdue": "true"}), count=late)


panels = [
    Panel("accounting.overdue", overdue, label=lazy("Overdue"), permission="accounting.due"),
    Panel("accounting.this-period", this_period, label=lazy("The books"), permission="accounting.income-statement"),
]
