"""Nobody decides on what is his own, whatever his role."""

from __future__ import annotations

from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from trastienda import Work
from trastienda_hr import LeaveRequest
from trastienda_hr.leave.requests import LeaveRefused
from trastienda_hr.leave.types import LeaveType
from trastienda_hr.timesheets import Timesheet, TimesheetLine, TimesheetRefused

if TYPE_CHECKING:
    from .conftest import Firm

ROLES = [("hr.officer",), ("hr.manager",), ("hr.officer", "hr.manager", "hr.self-service")]


@pytest.mark.parametrize("roles", ROLES)
def test_timesheet_of_ones_own_is_not_approved(firm: Firm, roles: tuple[str, ...]) -> None:
    def make(work: Work, code: str) -> int:
        sheet = Timesheet(employee=firm.id_of(code), starts_on=Date(2026, 6, 8), ends_on=Date(2026, 6, 14))
        added = work.add(sheet, [TimesheetLine(date=Date(2026, 6, 8), activity="Stock", hours=Decimal(8))])
        work.act(added, "submit")
        return added.id

    own, anothers = firm.write(lambda work: (make(work, "CHIEF"), make(work, "ONE")))
    actor = firm.as_("chief", *roles)
    for action in ("approve", "refuse"):
        with pytest.raises(TimesheetRefused, match="own hours"):
            firm.act(Timesheet, own, action, actor)
    firm.act(Timesheet, anothers, "approve", actor)


@pytest.mark.parametrize("roles", ROLES)
def test_leave_of_ones_own_is_not_decided(firm: Firm, roles: tuple[str, ...]) -> None:
    day = Date(2026, 6, 22)

    def make(work: Work) -> int:
        unpaid = work.get(LeaveType, "UNPAID")
        request = work.add(
            LeaveRequest(employee=firm.id_of("CHIEF"), leave_type=unpaid.id, starts_on=day, ends_on=day)
        )
        work.act(request, "submit")
        return request.id

    own = firm.write(make)
    for action in ("approve", "refuse"):
        with pytest.raises(LeaveRefused, match="own leave"):
            firm.act(LeaveRequest, own, action, firm.as_("chief", *roles))
