"""Loaded while accounting is on: what happens to the value of the stock is posted in the same transaction.

Continental: purchases are an expense when they are invoiced, and the stock's value moves against the change in
inventories. Anglo-Saxon: goods received wait for their invoice, and become a cost when they are sold.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import click
from peewee import JOIN

from trastienda import (
    Check,
    Curve,
    InTransaction,
    Money,
    Plugin,
    Refusal,
    Report,
    Service,
    SettingsForm,
    Setup,
    Work,
    entered,
    lazy_gettext,
    setting,
    total,
)
from trastienda import gettext as _
from trastienda_accounting import (
    Journal,
    JournalEntry,
    Line,
    credit,
    debit,
    default_account,
    first_open_day,
    ledger_balance,
    post_entry,
)

from .demo import fill
from .moves import Move
from .open_days import FIRST_OPEN_DAY
from .products import Product
from .revaluing import REVALUED
from .value_tables import DayValue, ValueEntry
from .warehouses import HOLDING, Location

JOURNALS = ("EXI", "INV")


@dataclass(frozen=True)
class StockPosting:
    """How and where stock is posted; what is empty is as the company's chart has it."""

    method: Literal["continental", "anglo-saxon"] = setting(
        "continental", label=lazy_gettext("Method"),
        help=lazy_gettext("Continental: purchases are an expense; Anglo-Saxon: goods are a cost when they are sold"))
    journal: str = setting("", label=lazy_gettext("Journal"))
    stock: str = setting("", label=lazy_gettext("Stock"))
    change_in_stock: str = setting("", label=lazy_gettext("Change in stock"))
    goods_received: str = setting("", label=lazy_gettext("Goods received, not invoiced"))
    cost_of_goods: str = setting("", label=lazy_gettext("Cost of goods sold"))
    difference: str = setting("", label=lazy_gettext("Losses and differences"))


STOCK_POSTING = SettingsForm(
    StockPosting, label=lazy_gettext("Posting of stock"),
    help=lazy_gettext("Accounts by code; empty: as the company's chart has them"))


class Booking(NamedTuple):
    """Entries of one cause on one day: an entry of the journal to be."""

    source: str
    date: Date
    text: str
    lines: list[Line]


# -- what is posted
def post_move(work: Work, move: Move) -> None:
    """Runs when a move is done: its own value, and what it changed of others'."""
    _post(work, _bookings(work, ValueEntry.cause == move.id))


def post_revaluation(work: Work, entry: ValueEntry) -> None:
    _post(work, _bookings(work, ValueEntry.id == entry.id))


def _post_to_ledger(work: Work) -> int:
    """Post what is not in the ledger yet, oldest first; the number of entries. Days that are closed or have no
    period go to the first open day."""
    posted = {source for (source,) in work.rows(
        work.select(JournalEntry, JournalEntry.source).where(JournalEntry.source.startswith("inventory.")))}
    waiting = [each for each in _bookings(work, ValueEntry.id > 0) if each.source not in posted]
    _post(work, [each._replace(date=first_open_day(work, each.date)) for each in waiting])
    return len(waiting)


def _post(work: Work, bookings: Iterable[Booking]) -> None:
    for each in bookings:
        post_entry(work, source=each.source, journal=_journal(work), date=each.date, reference=each.text,
                   description=_("Stock: {what}").format(what=each.text), lines=each.lines)


def _bookings(work: Work, where: Any) -> Iterator[Booking]:
    """By cause and day, in the order of the entries."""
    source, target = Location.alias(), Location.alias()
    query = (
        work.select(ValueEntry, ValueEntry.id, ValueEntry.cause, ValueEntry.kind, ValueEntry.date, ValueEntry.value,
                    Product.code, source.kind, target.kind)
        .join(Product, on=ValueEntry.product == Product.id)
        .join(Move, JOIN.LEFT_OUTER, on=ValueEntry.move == Move.id)
        .join(source, JOIN.LEFT_OUTER, on=Move.from_location == source.id)
        .join(target, JOIN.LEFT_OUTER, on=Move.to_location == target.id)
        .where(where, ValueEntry.value != 0).order_by(ValueEntry.id)
    )
    found: dict[tuple[str, Date], tuple[str, dict[str, Decimal]]] = {}
    for number, cause, kind, day, value, product, came_from, went_to in work.rows(query):
        name = f"inventory.move/{cause}" if cause else f"inventory.value/{number}"
        account = counterpart(work, kind, went_to if came_from in HOLDING else came_from)
        _text, sums = found.setdefault((name, day), (product, {}))
        sums[account] = sums.get(account, Decimal(0)) + value
    for (name, day), (product, sums) in found.items():
        lines = [*_side(_account(work, "stock", "inventory"), sum(sums.values(), Decimal(0))),
                 *(line for account, value in sums.items() for line in _side(account, -value))]
        if lines:
            yield Booking(f"{name}/{day.isoformat()}", day, product, lines)


def counterpart(work: Work, kind: str, outside: str | None) -> str:
    """The account against which the stock's value moves; `outside` is the kind of the place beyond the company."""
    if work.settings(StockPosting).method == "continental":
        return _account(work, "change_in_stock", "inventory_change")
    if kind == "revaluation" or outside == "loss":
        return _account(work, "difference", "inventory_difference")
    if outside == "supplier" and kind != "settlement":
        return _account(work, "goods_received", "goods_received_not_invoiced")
    return _account(work, "cost_of_goods", "cost_of_goods")


def _account(work: Work, setting: str, role: str) -> str:
    named: str = getattr(work.settings(StockPosting), setting)
    return named or work.once((StockPosting, role), lambda: str(default_account(work, role).code))


def _journal(work: Work) -> str:
    if named := work.settings(StockPosting).journal:
        return named
    return work.once((StockPosting, "journal"), lambda: next(
        (code for code in JOURNALS if work.find(Journal, code) is not None), JOURNALS[0]))


def _side(account: str, amount: Decimal) -> list[Line]:
    """A debit, or where negative a credit; nothing for nothing."""
    if amount > 0:
        return [debit(account, amount)]
    return [credit(account, -amount)] if amount < 0 else []


# -- does the ledger say the same?
class AgreementRow(NamedTuple):
    date: Date
    stock_value: Money
    ledger_balance: Money
    difference: Money


def agreement(work: Work, *, at: Date | None = None, months: int = 12) -> Iterator[AgreementRow]:
    """The stock's value and the balance of its account, at the end of each month and on the day asked for."""
    last = at or work.today
    days = [last]
    for _month in range(min(max(months, 0), 120)):
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    account = _account(work, "stock", "inventory")
    for day in reversed(days):
        found: Decimal | None = next(work.rows(
            work.select(DayValue, total(DayValue.value)).where(DayValue.date <= day)))[0]
        value, balance = found or Decimal(0), ledger_balance(work, account=account, on=day)
        yield AgreementRow(day, value, balance, value - balance)


def ledger_agrees(work: Work) -> list[str]:
    if not work.select(ValueEntry).exists():
        return []
    try:
        rows = list(agreement(work))
    except Refusal as error:
        return [str(error)]
    text = _("On {day} the stock is worth {value} and the ledger says {balance}")
    return [text.format(day=row.date.isoformat(), value=row.stock_value, balance=row.ledger_balance)
            for row in rows if row.difference]


@click.command("post")
@click.option("--company", metavar="CODE", help="[default: the only one]")
@click.pass_obj
def post_command(context: Any, company: str | None) -> None:
    """Post to the ledger what happened to the stock before accounting was there."""
    with context.ready_site().active() as site:
        actor, where = context.actor(None, company)
        count = site.write(actor, where, _post_to_ledger)
    click.echo(_("Posted: {count}").format(count=count))


def make_demo(work: Work) -> None:
    """The demo's books have goods of their own in the account of the chart: what is counted here has another."""
    work.configure(StockPosting, stock="301")
    fill(work)


post_stock = Service("stock.post-to-ledger/1", _post_to_ledger)

plugin = Plugin(
    "inventory+accounting",
    settings=[STOCK_POSTING],
    services=[Service(FIRST_OPEN_DAY, first_open_day.run), post_stock],
    subscribers=[InTransaction(entered(Move, "done"), post_move), InTransaction(REVALUED, post_revaluation)],
    reports=[Report("inventory.ledger-agreement", agreement, row=AgreementRow, label="Stock and ledger",
                    labels={"date": "Date", "stock_value": "Stock value", "ledger_balance": "Ledger balance",
                            "difference": "Difference"},
                    chart=Curve(x="date", y=["stock_value", "ledger_balance"]))],
    checks=[Check("stock and ledger", ledger_agrees)],
    commands=[post_command],
    setup=Setup(demo=make_demo),
)
