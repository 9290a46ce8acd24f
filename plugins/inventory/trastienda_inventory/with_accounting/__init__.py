"""Loaded while accounting is on: what happens to the value of the stock is posted in the same transaction.

Continental: purchases are an expense when they are invoiced, and the stock's value moves against the change in
inventories. Anglo-Saxon: goods received wait for their invoice, and become a cost when they are sold.
"""

from typing import Any

import click

from trastienda import (
    Extension,
    InTransaction,
    Panel,
    Plugin,
    Service,
    Setup,
    Work,
    changed,
    entered,
)
from trastienda import gettext as _
from trastienda_accounting import first_open_day

from ..categories import Category
from ..demo import fill
from ..moves import Move
from ..open_days import FIRST_OPEN_DAY
from ..values import REVALUED
from .accounts import STOCK_POSTING, CategoryAccounts, StockPosting, category_accounts, keep_accounts
from .agreement import checks, reports
from .posting import post_move, post_revaluation, post_to_ledger

__all__ = ["CategoryAccounts", "StockPosting", "plugin"]


@click.command("post")
@click.option("--company", metavar="CODE", help="[default: the only one]")
@click.pass_obj
def post_command(context: Any, company: str | None) -> None:
    """Post to the ledger what happened to the stock before accounting was there."""
    with context.ready_site().active() as site:
        actor, where = context.actor(None, company)
        count = site.write(actor, where, post_to_ledger)
    click.echo(_("Posted: {count}").format(count=count))


def make_demo(work: Work) -> None:
    """The demo's books have goods of their own in the account of the chart: what is counted here has another."""
    work.configure(StockPosting, stock="301")
    fill(work)


post_stock = Service("stock.post-to-ledger/1", post_to_ledger)

plugin = Plugin(
    "inventory+accounting",
    extensions=[Extension("inventory.category", CategoryAccounts, label="Accounts")],
    settings=[STOCK_POSTING],
    services=[Service(FIRST_OPEN_DAY, first_open_day.run), post_stock],
    subscribers=[InTransaction(entered(Move, "done"), post_move), InTransaction(REVALUED, post_revaluation),
                 InTransaction(changed(Category), keep_accounts)],
    reports=reports,
    panels=[Panel("inventory.category-accounts", category_accounts, label="Accounts that apply",
                  on="inventory.category", permission="inventory.category")],
    checks=checks,
    commands=[post_command],
    setup=Setup(demo=make_demo),
)
