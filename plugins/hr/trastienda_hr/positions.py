"""Positions: what people are employed as."""

from collections.abc import Iterator

from peewee import BooleanField, CharField, ForeignKeyField

from trastienda import Fault, Record, Work
from trastienda import gettext as _

from .departments import Department


class Position(Record):
    code = CharField(60, verbose_name="Code")
    name = CharField(120, verbose_name="Name")
    department = ForeignKeyField(
        Department, null=True, on_delete="RESTRICT", verbose_name="Department", help_text="Where it is usual"
    )
    active = BooleanField(default=True, verbose_name="Active")

    class Meta:
        indexes = ((("company", "code"), True),)


def position_faults(position: Position) -> Iterator[Fault]:
    if not position.code.strip():
        yield Fault(Position.code, _("A position needs a code"))


def missing_position(work: Work, code: str) -> Position:
    """A position that a file names by its code alone, not added yet."""
    return Position(code=code, name=code)
