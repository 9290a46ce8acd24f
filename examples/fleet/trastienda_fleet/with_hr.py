"""Loaded while hr is on: an employee may have a company car."""

from collections.abc import Iterator

from peewee import DateField, ForeignKeyField

from trastienda import Extension, Extra, Fault, Plugin
from trastienda import gettext as _
from trastienda_hr import Employee

from .vehicles import Vehicle


class CompanyCar(Extra):
    employee = ForeignKeyField(Employee, primary_key=True, on_delete="CASCADE")
    vehicle = ForeignKeyField(Vehicle, null=True, on_delete="RESTRICT", verbose_name="Company car")
    since = DateField(null=True, verbose_name="Company car since")


def company_car_faults(car: CompanyCar) -> Iterator[Fault]:
    starts = car.employee.starts_on
    if car.since and starts and car.since < starts:
        yield Fault(CompanyCar.since, _("That day is before the employee's first"))


plugin = Plugin(
    "fleet+hr", extensions=[Extension("hr.employee", CompanyCar, label="Company car", rules=[company_car_faults])]
)
