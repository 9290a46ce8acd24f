"""The nightly job books each credit on its own date, once, however late or often it runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from trastienda import Work
from trastienda_hr.leave.allocations import LeaveAllocation
from trastienda_hr.leave.ledger import LeaveEntry
from trastienda_hr.leave.types import LeaveType

if TYPE_CHECKING:
    from .conftest import Firm


def allocate(firm: Firm, kind: str, **given: object) -> None:
    """Twelve days a year for ONE from 1 January 2026, approved on the 15th of June, the firm's today."""

    def body(work: Work) -> None:
        leave_type = work.add(LeaveType(code="T", name="T", accrual=kind, **given))
        allocation = LeaveAllocation(
            employee=firm.id_of("ONE"), leave_type=leave_type.id, starts_on=Date(2026, 1, 1), days=Decimal(12)
        )
        work.act(work.add(allocation), "submit")
        work.act(allocation, "approve")

    firm.write(body)


def entries(firm: Firm) -> list[tuple[Date, Decimal, str]]:
    query = LeaveEntry.select().order_by(LeaveEntry.date, LeaveEntry.kind)
    return firm.read(lambda work: [(each.date, each.days, each.kind) for each in query])


def run_on(firm: Firm, moment: datetime, run_jobs: Callable[[], int]) -> None:
    firm.site.clock = lambda: moment
    firm.write(lambda work: work.enqueue("hr.accrue-leave", {}))
    assert run_jobs() >= 1


def test_missed_months_are_caught_up_each_on_its_first_day_and_none_twice(
    firm: Firm, run_jobs: Callable[[], int]
) -> None:
    allocate(firm, "monthly")
    for moment in (datetime(2026, 9, 20, tzinfo=UTC), datetime(2026, 9, 20, 1, tzinfo=UTC)):
        run_on(firm, moment, run_jobs)
    assert entries(firm) == [(Date(2026, month, 1), Decimal(1), "accrual") for month in range(1, 10)]


def test_daily_custom_comes_to_the_same_whichever_nights_it_ran(firm: Firm, run_jobs: Callable[[], int]) -> None:
    allocate(firm, "daily")
    for day in (16, 17, 29):
        run_on(firm, datetime(2026, 6, day, 12, tzinfo=UTC), run_jobs)
    run_on(firm, datetime(2026, 8, 31, 12, tzinfo=UTC), run_jobs)
    found = entries(firm)
    assert sum(days for _date, days, _kind in found) == 8
    assert max(date for date, _days, _kind in found) == Date(2026, 8, 31)


@pytest.mark.parametrize("nights", [[(2027, 1, 1), (2027, 4, 1)], [(2027, 4, 1)], [(2027, 4, 1), (2027, 4, 1)]])
def test_what_exceeds_the_carry_over_lapses_once_on_its_day(
    firm: Firm, run_jobs: Callable[[], int], nights: list[tuple[int, int, int]]
) -> None:
    allocate(firm, "monthly", carry_over=Decimal(5), carry_over_months=3)
    for night in nights:
        run_on(firm, datetime(*night, 12, tzinfo=UTC), run_jobs)
    lapsed = [(date, days) for date, days, kind in entries(firm) if kind == "expiry"]
    assert lapsed == [(Date(2026, 12, 31), Decimal(-7)), (Date(2027, 3, 31), Decimal(-5))]
    assert sum(days for _date, days, _kind in entries(firm)) == 16 - 12


def test_worker_runs_it_every_night_by_itself(firm: Firm, run_jobs: Callable[[], int]) -> None:
    from trastienda.jobs.models import JobRecord
    from trastienda.jobs.schedules import keep_schedules

    keep_schedules(firm.site)
    planned = JobRecord.select().where((JobRecord.name == "hr.accrue-leave") & JobRecord.scheduled)
    assert [each.run_at.isoformat() for each in planned] == ["2026-06-15T22:10:00"]
