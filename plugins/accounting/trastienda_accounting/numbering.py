"""How posted entries are numbered: without a gap in each journal and fiscal year, whatever the format."""

from trastienda import Numbering, Placeholder
from trastienda import lazy_gettext as _

from .entries import JournalEntry

ENTRY_NUMBERS = Numbering(
    "accounting.entry",
    JournalEntry.number,
    "{journal}/{fiscal_year}/{number:06}",
    label=_("Journal entries"),
    values=[
        Placeholder("journal", label=_("the journal's code"), sample="SAL", required=True, longest=10),
        Placeholder("fiscal_year", label=_("the fiscal year's code"), sample="2026", required=True, longest=10),
    ],
)
