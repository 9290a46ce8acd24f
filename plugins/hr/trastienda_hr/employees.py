"""Employees as everybody may know them: what is private of a person stands in records of its own.

Grants reach rows, so that salary, bank and health data each have an entity whose rows are granted: a manager who
is an employee as well sees his own salary, and still nobody else's.
"""

from collections.abc import Iterator
from datetime import date as Date

from peewee import BooleanField, CharField, DateField, ForeignKeyField

from trastienda import Fault, Record, User, Work
from trastienda import gettext as _
from trastienda_contacts import Party

from .departments import Department
from .positions import Position


class Employee(Record):
    code = CharField(20, verbose_name="Code")
    name = CharField(160, default="", verbose_name="Name", help_text="Empty: first and last name, else the code")
    first_name = CharField(80, default="", verbose_name="First name")
    last_name = CharField(80, default="", verbose_name="Last name")
    department = ForeignKeyField(Department, null=True, on_delete="RESTRICT", verbose_name="Department")
    position = ForeignKeyField(Position, null=True, on_delete="RESTRICT", verbose_name="Position")
    manager = ForeignKeyField("self", null=True, on_delete="RESTRICT", backref="reports", verbose_name="Manager")
    assigned_since = DateField(
        null=True,
        verbose_name="Assigned since",
        help_text="From this day department, position and manager hold; earlier ones are past assignments",
    )
    starts_on = DateField(null=True, index=True, verbose_name="First day")
    ends_on = DateField(null=True, index=True, verbose_name="Last day")
    left = BooleanField(default=False, verbose_name="Has left", help_text="Also where the last day isn't known")
    overtime = BooleanField(default=False, verbose_name="Overtime", help_text="Works overtime regularly")
    email = CharField(254, default="", verbose_name="E-mail")
    phone = CharField(40, default="", verbose_name="Phone")
    user = ForeignKeyField(
        User, null=True, on_delete="SET NULL", verbose_name="User", help_text="Who signs in as this employee"
    )
    party = ForeignKeyField(Party, null=True, on_delete="RESTRICT", verbose_name="Party")
    active = BooleanField(default=True, verbose_name="Active")

    department_id: int | None
    position_id: int | None
    manager_id: int | None
    user_id: int | None

    class Meta:
        indexes = ((("company", "code"), True), (("company", "user"), True))


def employed_faults(work: Work, employee: Employee) -> Iterator[Fault]:
    """Whoever works here is in every list of those who do."""
    gone = employee.left or (employee.ends_on is not None and employee.ends_on < work.today)
    if not employee.active and not gone:
        yield Fault(Employee.active, _("The employment has not ended"))


def employee_faults(employee: Employee) -> Iterator[Fault]:
    if not employee.code.strip():
        yield Fault(Employee.code, _("An employee needs a code"))
    if employee.starts_on and employee.ends_on and employee.ends_on < employee.starts_on:
        yield Fault(Employee.ends_on, _("The last day is before the first"))
    if employee.email and "@" not in employee.email.strip("@"):
        yield Fault(Employee.email, _("{text} is not an e-mail address").format(text=employee.email))
    above, seen = employee.manager_id, {employee.id}
    while above is not None:
        if above in seen:
            yield Fault(Employee.manager, _("Nobody can be his own manager, nor his managers'"))
            return
        seen.add(above)
        above = Employee.get_by_id(above).manager_id


def name_employee(work: Work, employee: Employee) -> None:
    """A new employee without a name is called by first and last name, or by the code."""
    if not employee.name:
        employee.name = f"{employee.first_name} {employee.last_name}".strip() or employee.code


def missing_employee(work: Work, code: str) -> Employee:
    """An employee whom a file names by the code alone, not added yet."""
    return Employee(code=code)


def oneself(work: Work) -> Employee | None:
    """The employee who is at the screen."""
    return None if work.actor.user is None else work.select(Employee).where(Employee.user == work.actor.user).first()


def employed_on(employee: Employee, on: Date) -> bool:
    """Whether that day is within the employment; an unknown first day is long ago."""
    if employee.starts_on and on < employee.starts_on:
        return False
    return on <= employee.ends_on if employee.ends_on else not employee.left
