"""Loaded while accounting is on: what happens to the value of the stock is posted in the same transaction.

Continental: purchases are an expense when they are invoiced, and the stock's value moves against the change in
inventories. Anglo-Saxon: goods received wait for their invoice, and become a cost when they are sold.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import click
from peewee import JOIN, ForeignKeyField

from trastienda import (
    Bars,
    Check,
    Curve,
    Extension,
    Extra,
    InTransaction,
    Invalid,
    Money,
    Plugin,
    Ref,
    Refusal,
    Report,
    Service,
    SettingsForm,
    Setup,
    Work,
    changed,
    entered,
    lazy_gettext,
    setting,
    total,
)
from trastienda import gettext as _
from trastienda_accounting import (
    Account,
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

from .categories import Category
from .demo import fill
from .moves import Move
from .open_days import FIRST_OPEN_DAY
from .products import Product
from .value_tables import NO_CATEGORY, DayValue, ValueEntry
from .values import REVALUED
from .warehouses import HOLDING, Location

JOURNALS = ("EXI", "INV")
LABELS = {"date": "Date", "account": "Account", "stock_value": "Stock value", "ledger_balance": "Ledger balance",
          "difference": "Difference"}


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
    price_difference: str = setting("", label=lazy_gettext("Purchase price differences"))


STOCK_POSTING = SettingsForm(
    StockPosting, label=lazy_gettext("Posting of stock"),
    help=lazy_gettext("Accounts by code; empty: as the company's chart has them"))


class CategoryAccounts(Extra):
    """Where the goods of a category are posted; what is empty is as the company has it."""

    category = ForeignKeyField(Category, primary_key=True, on_delete="CASCADE")
    stock = ForeignKeyField(Account, null=True, on_delete="RESTRICT", backref="+", verbose_name="Stock",
                            help_text="Stays once goods of the category were posted; empty: the company's")
    change_in_stock = ForeignKeyField(Account, null=True, on_delete="RESTRICT", backref="+",
                                      verbose_name="Change in stock")
    cost_of_goods = ForeignKeyField(Account, null=True, on_delete="RESTRICT", backref="+",
                                    verbose_name="Cost of goods sold")

    stock_id: int | None


def keep_accounts(work: Work, category: Category) -> None:
    """Runs when a category changes: an account that its goods stand in stays, or no day's balance would be theirs."""
    rows = work.rows(CategoryAccounts.select(CategoryAccounts.stock).where(CategoryAccounts.category == category.id))
    was = next((account for (account,) in rows), None)
    if category.extra_of(CategoryAccounts).stock_id != was:
        valued = work.select(ValueEntry).where(ValueEntry.category == category.id).exists()
        if valued and work.select(JournalEntry).where(JournalEntry.source.startswith("inventory.")).exists():
            raise Invalid({"ext.inventory.stock": [_("Goods of the category are posted to it: this stays")]})


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
    _post(work, _bookings(work, ValueEntry.id.in_([entry.id, entry.counter_id or entry.id])))


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
                    Product.code, source.kind, target.kind, ValueEntry.category, ValueEntry.counter,
                    ValueEntry.price_difference)
        .join(Product, on=ValueEntry.product == Product.id)
        .join(Move, JOIN.LEFT_OUTER, on=ValueEntry.move == Move.id)
        .join(source, JOIN.LEFT_OUTER, on=Move.from_location == source.id)
        .join(target, JOIN.LEFT_OUTER, on=Move.to_location == target.id)
        .where(where, (ValueEntry.value != 0) | (ValueEntry.price_difference != 0)).order_by(ValueEntry.id)
    )
    found: dict[tuple[str, Date], tuple[str, dict[str, Decimal]]] = {}
    for number, cause, kind, day, value, product, came_from, went_to, category, counter, difference in work.rows(query):
        name = f"inventory.move/{cause}" if cause else f"inventory.value/{counter or number}"
        outside = went_to if came_from in HOLDING else came_from
        _text, sums = found.setdefault((name, day), (product, {}))
        for account, amount in _amounts(work, kind, outside, category, value=value, difference=difference):
            sums[account] = sums.get(account, Decimal(0)) + amount
    for (name, day), (product, sums) in found.items():
        lines = [line for account, amount in sums.items() for line in _side(account, amount)]
        if lines:
            yield Booking(f"{name}/{day.isoformat()}", day, product, lines)


def _amounts(work: Work, kind: str, outside: str | None, category: int | None, *, value: Decimal,
             difference: Decimal) -> Iterator[tuple[str, Decimal]]:
    """Accounts and what each is debited: the stock's first. Goods that go over to another category have none but
    those of the categories; what was paid beyond the standard cost is a difference in price."""
    yield _account(work, "stock", "inventory", category), value
    if kind == "reclassification":
        return
    if work.settings(StockPosting).method == "continental":
        difference = Decimal(0)
    if difference:
        yield _account(work, "price_difference", "purchase_price_difference"), difference
    yield counterpart(work, kind, outside, category), -value - difference


def counterpart(work: Work, kind: str, outside: str | None, category: int | None = None) -> str:
    """The account against which the stock's value moves; `outside` is the kind of the place beyond the company."""
    if work.settings(StockPosting).method == "continental":
        return _account(work, "change_in_stock", "inventory_change", category)
    if kind == "revaluation" or outside == "loss":
        return _account(work, "difference", "inventory_difference")
    if outside == "supplier" and kind != "settlement":
        return _account(work, "goods_received", "goods_received_not_invoiced")
    return _account(work, "cost_of_goods", "cost_of_goods", category)


def _account(work: Work, setting: str, role: str, category: int | None = None) -> str:
    """Its code: the category's, or the one set for the company, or that of the company's chart."""
    if own := work.once(CategoryAccounts, lambda: _own_accounts(work)).get((category or NO_CATEGORY, setting)):
        return own
    named: str = getattr(work.settings(StockPosting), setting)
    return named or work.once((StockPosting, role), lambda: str(default_account(work, role).code))


def _own_accounts(work: Work) -> dict[tuple[int, str], str]:
    """The codes of the categories' own accounts, by category and purpose."""
    found: dict[tuple[int, str], str] = {}
    for column in (CategoryAccounts.stock, CategoryAccounts.change_in_stock, CategoryAccounts.cost_of_goods):
        query = work.select(Category, Category.id, Account.code).join(CategoryAccounts).join(
            Account, on=column == Account.id)
        found |= {(category, column.name): code for category, code in work.rows(query)}
    return found


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
    booked = sorted((_account(work, "stock", "inventory", category), day, value)
                    for category, day, value in work.rows(query))
    accounts = {account: Decimal(0) for account, _, _ in booked} or {
        _account(work, "stock", "inventory"): Decimal(0)}
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
    extensions=[Extension("inventory.category", CategoryAccounts, label="Accounts")],
    settings=[STOCK_POSTING],
    services=[Service(FIRST_OPEN_DAY, first_open_day.run), post_stock],
    subscribers=[InTransaction(entered(Move, "done"), post_move), InTransaction(REVALUED, post_revaluation),
                 InTransaction(changed(Category), keep_accounts)],
    reports=[Report("inventory.ledger-agreement", agreement, row=AgreementRow, label="Stock and ledger", labels=LABELS,
                    chart=Curve(x="date", y=["stock_value", "ledger_balance"])),
             Report("inventory.ledger-accounts", accounts_agreement, row=AccountRow, label="Stock by account",
                    labels=LABELS, totals=["stock_value", "ledger_balance", "difference"],
                    chart=Bars(x="account", y=["stock_value", "ledger_balance"]))],
    checks=[Check("stock and ledger", ledger_agrees)],
    commands=[post_command],
    setup=Setup(demo=make_demo),
)
