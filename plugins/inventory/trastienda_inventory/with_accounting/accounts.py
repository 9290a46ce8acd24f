"""The accounts of the stock: the category's, or those of one above it, or the company's, or its chart's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from peewee import ForeignKeyField

from trastienda import Extra, Invalid, Ref, Rows, SettingsForm, Work, lazy_gettext, setting
from trastienda import gettext as _
from trastienda_accounting import Account, Journal, JournalEntry, Posting, default_account

from ..categories import Category
from ..value_tables import NO_CATEGORY, ValueEntry

JOURNALS = ("EXI", "INV")
#: What a category may have an account for, with the role of the company's chart.
PURPOSES = {"stock": "inventory", "change_in_stock": "inventory_change", "cost_of_goods": "cost_of_goods"}


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


class CategoryAccounts(Extra):
    """Where the goods of a category are posted; what is empty is as its parent has it, else as the company."""

    category = ForeignKeyField(Category, primary_key=True, on_delete="CASCADE")
    stock = ForeignKeyField(Account, null=True, on_delete="RESTRICT", backref="+", verbose_name="Stock",
                            help_text="Stays once goods of the category were posted; empty: as its parent")
    change_in_stock = ForeignKeyField(Account, null=True, on_delete="RESTRICT", backref="+",
                                      verbose_name="Change in stock")
    cost_of_goods = ForeignKeyField(Account, null=True, on_delete="RESTRICT", backref="+",
                                    verbose_name="Cost of goods sold")

    stock_id: int | None
    change_in_stock_id: int | None
    cost_of_goods_id: int | None


@dataclass(frozen=True)
class Tree:
    """The parents of the categories, and the codes of their own accounts by category and purpose."""

    parents: Mapping[int, int | None]
    own: Mapping[tuple[int, str], str]

    def account(self, category: int, purpose: str) -> tuple[str, int] | None:
        """The account that applies to a category, and the category that says so."""
        above: int | None = category
        while above is not None:
            if code := self.own.get((above, purpose)):
                return code, above
            above = self.parents.get(above)
        return None

    def below(self, category: int) -> Iterator[int]:
        """The category, and those under it."""
        yield category
        for each, parent in self.parents.items():
            if parent == category:
                yield from self.below(each)


def tree(work: Work) -> Tree:
    """As it is stored, read once in a work."""
    return work.once(Tree, lambda: _stored_tree(work))


def _stored_tree(work: Work) -> Tree:
    own: dict[tuple[int, str], str] = {}
    for column in (CategoryAccounts.stock, CategoryAccounts.change_in_stock, CategoryAccounts.cost_of_goods):
        query = work.select(Category, Category.id, Account.code).join(CategoryAccounts).join(
            Account, on=column == Account.id)
        own |= {(category, column.name): code for category, code in work.rows(query)}
    return Tree(dict(work.rows(work.select(Category, Category.id, Category.parent))), own)


def account_of(work: Work, purpose: str, role: str, category: int | None = None) -> str:
    """Its code: the category's or of one above it, or the one set for the company, or that of the company's chart."""
    if found := tree(work).account(category or NO_CATEGORY, purpose):
        return found[0]
    named: str = getattr(work.settings(StockPosting), purpose)
    return named or work.once((StockPosting, role), lambda: str(default_account(work, role).code))


def journal_of(work: Work) -> str:
    if named := work.settings(StockPosting).journal:
        return named
    return work.once((StockPosting, "journal"), lambda: next(
        (code for code in JOURNALS if work.find(Journal, code) is not None), JOURNALS[0]))


# -- what stays
def keep_accounts(work: Work, category: Category) -> None:
    """Runs when a category changes, before it is written: an account that goods stand in stays theirs, or no day's
    balance would agree. That holds for the categories below it as well."""
    if not _has_posted(work):
        return
    stored = _stored_tree(work)
    extra = category.extra_of(CategoryAccounts)
    own = {key: code for key, code in stored.own.items() if key != (category.id, "stock")}
    if extra.stock_id is not None:
        own[category.id, "stock"] = str(work.get(Account, extra.stock_id).code)
    to_be = replace(stored, parents={**stored.parents, category.id: category.parent_id}, own=own)
    moved = [each for each in stored.below(category.id) if _stock(work, stored, each) != _stock(work, to_be, each)]
    if moved and work.select(ValueEntry).where(ValueEntry.category.in_(moved)).exists():
        changed = stored.own.get((category.id, "stock")) != own.get((category.id, "stock"))
        field = "ext.inventory.stock" if changed else "parent"
        raise Invalid({field: [_("Goods of the category are posted to it: this stays")]})


def _stock(work: Work, categories: Tree, category: int) -> str:
    found = categories.account(category, "stock")
    return found[0] if found else work.settings(StockPosting).stock or str(default_account(work, "inventory").code)


def _has_posted(work: Work) -> bool:
    return bool(work.select(JournalEntry).where(JournalEntry.source.startswith("inventory.")).exists())


def kept_stock_account(work: Work, posting: StockPosting) -> Iterator[tuple[str, str]]:
    """Goods whose categories name no account stay in the company's, once they were posted to it."""
    used = _company_account_in_use(work)
    if used is not None and used != (posting.stock or str(default_account(work, "inventory").code)):
        yield "stock", _("Goods are posted to account {account}: it stays. Give categories another, for goods to "
                         "come").format(account=used)


def _company_account_in_use(work: Work) -> str | None:
    """The account of the last posting of goods whose categories name none: a booking begins with the stock."""
    stored = tree(work)
    elsewhere = [each for each in stored.parents if stored.account(each, "stock")]
    values = work.select(ValueEntry).where(ValueEntry.kind == "move", ValueEntry.value != 0)
    if elsewhere:
        values = values.where(ValueEntry.category.is_null() | ValueEntry.category.not_in(elsewhere))
    last = values.order_by(ValueEntry.id.desc()).first()
    if last is None:
        return None
    source = f"inventory.move/{last.cause}/{last.date.isoformat()}"
    lines = (Posting.select(Account.code).join(JournalEntry).join_from(Posting, Account)
             .where(JournalEntry.company == work.company, JournalEntry.source == source).order_by(Posting.id))
    return next((code for (code,) in work.rows(lines.limit(1))), None)


# -- what applies, beside a category
class Applies(NamedTuple):
    purpose: str
    account: Ref[Account]
    source: str


def category_accounts(work: Work, category: Category) -> Iterator[Rows]:
    """The accounts to which goods of the category are posted, and who says so."""
    labels = {"stock": _("Stock"), "change_in_stock": _("Change in stock"), "cost_of_goods": _("Cost of goods sold")}
    unused = "cost_of_goods" if work.settings(StockPosting).method == "continental" else "change_in_stock"
    rows = []
    for purpose, role in PURPOSES.items():
        if purpose == unused:
            continue
        found = tree(work).account(category.id, purpose)
        source = _("the company") if found is None else work.get(Category, found[1]).code
        code = account_of(work, purpose, role, category.id)
        rows.append(Applies(labels[purpose], Ref(work.get(Account, code).id), source))
    yield Rows(Applies, rows, labels={"purpose": _("Posting"), "account": _("Account"), "source": _("As set for")})


STOCK_POSTING = SettingsForm(
    StockPosting, label=lazy_gettext("Posting of stock"),
    help=lazy_gettext("Accounts by code; empty: as the company's chart has them"), checks=[kept_stock_account])
