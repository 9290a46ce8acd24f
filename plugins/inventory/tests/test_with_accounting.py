"""The stock in the books: posted with the move, or later, it comes to the same."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from datetime import date as Date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from trastienda import Invalid, Refusal, Work
from trastienda.upgrade import upgrade
from trastienda_inventory import InsufficientStock, Location, Product
from trastienda_inventory.categories import Category

from .conftest import Store, found_company, open_site

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("trastienda_accounting") is None, reason="the glue is for those who have both"
)
BOTH = "contacts,accounting,inventory"
Prepared = Callable[[str, Callable[[str], object]], str]


def open_books(work: Work) -> None:
    from trastienda_accounting import FiscalYear, apply_chart

    apply_chart(work, "pgc_pymes")
    work.add(FiscalYear(code="2026", starts_on=Date(2026, 1, 1), ends_on=Date(2026, 12, 31)))


def anglo_saxon(work: Work) -> None:
    from trastienda_inventory.with_accounting import StockPosting

    work.configure(StockPosting, method="anglo-saxon")


def story(store: Store) -> None:
    """Receipts, sales, a loss, a return, a settlement, a late receipt and a new standard cost."""
    store.write(lambda work: work.add(Location(code="LOSS", name="Loss", kind="loss")))
    for method in ("average", "fifo", "standard"):
        store.receive(method, "10", "9", day=2)
        store.receive(method, "10", "21", day=4)
        sold = store.issue(method, "15", day=6)
        store.move(method, "1", "STOCK", "LOSS", day=8, cost=None)
        store.move(method, "2", "STOCK", "BACK", day=8, cost=None)
        back = store.draft(method, "3", "CUS", "STOCK", day=9, returns=sold)
        store.act(back, "do")
        store.move(method, "2", "FREE", "CUS", day=9, cost=None)
        store.receive(method, "5", "20", day=10, to="FREE")
        store.receive(method, "4", "33", day=3)
    store.write(lambda work: work.act(work.get(Product, "standard"), "revalue", standard_cost=Decimal(12)))
    store.write(lambda work: setattr(work.get(Product, "fifo"), "category", work.get(Category, "average").id))
    store.receive("fifo", "2", "8", day=12)


def entries(store: Store) -> list[Any]:
    """Of the journal: source, date, and what each account gets."""
    from trastienda_accounting import Account, JournalEntry, Posting

    def body(work: Work) -> list[Any]:
        return sorted(
            (entry.source, entry.date, sorted((work.get(Account, line.account_id).code, line.debit - line.credit)
                                              for line in entry.lines_of(Posting)))
            for entry in work.select(JournalEntry).where(JournalEntry.state == "posted"))

    return store.read(body)


def balances(store: Store) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for _source, _day, lines in entries(store):
        for account, amount in lines:
            sums[account] = sums.get(account, Decimal(0)) + amount
    return sums


@pytest.fixture
def booked(prepared_database: Prepared, tmp_path: Path) -> Iterator[Store]:
    """With both from the start."""
    def build(url: str) -> None:
        site = open_site(url, tmp_path, plugins=BOTH)
        found_company(site)
        with site.active():
            Store(site).write(open_books)
        site.shut()

    site = open_site(prepared_database("inventory+accounting", build), tmp_path, plugins=BOTH)
    with site.active():
        yield Store(site)
    site.shut()


def value_of_all(store: Store) -> Decimal:
    return sum((store.worth(method)[1] for method in ("average", "fifo", "standard")), Decimal(0))


def test_books_added_later_are_those_of_books_from_the_start(
    booked: Store, prepared_database: Prepared, tmp_path: Path
) -> None:
    story(booked)
    assert balances(booked)["300"] == value_of_all(booked) > 0
    expected = entries(booked)
    url = prepared_database("inventory", lambda url: found_company(open_site(url, tmp_path)))
    alone = open_site(url, tmp_path)
    with alone.active():
        story(Store(alone))
    alone.shut()
    site = open_site(url, tmp_path, plugins=BOTH)
    with site.active():
        upgrade(site, report=lambda title: None)
        store = Store(site)
        store.write(open_books)
        assert any("ledger" in text for text in unwell(store))
        post = site.registry.services["stock.post-to-ledger/1"]
        assert store.write(post) == len(expected)
        assert store.write(post) == 0
        assert entries(store) == expected
        assert unwell(store) == []
    site.shut()


def unwell(store: Store) -> list[str]:
    return store.read(lambda work: [text for _, check in work.site.registry.checks for text in check.run(work)])


def test_stock_moves_against_the_change_in_stock(booked: Store) -> None:
    number = booked.receive("average", "10", "10")
    sold = booked.issue("average", "4")
    day = Date(2026, 6, 10)
    assert entries(booked) == [
        (f"inventory.move/{number}/{day}", day, [("300", 100), ("610", -100)]),
        (f"inventory.move/{sold}/{day}", day, [("300", -40), ("610", 40)]),
    ]


def test_anglo_saxon_goods_wait_for_their_invoice_and_cost_what_is_sold(booked: Store) -> None:
    booked.write(anglo_saxon)
    story(booked)
    sums = balances(booked)
    assert sums["300"] == value_of_all(booked)
    assert sums["4009"] == -(3 * Decimal(90 + 210 + 100 + 132) + 16)
    assert unwell(booked) == []


def test_what_is_paid_beyond_the_standard_is_a_price_difference(booked: Store) -> None:
    booked.write(anglo_saxon)
    booked.write(lambda work: configure(work, price_difference="6080"))
    bought = booked.receive("standard", "10", "9")
    booked.act(booked.draft("standard", "4", "STOCK", "SUP", returns=bought), "do")
    assert [sorted(lines) for _source, _day, lines in entries(booked)] == [
        [("300", 100), ("4009", -90), ("6080", -10)], [("300", -40), ("4009", 36), ("6080", 4)]]
    assert unwell(booked) == []


def configure(work: Work, **values: str) -> None:
    from trastienda_inventory.with_accounting import StockPosting

    work.configure(StockPosting, **values)


def accounts(store: Store, category: str, **codes: str) -> None:
    def body(work: Work) -> None:
        from trastienda_accounting import Account
        from trastienda_inventory.with_accounting import CategoryAccounts

        own = work.save(work.get(Category, category)).extra_of(CategoryAccounts)
        for name, code in codes.items():
            setattr(own, name, work.get(Account, code).id)

    store.write(body)


@pytest.mark.parametrize("method", ["continental", "anglo-saxon"])
def test_each_category_has_its_account_and_back_filled_books_are_the_same(
    booked: Store, prepared_database: Prepared, tmp_path: Path, method: str
) -> None:
    def begin(store: Store) -> None:
        store.write(lambda work: configure(work, method=method))
        accounts(store, "fifo", stock="310", change_in_stock="611", cost_of_goods="601")
        accounts(store, "average", stock="301")

    begin(booked)
    story(booked)
    sums = balances(booked)
    assert sums["310"] == 0
    assert sums["301"] == booked.worth("average")[1] + booked.worth("fifo")[1]
    assert sums["300"] == booked.worth("standard")[1]
    assert ("611" in sums) == (method == "continental")
    assert ("601" in sums) == (method == "anglo-saxon")
    assert unwell(booked) == []
    _, report = booked.site.registry.reports["inventory.ledger-accounts"]
    told = booked.report(report.run, at=Date(2026, 6, 14))
    assert [row.difference for row in told] == [0, 0, 0]
    assert told[2].stock_value > 0
    url = prepared_database("inventory", lambda url: found_company(open_site(url, tmp_path)))
    alone = open_site(url, tmp_path)
    with alone.active():
        story(Store(alone))
    alone.shut()
    site = open_site(url, tmp_path, plugins=BOTH)
    with site.active():
        upgrade(site, report=lambda title: None)
        store = Store(site)
        store.write(open_books)
        begin(store)
        store.write(site.registry.services["stock.post-to-ledger/1"])
        assert entries(store) == entries(booked)
        assert unwell(store) == []
    site.shut()


def test_an_account_that_goods_were_posted_to_stays(booked: Store) -> None:
    accounts(booked, "fifo", stock="310")
    accounts(booked, "fifo", stock="301")
    booked.receive("fifo", "1", "5")
    with pytest.raises(Invalid) as refused:
        accounts(booked, "fifo", stock="310")
    assert list(refused.value.errors) == ["ext.inventory.stock"]
    accounts(booked, "fifo", cost_of_goods="601")
    assert balances(booked)["301"] == 5


def below(store: Store, child: str, parent: str) -> None:
    store.write(lambda work: setattr(work.get(Category, child), "parent", work.get(Category, parent).id))


def test_a_category_without_accounts_has_those_above_it_and_its_page_says_so(booked: Store) -> None:
    accounts(booked, "standard", stock="310", change_in_stock="611")
    below(booked, "average", "standard")
    below(booked, "fifo", "average")
    accounts(booked, "average", change_in_stock="612")
    booked.receive("fifo", "1", "5")
    assert balances(booked) == {"310": 5, "612": -5}
    assert unwell(booked) == []

    def applies(work: Work) -> Any:
        from trastienda_inventory.with_accounting.accounts import category_accounts

        (table,) = category_accounts(work, work.get(Category, "fifo"))
        return [row.source for row in table.rows]

    assert booked.read(applies) == ["standard", "average"]


def test_goods_keep_their_account_whatever_moves_above_their_category(booked: Store) -> None:
    accounts(booked, "standard", stock="310")
    below(booked, "fifo", "standard")
    booked.receive("fifo", "1", "5")
    for change, field in (
        (lambda: accounts(booked, "standard", stock="301"), "ext.inventory.stock"),
        (lambda: below(booked, "fifo", "average"), "parent"),
    ):
        with pytest.raises(Invalid) as refused:
            change()
        assert list(refused.value.errors) == [field]
    accounts(booked, "average", stock="310")
    below(booked, "fifo", "average")  # the same account, said elsewhere
    assert unwell(booked) == []


def test_the_company_s_account_stays_once_goods_are_in_it(booked: Store) -> None:
    booked.write(lambda work: configure(work, stock="301"))
    accounts(booked, "fifo", stock="310")
    booked.receive("fifo", "1", "5")
    booked.write(lambda work: configure(work, stock="300"))  # what is in stock is in an account of its category's
    booked.receive("average", "1", "5")
    for stock in ("301", "611"):
        with pytest.raises(Invalid) as refused:
            booked.write(lambda work, stock=stock: configure(work, stock=stock))
        assert list(refused.value.errors) == ["inventory.stock-posting.stock"]
    booked.write(lambda work: configure(work, cost_of_goods="601"))
    assert balances(booked)["300"] == 5
    assert unwell(booked) == []


def test_the_doctor_names_the_account_that_disagrees(booked: Store) -> None:
    from trastienda_inventory.value_tables import DayValue

    accounts(booked, "fifo", stock="310")
    booked.receive("fifo", "1", "5")
    booked.receive("average", "1", "5")
    booked.write(lambda work: work.execute(DayValue.update(value=Decimal(6)).where(DayValue.category == 2)))
    found = [text for text in unwell(booked) if "ledger" in text]
    assert found == ["On 2026-06-15 the stock in account 310 is worth 6.0000 and the ledger says 5.0000"]


def test_the_ledger_is_the_stock_at_every_months_end(booked: Store) -> None:
    story(booked)
    _, report = booked.site.registry.reports["inventory.ledger-agreement"]
    rows = booked.report(report.run, at=Date(2026, 6, 9), months=2)
    assert [row.date for row in rows] == [Date(2026, 4, 30), Date(2026, 5, 31), Date(2026, 6, 9)]
    assert [row.difference for row in rows] == [0, 0, 0]
    assert rows[-1].stock_value > 0


def test_a_move_into_a_closed_period_is_refused_and_leaves_nothing(booked: Store) -> None:
    from trastienda_accounting import Period

    booked.write(lambda work: work.act(work.lock(work.get(Period, "2026-06")), "close"))
    with pytest.raises(Refusal, match="first open day is 2026-07-01"):
        booked.receive("average", "1", "1")
    assert entries(booked) == []


def test_a_posting_that_fails_takes_the_move_back(booked: Store) -> None:
    from trastienda_accounting import Account

    booked.write(lambda work: setattr(work.get(Account, "300"), "active", False))
    with pytest.raises(Invalid, match="not active"):
        booked.receive("average", "1", "1")
    with pytest.raises(InsufficientStock):
        booked.issue("average", "1")
