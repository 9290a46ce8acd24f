"""Requests against the ledger: counted, not doubled, decided by those who may."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from trastienda import Invalid, TrastiendaError, Work
from trastienda_hr import LeaveRequest
from trastienda_hr.leave.allocations import LeaveAllocation
from trastienda_hr.leave.delegations import Delegation
from trastienda_hr.leave.ledger import balance
from trastienda_hr.leave.requests import LeaveDay, LeaveRefused
from trastienda_hr.leave.types import LeaveType

if TYPE_CHECKING:
    from .conftest import Firm


@pytest.fixture
def days_for_one(firm: Firm) -> int:
    """ONE accrues a day a month from 1 January 2026; the id of ONE."""
    one = firm.id_of("ONE")

    def body(work: Work) -> None:
        holiday = work.get(LeaveType, "HOLIDAY")
        given = work.add(
            LeaveAllocation(employee=one, leave_type=holiday.id, starts_on=Date(2026, 1, 1), days=Decimal(12))
        )
        work.act(given, "submit")
        work.act(given, "approve")

    firm.write(body)
    return one


def ask(firm: Firm, employee: int, first: Date, last: Date, **given: bool) -> int:
    def body(work: Work) -> int:
        holiday = work.get(LeaveType, "HOLIDAY")
        request = LeaveRequest(employee=employee, leave_type=holiday.id, starts_on=first, ends_on=last, **given)
        return work.add(request).id

    return firm.write(body)


def standing(firm: Firm, employee: int, on: Date) -> Decimal:
    return firm.read(lambda work: balance(work, employee, work.get(LeaveType, "HOLIDAY").id, on=on))


def test_balance_is_known_on_any_day(firm: Firm, days_for_one: int) -> None:
    days = [standing(firm, days_for_one, on) for on in (Date(2025, 12, 31), Date(2026, 3, 31), Date(2026, 6, 15))]
    assert days == [0, 3, 6]


def test_approved_days_leave_the_ledger_each_on_its_date(firm: Firm, days_for_one: int) -> None:
    number = ask(firm, days_for_one, Date(2026, 6, 19), Date(2026, 6, 23), from_noon=True)
    firm.act(LeaveRequest, number, "submit")
    firm.act(LeaveRequest, number, "approve")
    request = firm.read(lambda work: work.get(LeaveRequest, number))
    assert (request.state, request.days) == ("approved", Decimal("2.5"))
    assert standing(firm, days_for_one, Date(2026, 6, 19)) == Decimal("5.5")
    assert standing(firm, days_for_one, Date(2026, 6, 30)) == Decimal("3.5")
    firm.act(LeaveRequest, number, "cancel")
    assert standing(firm, days_for_one, Date(2026, 6, 30)) == 6


def test_no_more_than_the_balance_may_be_asked_for(firm: Firm, days_for_one: int) -> None:
    number = ask(firm, days_for_one, Date(2026, 6, 15), Date(2026, 6, 26))
    with pytest.raises(LeaveRefused, match=r"10 days are asked for, 6 are there"):
        firm.act(LeaveRequest, number, "submit")


def test_halves_of_a_day_fit_together_and_overlap_is_refused(firm: Firm, days_for_one: int) -> None:
    day = Date(2026, 6, 22)
    firm.act(LeaveRequest, ask(firm, days_for_one, day, day, until_noon=True), "submit")
    firm.act(LeaveRequest, ask(firm, days_for_one, day, day, from_noon=True), "submit")
    with pytest.raises(LeaveRefused, match="2026-06-22 is in another request already"):
        firm.act(LeaveRequest, ask(firm, days_for_one, day, day), "submit")


def test_of_many_requests_for_the_same_day_one_is_taken(firm: Firm, days_for_one: int) -> None:
    day = Date(2026, 6, 22)
    numbers = [ask(firm, days_for_one, day, day) for _ in range(8)]

    def send(number: int) -> bool:
        with firm.site.active():
            try:
                firm.act(LeaveRequest, number, "submit")
            except TrastiendaError:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(send, numbers)) == [False] * 7 + [True]
    assert firm.read(lambda work: work.select(LeaveDay).count()) == 2


def test_half_of_a_day_is_unique_in_the_database_itself(firm: Firm, days_for_one: int) -> None:
    day = Date(2026, 6, 22)
    firm.act(LeaveRequest, ask(firm, days_for_one, day, day), "submit")

    def double(work: Work) -> None:
        taken = work.select(LeaveDay).first()
        work.execute(LeaveDay.insert({name: value for name, value in taken.__data__.items() if name != "id"}))

    with pytest.raises(Invalid):
        firm.write(double)
    assert firm.read(lambda work: work.select(LeaveDay).count()) == 2


def test_nobody_decides_on_his_own_leave_and_only_those_above_or_their_deputy(firm: Firm, days_for_one: int) -> None:
    number = ask(firm, days_for_one, Date(2026, 6, 22), Date(2026, 6, 22))
    firm.act(LeaveRequest, number, "submit")
    for name in ("one", "two", "other"):
        with pytest.raises(LeaveRefused):
            firm.act(LeaveRequest, number, "approve", firm.as_(name, "hr.manager"))
    chief, two = firm.id_of("CHIEF"), firm.id_of("TWO")
    days = {"starts_on": Date(2026, 6, 15), "ends_on": Date(2026, 6, 15)}
    firm.write(lambda work: work.add(Delegation(manager=chief, deputy=two, **days)))
    firm.act(LeaveRequest, number, "approve", firm.as_("two", "hr.manager"))
