"""General ledger: each posting of an account, with its running balance."""

from collections.abc import Iterator, Sequence
from datetime import date as Date
from decimal import Decimal
from typing import NamedTuple

from trastienda import Link, Money, Ref, Styled, Work, total
from trastienda_contacts import Party, party_and_merged

from ..accounts import Account
from ..balances import NOTHING, sums_through
from ..entries import JournalEntry, Posting
from .days import ONE_DAY, first_and_last
from .selection import selected


class LedgerRow(NamedTuple):
    account: str
    date: Date | None
    entry: Ref[JournalEntry] | None
    description: str
    party: Ref[Party] | None
    debit: Money | None
    credit: Money | None
    balance: Money


def general_ledger(
    work: Work,
    *,
    from_: Date | None = None,
    to: Date | None = None,
    account: str = "",
    party: Ref[Party] | None = None,
) -> Iterator[Styled]:
    """`account` names accounts as `4300`, `43*` or `430-439`, several with commas; all without it.

    A heading has the account's opening balance. A party's postings include those of parties merged into it.
    """
    first, last = first_and_last(work, from_, to)
    accounts = {
        code: (number, name)
        for number, code, name in work.rows(work.select(Account, Account.id, Account.code, Account.name))
    }
    codes = selected(accounts, account)
    parties = None if party is None else party_and_merged(work, party)
    opening = _balances_before(work, first, parties)
    moved = _accounts_moved(work, first, last, parties)
    for code in codes:
        number, name = accounts[code]
        if number in moved or opening.get(number):
            balance = opening.get(number, Decimal(0))
            yield Styled(LedgerRow(code, None, None, name, None, None, None, balance), kind="heading")
            yield from _postings(work, code, number, first, last, parties, balance)


def _balances_before(work: Work, day: Date, parties: Sequence[int] | None) -> dict[int, Decimal]:
    if parties is None:
        return {account: sums.balance for account, sums in sums_through(work, day - ONE_DAY).items()}
    query = (
        work.select(Posting, Posting.account, total(Posting.debit), total(Posting.credit))
        .join(JournalEntry)
        .where(JournalEntry.state != "draft", Posting.date < day, Posting.party.in_(parties))
        .group_by(Posting.account)
    )
    return {account: debit - credit for account, debit, credit in work.rows(query)}


def _accounts_moved(work: Work, first: Date, last: Date, parties: Sequence[int] | None) -> set[int]:
    if parties is None:
        through, before = sums_through(work, last), sums_through(work, first - ONE_DAY)
        return {account for account, sums in through.items() if sums != before.get(account, NOTHING)}
    query = (
        work.select(Posting, Posting.account)
        .join(JournalEntry)
        .where(JournalEntry.state != "draft", Posting.date.between(first, last), Posting.party.in_(parties))
        .distinct()
    )
    return {account for (account,) in work.rows(query)}


def _postings(
    work: Work,
    code: str,
    account: int,
    first: Date,
    last: Date,
    parties: Sequence[int] | None,
    balance: Decimal,
) -> Iterator[Styled]:
    query = (
        work.select(
            Posting,
            Posting.date,
            JournalEntry.id,
            JournalEntry.description,
            Posting.description,
            Posting.party,
            Posting.debit,
            Posting.credit,
        )
        .join(JournalEntry)
        .where(JournalEntry.state != "draft", Posting.account == account, Posting.date.between(first, last))
        .order_by(Posting.date, JournalEntry.id, Posting.id)
    )
    if parties is not None:
        query = query.where(Posting.party.in_(parties))
    for day, entry, entry_text, text, party, debit, credit in work.rows(query):
        balance += debit - credit
        row = LedgerRow(
            code,
            day,
            Ref(entry),
            text or entry_text,
            Ref(party) if party else None,
            debit or None,
            credit or None,
            balance,
        )
        yield Styled(row, link=Link("accounting.entry", id=entry))
