"""The journal: entries in the order of their dates, each with its postings."""

from collections.abc import Iterator
from datetime import date as Date
from typing import NamedTuple

from trastienda import Link, Money, Ref, Styled, Work
from trastienda_contacts import Party

from ..accounts import Account
from ..entries import JournalEntry, Posting
from ..journals import Journal
from .days import first_and_last


class JournalRow(NamedTuple):
    date: Date
    entry: Ref[JournalEntry]
    account: str
    name: str
    description: str
    party: Ref[Party] | None
    debit: Money | None
    credit: Money | None


def journal(
    work: Work, *, from_: Date | None = None, to: Date | None = None, journal: Ref[Journal] | None = None
) -> Iterator[Styled]:
    """Posted and reversed entries, of one journal or of all."""
    first, last = first_and_last(work, from_, to)
    query = (
        work.select(
            Posting,
            Posting.date,
            JournalEntry.id,
            Account.code,
            Account.name,
            JournalEntry.description,
            Posting.description,
            Posting.party,
            Posting.debit,
            Posting.credit,
        )
        .join(JournalEntry)
        .switch(Posting)
        .join(Account)
        .where(JournalEntry.state != "draft", Posting.date.between(first, last))
        .order_by(Posting.date, Posting.entry, Posting.id)
    )
    if journal is not None:
        query = query.where(JournalEntry.journal == journal)
    for day, entry, code, name, entry_text, text, party, debit, credit in work.rows(query):
        row = JournalRow(
            day,
            Ref(entry),
            code,
            name,
            text or entry_text,
            Ref(party) if party else None,
            debit or None,
            credit or None,
        )
        yield Styled(row, link=Link("accounting.entry", id=entry))
