"""Double-entry bookkeeping: accounts, journals, periods, entries, and the reports that follow from them."""

from trastienda import InTransaction, Plugin, Setup, created

from .access import roles
from .accounts import Account
from .balances import tallies
from .company_chart import CompanyChart, apply_chart, default_account
from .demo import make_demo
from .dimensions import DimensionSet
from .entities import entities
from .entries import JournalEntry, Posting
from .first_run import first_run
from .fiscal_years import FiscalYear
from .journals import Journal
from .ledger import Line, credit, debit, first_open_day, ledger_balance, post_entry, reverse_entry
from .numbering import ENTRY_NUMBERS
from .panels import panels
from .periods import Period, create_periods
from .reports import reports
from .retention import retentions

__all__ = [
    "Account",
    "DimensionSet",
    "FiscalYear",
    "Journal",
    "JournalEntry",
    "Line",
    "Period",
    "Posting",
    "apply_chart",
    "credit",
    "debit",
    "default_account",
    "first_open_day",
    "ledger_balance",
    "plugin",
    "post_entry",
    "reverse_entry",
]

plugin = Plugin(
    "accounting",
    label="Accounting",
    description="Double-entry bookkeeping: chart of accounts, journals, fiscal periods, entries, statements",
    entities=entities,
    tables=[CompanyChart],
    tallies=tallies,
    retentions=retentions,
    numberings=[ENTRY_NUMBERS],
    roles=roles,
    reports=reports,
    panels=panels,
    services=[post_entry, reverse_entry, first_open_day, ledger_balance, apply_chart, default_account],
    subscribers=[InTransaction(created(FiscalYear), create_periods)],
    setup=Setup(first_run=first_run, demo=make_demo,
                sign_ins={"accountant": ["accounting.accountant"], "bookkeeper": ["accounting.bookkeeper"]}),
)
