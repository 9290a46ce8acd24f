"""What a new company begins with: a calendar, usual kinds of leave, and its country's salary structure."""

from decimal import Decimal

from trastienda import Work

from .calendars import WorkCalendar
from .leave.types import LeaveType
from .payroll.structures import add_country_structure


def first_run(work: Work) -> None:
    spanish = work.company.language.startswith("es")
    work.add(
        WorkCalendar(
            code="GENERAL",
            name="Calendario general" if spanish else "General calendar",
            country=work.company.country,
            is_default=True,
        )
    )
    kinds = [
        LeaveType(
            code="HOLIDAY",
            name="Vacaciones" if spanish else "Holiday",
            accrual="monthly",
            carry_over=Decimal(5),
            carry_over_months=3,
        ),
        LeaveType(
            code="SICK",
            name="Incapacidad temporal" if spanish else "Sick leave",
            limited=False,
            sensitive=True,
            counts="calendar",
        ),
        LeaveType(code="UNPAID", name="Permiso sin sueldo" if spanish else "Unpaid leave", limited=False, paid=False),
    ]
    work.add_all([(each, ()) for each in kinds])
    add_country_structure(work, work.company.country)
