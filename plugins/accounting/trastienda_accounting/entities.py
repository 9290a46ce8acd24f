"""What the doors serve: the entities of the books, with their rules, actions and forms."""

from typing import Any

from trastienda import Action, Entity, Lines, Locked, Section, Transition

from .accounts import Account, account_faults
from .balances import posted_period_faults
from .dimensions import (
    Dimension,
    DimensionSet,
    DimensionSetMember,
    DimensionValue,
    code_faults,
    missing_dimension_set,
)
from .entries import JournalEntry, Posting
from .entry_rules import derive_amount, entry_faults
from .fiscal_years import FiscalYear, fiscal_year_faults
from .imports import open_missing_years
from .journals import Journal, general_journal, journal_faults, missing_journal
from .periods import (
    Period,
    close_year,
    create_periods,
    period_faults,
    refuse_in_closed_year,
    year_covers_its_periods,
)
from .posting import post, post_soft_closed, reverse

accounts = Entity(
    "accounting.account",
    Account,
    key=Account.code,
    title=Account.name,
    label="Account",
    parent=Account.parent,
    offers={Account.parent: {"postable": "false"}},
    archive=Account.active,
    columns=[Account.code, Account.name, Account.kind, Account.parent, Account.postable, Account.active],
    search=[Account.code, Account.name],
    order=[Account.code],
    rules=[account_faults],
    group_by=[Account.kind],
)
journals = Entity(
    "accounting.journal",
    Journal,
    key=Journal.code,
    title=Journal.name,
    label="Journal",
    archive=Journal.active,
    columns=[Journal.code, Journal.name, Journal.kind],
    search=[Journal.code, Journal.name],
    order=[Journal.code],
    rules=[journal_faults],
    create_missing=missing_journal,
)
fiscal_years = Entity(
    "accounting.fiscal-year",
    FiscalYear,
    key=FiscalYear.code,
    label="Fiscal year",
    columns=[FiscalYear.code, FiscalYear.name, FiscalYear.starts_on, FiscalYear.ends_on, FiscalYear.state],
    order=[-FiscalYear.starts_on],
    rules=[fiscal_year_faults, year_covers_its_periods],
    actions=[
        Action("create-periods", create_periods, label="Create periods", states=["open"]),
        Transition("close", "open", "closed", close_year, label="Close", confirm=True),
        Transition("reopen", "closed", "open", label="Reopen", confirm=True),
    ],
)
periods = Entity(
    "accounting.period",
    Period,
    key=Period.code,
    label="Period",
    columns=[Period.code, Period.name, Period.fiscal_year, Period.starts_on, Period.ends_on, Period.state],
    order=[-Period.starts_on],
    rules=[period_faults, posted_period_faults],
    group_by=[Period.fiscal_year],
    actions=[
        Transition("soft-close", "open", "soft-closed", label="Soft-close"),
        Transition("close", ["open", "soft-closed"], "closed", label="Close", confirm=True),
        Transition(
            "reopen", ["soft-closed", "closed"], "open", refuse_in_closed_year, label="Reopen", confirm=True
        ),
    ],
)
dimensions = Entity(
    "accounting.dimension",
    Dimension,
    key=Dimension.code,
    title=Dimension.name,
    label="Dimension",
    archive=Dimension.active,
    columns=[Dimension.code, Dimension.name, Dimension.active],
    order=[Dimension.code],
    rules=[code_faults],
)
dimension_values = Entity(
    "accounting.dimension-value",
    DimensionValue,
    title=DimensionValue.name,
    label="Dimension value",
    archive=DimensionValue.active,
    columns=[DimensionValue.dimension, DimensionValue.code, DimensionValue.name, DimensionValue.active],
    search=[DimensionValue.code, DimensionValue.name],
    order=[DimensionValue.dimension, DimensionValue.code],
    rules=[code_faults],
    group_by=[DimensionValue.dimension],
)
dimension_sets = Entity(
    "accounting.dimension-set",
    DimensionSet,
    key=DimensionSet.text,
    label="Dimension set",
    writable=False,
    columns=[DimensionSet.text],
    lines=[Lines(DimensionSetMember.dimension_set, name="members", label="Values")],
    on_missing=missing_dimension_set,
)
entries = Entity(
    "accounting.entry",
    JournalEntry,
    key=JournalEntry.number,
    title=JournalEntry.reference,
    label="Journal entry",
    plural="Journal entries",
    path="entries",
    begins={JournalEntry.date: lambda work: work.today, JournalEntry.journal: general_journal},
    columns=[
        JournalEntry.date,
        JournalEntry.number,
        JournalEntry.journal,
        JournalEntry.reference,
        JournalEntry.description,
        JournalEntry.amount,
        JournalEntry.state,
    ],
    sections=[
        Section(
            "Entry",
            [JournalEntry.date, JournalEntry.journal, JournalEntry.reference, JournalEntry.description],
        ),
        Section(
            "Posted",
            [JournalEntry.number, JournalEntry.source, JournalEntry.reverses, JournalEntry.reversed_by],
        ),
    ],
    search=[JournalEntry.reference, JournalEntry.number, JournalEntry.description],
    order=[-JournalEntry.date],
    lines=[
        Lines(
            Posting.entry,
            label="Postings",
            copies={Posting.date: JournalEntry.date},
            columns=[
                Posting.account,
                Posting.party,
                Posting.description,
                Posting.debit,
                Posting.credit,
                Posting.due_date,
                Posting.currency,
                Posting.amount_currency,
                Posting.dimensions,
            ],
            totals=[Posting.debit, Posting.credit],
            balance=(Posting.debit, Posting.credit),
            offers={Posting.account: {"postable": "true", "active": "true"}},
        )
    ],
    derives=[derive_amount],
    rules=[entry_faults],
    actions=[
        Transition("post", "draft", "posted", post, label="Post"),
        Transition(
            "post-soft-closed", "draft", "posted", post_soft_closed, label="Post into a soft-closed period"
        ),
        Transition("reverse", "posted", "reversed", reverse, label="Reverse", confirm=True),
    ],
    locked=Locked(["posted", "reversed"], but=[JournalEntry.reversed_by]),
    readonly=[
        JournalEntry.amount,
        JournalEntry.number,
        JournalEntry.source,
        JournalEntry.reverses,
        JournalEntry.reversed_by,
    ],
    group_by=[JournalEntry.journal, JournalEntry.state],
    import_by=[JournalEntry.reference, JournalEntry.date],
    waits={"draft": 7},
    undone=["reversed"],
    before_import=open_missing_years,
)
postings = Entity(
    "accounting.posting",
    Posting,
    label="Posting",
    writable=False,
    of="accounting.entry",
    columns=[
        Posting.date,
        Posting.entry,
        Posting.account,
        Posting.party,
        Posting.description,
        Posting.debit,
        Posting.credit,
        Posting.dimensions,
    ],
    order=[-Posting.date],
    calendar=[Posting.due_date],
)

entities: list[Entity[Any]] = [
    accounts,
    journals,
    fiscal_years,
    periods,
    dimensions,
    dimension_values,
    dimension_sets,
    entries,
    postings,
]
