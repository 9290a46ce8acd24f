"""Papers of employees that run out: identity cards, permits, certificates."""

from collections.abc import Iterator
from datetime import date as Date
from datetime import timedelta
from typing import NamedTuple

from peewee import CharField, DateField, ForeignKeyField, TextField

from trastienda import ChoiceField, Fault, Record, Ref, Work
from trastienda import gettext as _

from .employees import Employee


class Document(Record):
    employee = ForeignKeyField(Employee, on_delete="CASCADE", verbose_name="Employee")
    kind = ChoiceField("identity", "permit", "driving", "training", "medical", "contract", "other", verbose_name="Kind")
    number = CharField(60, default="", verbose_name="Number")
    issued_on = DateField(null=True, verbose_name="Issued on")
    expires_on = DateField(null=True, index=True, verbose_name="Expires on")
    notes = TextField(default="", verbose_name="Notes")


def document_faults(document: Document) -> Iterator[Fault]:
    if document.issued_on and document.expires_on and document.expires_on < document.issued_on:
        yield Fault(Document.expires_on, _("It expires before it was issued"))


class ExpiringDocument(NamedTuple):
    employee: Ref[Employee]
    kind: str
    number: str
    expires_on: Date
    days_left: int


def expiring_documents(work: Work, *, within_days: int = 60) -> Iterator[ExpiringDocument]:
    """Documents that expire within so many days or have expired, of those who have not left."""
    last = work.today + timedelta(days=max(min(within_days, 36_500), 0))
    query = (
        work.select(Document, Document.employee, Document.kind, Document.number, Document.expires_on)
        .join(Employee, on=Document.employee == Employee.id)
        .where(
            (Document.expires_on <= last)
            & ~Employee.left
            & (Employee.ends_on.is_null() | (Employee.ends_on >= work.today))
        )
        .order_by(Document.expires_on, Document.id)
    )
    for employee, kind, number, expires_on in work.rows(query):
        yield ExpiringDocument(Ref(employee), kind, number, expires_on, (expires_on - work.today).days)
