"""Many bookkeepers at once, each with a connection of their own: what comes out is as if they had queued."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from peewee import fn

from trastienda import Refusal, Site, total
from trastienda.security.audit import AuditSeal, verify
from trastienda_accounting import JournalEntry, Posting, credit, debit
from trastienda_accounting.balances import DayBalance, PeriodBalance

from .conftest import Books

CLIENTS, EACH = 8, 12


def at_once(site: Site, work: Callable[[int], Any], *, times: int) -> list[Any]:
    """What each call came to, run by CLIENTS threads that begin together."""

    def inside(number: int) -> Any:
        with site.active():
            return work(number)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(inside, range(times)))


def test_numbers_are_gapless_sums_are_right_and_the_chain_holds(site: Site, books: Books) -> None:
    def post(number: int) -> int:
        amount = Decimal(number + 1)
        journal, other = ("SAL", "700") if number % 2 else ("GEN", "477")
        return books.post(debit("430", amount), credit(other, amount), journal=journal)

    posted = at_once(site, post, times=CLIENTS * EACH)
    assert len(set(posted)) == CLIENTS * EACH
    for journal in ("SAL", "GEN"):
        query = JournalEntry.select(JournalEntry.number).where(JournalEntry.number.startswith(journal))
        numbers = sorted(entry.number for entry in query)
        assert numbers == [f"{journal}/2026/{number:06}" for number in range(1, CLIENTS * EACH // 2 + 1)]
    expected = sum(range(1, CLIENTS * EACH + 1))
    for table in (DayBalance, PeriodBalance):
        sums = table.select(total(table.debit), total(table.credit)).tuples().first()
        assert sums == (expected, expected)
    assert Posting.select().count() == 2 * CLIENTS * EACH
    assert verify(site.database)[2] == []
    seals = AuditSeal.select(fn.COUNT(AuditSeal.id), fn.MAX(AuditSeal.number)).where(
        AuditSeal.chain == books.company.id).tuples().first()
    assert seals[0] == seals[1]


def test_one_draft_is_posted_once_whoever_tries(site: Site, books: Books) -> None:
    draft = books.draft(debit("430", Decimal(5)), credit("700", Decimal(5)))

    def post(_: int) -> bool:
        try:
            books.act(JournalEntry, draft, "post")
        except Refusal:
            return False
        return True

    assert sorted(at_once(site, post, times=CLIENTS)) == [False] * (CLIENTS - 1) + [True]
    assert books.entry(draft).number == "SAL/2026/000001"
    assert DayBalance.select(total(DayBalance.debit)).scalar(as_tuple=True) == (Decimal(5),)
    assert verify(site.database)[2] == []


@pytest.fixture(autouse=True)
def connections_closed(site: Site) -> Any:
    """Each thread has opened one."""
    yield
    site.shut()
