"""Posting and reversing: the only verbs that touch the books.

Locks are taken in one order: the entry, its period (shared); when the work ends the balances, the counter.
"""

from datetime import date as Date

from trastienda import Invalid, Refusal, Work
from trastienda import gettext as _

from .accounts import Account
from .balances import add_to_balances
from .entries import JournalEntry, Posting
from .entry_rules import posting_faults
from .fiscal_years import FiscalYear
from .journals import Journal
from .numbering import ENTRY_NUMBERS
from .periods import hold_open_period


class ReversalBeforeEntry(Refusal):
    field = "date"

    def __init__(self, entry: JournalEntry) -> None:
        text = _("An entry of {day} cannot be reversed before that day")
        super().__init__(text.format(day=entry.date.isoformat()))
        self.entry = entry


def post(work: Work, entry: JournalEntry) -> None:
    """Run of draft -> posted: into an open period, with the next number of its journal and fiscal year."""
    _post(work, entry, soft_closed=False)


def post_soft_closed(work: Work, entry: JournalEntry) -> None:
    """As `post`, into a soft-closed period as well: a transition with a permission of its own."""
    _post(work, entry, soft_closed=True)


def _post(work: Work, entry: JournalEntry, *, soft_closed: bool) -> None:
    lines = entry.lines_of(Posting)
    accounts = {line.account_id: work.get(Account, line.account_id) for line in lines}
    _refuse(entry, lines, accounts, company_currency=work.company.currency)
    period = hold_open_period(work, on=entry.date, soft_closed=soft_closed)
    add_to_balances(work, period=period, on=entry.date, lines=lines)
    journal, year = work.get(Journal, entry.journal_id), work.get(FiscalYear, period.fiscal_year_id)
    work.number(entry, ENTRY_NUMBERS, on=entry.date, journal=journal.code, fiscal_year=year.code)


def _refuse(
    entry: JournalEntry, lines: list[Posting], accounts: dict[int, Account], *, company_currency: str
) -> None:
    errors: dict[str, list[str]] = {}
    for fault in posting_faults(lines, accounts=accounts, company_currency=company_currency):
        index = next(i for i, line in enumerate(lines) if line is fault.line)
        name = fault.field.name if fault.field is not None else ""
        errors.setdefault(f"lines.{index}.{name}", []).append(fault.message)
    if errors:
        raise Invalid(errors)


def reverse(
    work: Work, entry: JournalEntry, *, date: Date | None = None, description: str = ""
) -> JournalEntry:
    """Run of posted -> reversed: post a new entry with debits and credits swapped, and link both.

    It is dated today, or the day of the entry where that is later; a day before the entry's is refused.
    """
    on = date or max(work.today, entry.date)
    if on < entry.date:
        raise ReversalBeforeEntry(entry)
    reversed_name = entry.number or entry.reference
    counter = JournalEntry(
        reference=entry.reference,
        date=on,
        journal=entry.journal_id,
        reverses=entry.id,
        description=description or _("Reversal of {number}").format(number=reversed_name),
    )
    work.add(counter, [_swapped(line) for line in entry.lines_of(Posting)])
    work.act(counter, "post")
    entry.reversed_by = counter.id
    return counter


def _swapped(line: Posting) -> Posting:
    amount = line.amount_currency
    return Posting(
        account=line.account_id,
        debit=line.credit,
        credit=line.debit,
        party=line.party_id,
        description=line.description,
        due_date=line.due_date,
        currency=line.currency,
        amount_currency=None if amount is None else -amount,
        dimensions=line.dimensions_id,
    )
