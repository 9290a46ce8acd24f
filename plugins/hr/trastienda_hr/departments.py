"""Departments: the tree that people and costs are counted by."""

from collections.abc import Iterator

from peewee import BooleanField, CharField, ForeignKeyField

from trastienda import Fault, Record, Work
from trastienda import gettext as _


class Department(Record):
    code = CharField(60, verbose_name="Code")
    name = CharField(120, verbose_name="Name")
    parent = ForeignKeyField("self", null=True, on_delete="RESTRICT", backref="children", verbose_name="Part of")
    active = BooleanField(default=True, verbose_name="Active")

    parent_id: int | None

    class Meta:
        indexes = ((("company", "code"), True),)


def department_faults(department: Department) -> Iterator[Fault]:
    if not department.code.strip():
        yield Fault(Department.code, _("A department needs a code"))


def missing_department(work: Work, code: str) -> Department:
    """A department that a file names by its code alone, not added yet."""
    return Department(code=code, name=code)
