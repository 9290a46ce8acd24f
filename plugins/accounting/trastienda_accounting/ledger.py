"""What other plugins may ask of the books: to post and to reverse, which day is open, what an account's balance is.

Posting and reversing run inside the caller's work, so that what caused an entry and the entry stand or fall together.
"""

from collections.abc import Sequence
from datetime import date as Date
from decimal import Decimal
from typing import NamedTuple, cast

from trastienda import NotFound, Refusal, Service, Work
from trastienda import gettext as _
from trastienda_contacts import Party

from .accounts import Account
from .balances import NOTHING, sums_through
from .dimensions import missing_dimension_set
from .entries import JournalEntry, Posting
from .journals import Journal
from .periods import hold_first_open_day


class Line(NamedTuple):
    """A posting to be. Account and party are named by code, dimensions as `department=D2;project=P1`;
    `amount_currency` is signed as debit less credit."""

    account: str
    debit: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    party: str | None = None
    description: str = ""
    due_date: Date | None = None
    currency: str | None = None
    amount_currency: Decimal | None = None
    dimensions: str = ""


class SourceConflict(Refusal):
    """The source has been posted before, with other figures."""

    def __init__(self, source: str, earlier: JournalEntry) -> None:
        text = _("{source} is already posted as {number}, with other figures")
        super().__init__(text.format(source=source, number=earlier.number))
        self.source = source
        self.earlier = earlier


class SourceNotPosted(NotFound):
    def __init__(self, source: str) -> None:
        super().__init__(_("Nothing is posted for {source}").format(source=source))
        self.source = source


def debit(account: str, amount: Decimal, *, party: str | None = None, description: str = "") -> Line:
    return Line(account, debit=amount, party=party, description=description)


def credit(account: str, amount: Decimal, *, party: str | None = None, description: str = "") -> Line:
    return Line(account, credit=amount, party=party, description=description)


def _post_entry(
    work: Work,
    *,
    source: str,
    journal: str,
    date: Date,
    lines: Sequence[Line],
    reference: str = "",
    description: str = "",
) -> JournalEntry:
    """Create an entry and post it; the same source with the same content again gives the same entry.

    `source` names the cause for good: `<entity>/<id>`, with a further part where one record causes several
    entries (`hr.payroll-run/12/payment`). The caller has locked its record, so no two works post it at once.
    Raises SourceConflict, NotFound for an unknown code, and whatever posting refuses.
    """
    postings = [_posting(work, line) for line in lines]
    earlier = _entry_of(work, source)
    if earlier is not None:
        if earlier.date != date or _content(earlier.lines_of(Posting)) != _content(postings):
            raise SourceConflict(source, earlier)
        return earlier
    entry = JournalEntry(
        source=source,
        journal=work.get(Journal, journal).id,
        date=date,
        reference=reference,
        description=description,
    )
    work.add(entry, postings)
    work.act(entry, "post")
    return entry


def _reverse_entry(
    work: Work, *, source: str, date: Date | None = None, description: str = ""
) -> JournalEntry:
    """Reverse what was posted for a source; returns the reversing entry, the same one if asked again."""
    found = _entry_of(work, source)
    if found is None:
        raise SourceNotPosted(source)
    entry = work.lock(found)
    reversal = entry.reversed_by_id
    if reversal is None:
        reversal = cast(JournalEntry, work.act(entry, "reverse", date=date, description=description)).id
    return work.get(JournalEntry, reversal)


def _ledger_balance(work: Work, *, account: str, on: Date) -> Decimal:
    """Debit less credit of one account, posted until the end of a day."""
    return sums_through(work, on).get(work.get(Account, account).id, NOTHING).balance


def _entry_of(work: Work, source: str) -> JournalEntry | None:
    found: JournalEntry | None = work.select(JournalEntry).where(JournalEntry.source == source).first()
    return found


def _posting(work: Work, line: Line) -> Posting:
    dimensions = missing_dimension_set(work, line.dimensions) if line.dimensions else None
    return Posting(
        account=work.get(Account, line.account).id,
        debit=line.debit,
        credit=line.credit,
        party=work.get(Party, line.party).id if line.party else None,
        description=line.description,
        due_date=line.due_date,
        currency=line.currency,
        amount_currency=line.amount_currency,
        dimensions=dimensions.id if dimensions else None,
    )


def _content(postings: Sequence[Posting]) -> list[tuple[object, ...]]:
    return sorted((line.account_id, line.debit, line.credit, line.party_id or 0) for line in postings)


post_entry = Service("ledger.post/1", _post_entry)
reverse_entry = Service("ledger.reverse/1", _reverse_entry)
first_open_day = Service("ledger.first-open-day/1", hold_first_open_day)
ledger_balance = Service("ledger.balance/1", _ledger_balance)
