"""The numbers of pickings stay without gaps and unlike, however many give them, while their format changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date as Date
from decimal import Decimal
from threading import Event, Timer

import pytest
from peewee import fn

from trastienda import Invalid, Site, Work
from trastienda.entities import company_settings
from trastienda_inventory import Location, Move, Picking, Product
from trastienda_inventory.pickings import NUMBERS

from .conftest import Store

CLIENTS, PICKINGS = 6, 48
FORMATS = [
    ("IN/{year}/{number:05}", "yearly"),
    ("{year}-{month}/{number}", "monthly"),
    ("GRN-{number:04}", "never"),
]


def set_format(store: Store, pattern: str | None, restarts: str | None = None, kind: str = "receipt") -> None:
    given = {f"numbers.inventory.{kind}": {"pattern": pattern, "restarts": restarts}}
    store.write(lambda work: company_settings.change(work, given, version=None))


def receive(store: Store, *, day: Date = Date(2026, 6, 10)) -> str:
    def body(work: Work) -> Picking:
        picking = work.add(Picking(kind="receipt", date=day))
        work.add(Move(product=work.get(Product, "average").id, quantity=Decimal(1), date=day, picking=picking.id,
                      from_location=work.get(Location, "SUP").id, to_location=work.get(Location, "STOCK").id,
                      unit_cost=Decimal(1)))
        work.act(picking, "do")
        return picking

    return str(store.write(body).number)


def test_pickings_are_numbered_as_the_company_wants_and_what_was_given_stays(store: Store) -> None:
    assert [receive(store), receive(store)] == ["IN/2026/00001", "IN/2026/00002"]
    set_format(store, "GRN {year}-{month}-{number:03}")
    assert receive(store) == "GRN 2026-06-003"
    set_format(store, "GRN {year}.{month}.{number}", "monthly")
    assert [receive(store), receive(store, day=Date(2026, 5, 4))] == ["GRN 2026.06.1", "GRN 2026.05.1"]
    set_format(store, None, None)
    assert receive(store) == "IN/2026/00004"
    assert store.read(lambda work: work.select(Picking).where(Picking.number == "IN/2026/00002").exists())


@pytest.mark.parametrize(("pattern", "restarts", "why"), [
    ("IN/{number}", "yearly", "{year} cannot be left out."),
    ("IN/{year}/{number}", "monthly", "{month} cannot be left out."),
    ("OUT/{year}/{number:04}", "yearly",
     "Deliveries could have the same numbers: their format is OUT/{year}/{number:05}."),
    ("{year}/{number", "yearly", "{number is no placeholder; write {{ and }} for braces."),
    ("{number}-{number}", "never", "{number} stands in it once."),
    ("IN/2026/{number:05}", "never", "IN/2026/00001 is another document's already, and this format would give it once "
     "more."),
])  # fmt: skip
def test_a_format_that_would_repeat_a_number_is_refused(store: Store, pattern: str, restarts: str, why: str) -> None:
    receive(store)
    with pytest.raises(Invalid) as caught:
        set_format(store, pattern, restarts)
    assert caught.value.errors == {"numbers.inventory.receipt.pattern": [why]}
    assert receive(store) == "IN/2026/00002"


def test_two_kinds_are_not_given_one_format_at_the_same_moment(store: Store) -> None:
    given = {f"numbers.inventory.{kind}": {"pattern": "P{number}", "restarts": "never"}
             for kind in ("receipt", "delivery")}
    with pytest.raises(Invalid):
        store.write(lambda work: company_settings.change(work, given, version=None))


def test_many_clients_get_numbers_without_gaps_while_the_format_changes(store: Store) -> None:
    def inside(number: int) -> str:
        with store.site.active():
            if number % 4 == 3:
                set_format(store, *FORMATS[number // 4 % len(FORMATS)])
            return receive(store)

    with ThreadPoolExecutor(CLIENTS) as pool:
        given = list(pool.map(inside, range(PICKINGS)))
    assert len(set(given)) == PICKINGS
    series = [
        sorted(int(found[1]) for text in given if (found := re.fullmatch(shape, text)))
        for shape in (r"IN/2026/(\d{5})", r"2026-06/(\d+)", r"GRN-(\d{4})")
    ]
    assert sum(map(len, series)) == PICKINGS
    assert series == [list(range(1, len(numbers) + 1)) for numbers in series]
    assert min(map(len, series)) > 0
    stored = store.read(lambda work: work.select(Picking, fn.COUNT(Picking.number.distinct())).scalar())
    assert stored == PICKINGS


def test_a_format_waits_for_numbers_that_are_being_given(store: Store) -> None:
    """Else it would not know of them, and give them again."""
    given, going_on = Event(), Event()

    def slow(work: Work) -> None:
        picking = work.add(Picking(kind="receipt", date=Date(2026, 6, 10)))
        work.number(picking, NUMBERS["receipt"], on=picking.date)
        work.flush()
        given.set()
        going_on.wait(20)

    def give() -> None:
        with store.site.active():
            store.write(slow)

    def change() -> None:
        given.wait(20)
        with store.site.active():
            Timer(0.4, going_on.set).start()
            set_format(store, "IN/2026/{number:05}", "never")

    with ThreadPoolExecutor(2) as pool:
        giving, changing = pool.submit(give), pool.submit(change)
        giving.result()
        with pytest.raises(Invalid, match="IN/2026/00001"):
            changing.result()


@pytest.fixture(autouse=True)
def connections_closed(store: Store) -> Iterator[None]:
    """Each thread has opened one."""
    yield
    site: Site = store.site
    site.shut()
