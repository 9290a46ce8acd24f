"""Clock records: when each working day began and ended (in Spain a duty: art. 34.9 Estatuto de los Trabajadores)."""

from collections.abc import Iterator
from datetime import UTC
from datetime import datetime as Moment
from decimal import Decimal

from peewee import DateField, DateTimeField, ForeignKeyField

from trastienda import ChoiceField, Fault, Record, Work
from trastienda import gettext as _

from .employees import Employee

MINUTES = Decimal(60)


class ClockRecord(Record):
    employee = ForeignKeyField(Employee, on_delete="RESTRICT", verbose_name="Employee")
    date = DateField(verbose_name="Date", help_text="The working day, by the company's clock")
    clock_in = DateTimeField(verbose_name="In")
    clock_out = DateTimeField(null=True, verbose_name="Out")
    kind = ChoiceField("work", "break", "travel", default="work", verbose_name="Kind")

    employee_id: int

    class Meta:
        indexes = ((("company", "employee", "date"), False), (("employee", "clock_in"), True))


def clock_faults(record: ClockRecord) -> Iterator[Fault]:
    if record.clock_out and record.clock_out <= record.clock_in:
        yield Fault(ClockRecord.clock_out, _("Out is not after in"))
        return
    others = (ClockRecord.employee == record.employee_id) & (ClockRecord.id != (record.id or 0))
    overlapping = ClockRecord.clock_out.is_null() | (ClockRecord.clock_out > record.clock_in)
    if record.clock_out:
        overlapping &= ClockRecord.clock_in < record.clock_out
    for other in ClockRecord.select().where(others & overlapping).limit(1):
        text = _("It overlaps with the record of {moment}")
        yield Fault(ClockRecord.clock_in, text.format(moment=other.clock_in))


def clock_out(work: Work, record: ClockRecord) -> None:
    """Ends the record now."""
    record.clock_out = now(work)


def now(work: Work) -> Moment:
    """UTC without a zone, as moments are stored; to the second."""
    return work.now.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def hours(begin: Moment, end: Moment) -> Decimal:
    """Hours of whole minutes."""
    return Decimal(int((end - begin).total_seconds()) // 60) / MINUTES
