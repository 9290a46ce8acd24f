"""Journals: the books of first entry, each numbered on its own."""

from collections.abc import Iterator

from peewee import BooleanField, CharField

from trastienda import ChoiceField, Fault, Record, Work
from trastienda import gettext as _

from .charts import load_chart

#: Its journals (SAL, PUR, BNK, ...) are what a code means in books that say no more of it.
GENERIC_CHART = "ifrs"


class Journal(Record):
    code = CharField(10, verbose_name="Code")
    name = CharField(80, verbose_name="Name")
    kind = ChoiceField(
        "general",
        "sales",
        "purchases",
        "bank",
        "cash",
        "payroll",
        "stock",
        "opening",
        "closing",
        default="general",
        verbose_name="Kind",
    )
    active = BooleanField(default=True, verbose_name="Active")

    class Meta:
        indexes = ((("company", "code"), True),)


def journal_faults(journal: Journal) -> Iterator[Fault]:
    """A code becomes part of every number of the journal, so it is kept to what needs no quoting anywhere."""
    if not journal.code.isascii() or not journal.code.isalnum():
        yield Fault(Journal.code, _("A journal's code is made of letters and digits"))
    if not journal.name.strip():
        yield Fault(Journal.name, _("A journal needs a name"))


def missing_journal(work: Work, code: str) -> Journal:
    """A journal that a file names by its code alone, not added yet."""
    known = next((each for each in load_chart(GENERIC_CHART).journals if each.code == code), None)
    if known is None:
        return Journal(code=code, name=code, kind="general")
    return Journal(code=code, name=known.name_en, kind=known.kind)


def general_journal(work: Work) -> Journal | None:
    """Where an entry goes of which nothing is said: the first general one."""
    first: Journal | None = work.select(Journal).where(Journal.kind == "general").order_by(Journal.code).first()
    return first
