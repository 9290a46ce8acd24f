"""The leave ledger: what came, went and lapsed, by day. Entries are added, never changed; a balance is their sum."""

from datetime import date as Date
from decimal import Decimal

from peewee import CharField, DateField, ForeignKeyField

from trastienda import ChoiceField, QuantityField, Record, Work, total

from ..employees import Employee
from .types import LeaveType

NOTHING = Decimal(0)


class LeaveEntry(Record):
    employee = ForeignKeyField(Employee, on_delete="RESTRICT", verbose_name="Employee")
    leave_type = ForeignKeyField(LeaveType, on_delete="RESTRICT", verbose_name="Leave type")
    date = DateField(verbose_name="Date")
    days = QuantityField(verbose_name="Days", help_text="Positive: credited; negative: taken or lapsed")
    kind = ChoiceField("grant", "accrual", "expiry", "taken", "returned", verbose_name="Kind")
    source = CharField(60, default="", index=True, verbose_name="Source", help_text="Such as hr.leave-request/12")

    class Meta:
        indexes = ((("employee", "leave_type", "date"), False),)


def balance(work: Work, employee: int, leave_type: int, *, on: Date) -> Decimal:
    """The days that stand at the end of a day, by what is booked."""
    query = work.select(LeaveEntry, total(LeaveEntry.days)).where(
        (LeaveEntry.employee == employee) & (LeaveEntry.leave_type == leave_type) & (LeaveEntry.date <= on)
    )
    ((found,),) = work.rows(query)
    return found if found is not None else NOTHING
