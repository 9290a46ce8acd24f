"""Somebody decides in a manager's place for some days."""

from collections.abc import Iterator
from datetime import date as Date

from peewee import DateField, ForeignKeyField

from trastienda import Fault, Record, Work
from trastienda import gettext as _

from ..employees import Employee


class Delegation(Record):
    manager = ForeignKeyField(Employee, on_delete="CASCADE", backref="deputies", verbose_name="Manager")
    deputy = ForeignKeyField(Employee, on_delete="CASCADE", backref="deputy_of", verbose_name="Deputy")
    starts_on = DateField(verbose_name="First day")
    ends_on = DateField(verbose_name="Last day")

    manager_id: int
    deputy_id: int


def delegation_faults(delegation: Delegation) -> Iterator[Fault]:
    if delegation.ends_on < delegation.starts_on:
        yield Fault(Delegation.ends_on, _("The last day is before the first"))
    if delegation.manager_id == delegation.deputy_id:
        yield Fault(Delegation.deputy, _("Nobody is his own deputy"))


def is_deputy(work: Work, *, deputy: int, manager: int, on: Date) -> bool:
    query = work.select(Delegation).where(
        (Delegation.deputy == deputy)
        & (Delegation.manager == manager)
        & (Delegation.starts_on <= on)
        & (Delegation.ends_on >= on)
    )
    return bool(query.exists())
