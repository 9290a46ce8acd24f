"""Kinds of leave and the rules of each."""

from collections.abc import Iterator
from decimal import Decimal

from peewee import BooleanField, CharField, ForeignKeyField, IntegerField

from trastienda import Child, ChoiceField, Fault, QuantityField, Record
from trastienda import gettext as _

from .accrual import Policy, Seniority


class LeaveType(Record):
    code = CharField(20, verbose_name="Code")
    name = CharField(120, verbose_name="Name")
    accrual = ChoiceField(
        "none",
        "monthly",
        "daily",
        default="none",
        verbose_name="Accrual",
        help_text="none: granted at once by allocations; monthly: at each month's start; daily: pro rata to the day",
    )
    counts = ChoiceField("working", "calendar", default="working", verbose_name="Days counted")
    limited = BooleanField(default=True, verbose_name="Limited", help_text="No more may be taken than the balance has")
    paid = BooleanField(default=True, verbose_name="Paid")
    sensitive = BooleanField(
        default=False, verbose_name="Sensitive", help_text="Health and the like: HR and the employee alone see it"
    )
    cap = QuantityField(null=True, verbose_name="Most that may stand", help_text="In days")
    carry_over = QuantityField(
        null=True, verbose_name="Carried over at most", help_text="Days into the next year; empty: all"
    )
    carry_over_months = IntegerField(
        default=0, verbose_name="Carried over for", help_text="Months of the next year; 0: for good"
    )
    active = BooleanField(default=True, verbose_name="Active")

    class Meta:
        indexes = ((("company", "code"), True),)


class LeaveSeniority(Child):
    leave_type = ForeignKeyField(LeaveType, on_delete="CASCADE")
    years = IntegerField(verbose_name="After years")
    extra_days = QuantityField(verbose_name="Days a year more")

    class Meta:
        indexes = ((("leave_type", "years"), True),)


def leave_type_faults(kind: LeaveType) -> Iterator[Fault]:
    if not kind.code.strip():
        yield Fault(LeaveType.code, _("A leave type needs a code"))
    if not 0 <= kind.carry_over_months <= 12:
        yield Fault(LeaveType.carry_over_months, _("From 0 to 12 months"))
    for field, days in ((LeaveType.cap, kind.cap), (LeaveType.carry_over, kind.carry_over)):
        if days is not None and days < 0:
            yield Fault(field, _("Not less than nothing"))
    for line in kind.lines_of(LeaveSeniority):
        if line.years < 1 or line.extra_days < 0:
            yield Fault(LeaveSeniority.years, _("After one year or more, some days more"), line=line)


def policy_of(kind: LeaveType, *, days_per_year: Decimal) -> Policy:
    return Policy(
        days_per_year,
        kind="daily" if kind.accrual == "daily" else "monthly",
        cap=kind.cap,
        carry_over=kind.carry_over,
        carry_over_months=kind.carry_over_months,
        seniority=[Seniority(line.years, line.extra_days) for line in kind.lines_of(LeaveSeniority)],
    )
