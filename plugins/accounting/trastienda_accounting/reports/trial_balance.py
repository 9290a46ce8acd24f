"""Trial balance: what stood on each account, what moved, what stands."""

from collections.abc import Iterator, Mapping
from datetime import date as Date
from decimal import Decimal
from typing import NamedTuple

from trastienda import BadQuery, Link, Money, Styled, Work
from trastienda import gettext as _

from ..accounts import Account
from ..balances import NOTHING, Sums, sums_through
from .days import ONE_DAY, first_and_last


class TrialBalanceRow(NamedTuple):
    """Opening and closing are debit less credit."""

    account: str
    name: str
    opening: Money
    debit: Money
    credit: Money
    closing: Money


def trial_balance(
    work: Work,
    *,
    from_: Date | None = None,
    to: Date | None = None,
    level: int | None = None,
    zeros: bool = False,
) -> Iterator[Styled]:
    """Posted and reversed entries of all accounts; `level` sums up by the first characters of their codes."""
    if level is not None and level < 1:
        raise BadQuery("level", _("A level is 1 or more"))
    first, last = first_and_last(work, from_, to)
    names, code_of = _accounts(work)
    before, through = sums_through(work, first - ONE_DAY), sums_through(work, last)
    opening = {code_of[account]: sums for account, sums in before.items()}
    moved = {code_of[account]: sums.minus(before.get(account, NOTHING)) for account, sums in through.items()}
    for row in rows(names, opening=opening, moved=moved, level=level, zeros=zeros):
        codes = row.account if row.account in names and level is None else f"{row.account}*"
        ledger = Link("accounting.general-ledger", {"from": first, "to": last, "account": codes})
        yield Styled(row, link=ledger)


def _accounts(work: Work) -> tuple[dict[str, str], dict[int, str]]:
    """Names by code, and codes by id."""
    found = list(work.rows(work.select(Account, Account.id, Account.code, Account.name)))
    return {code: name for _, code, name in found}, {number: code for number, code, _ in found}


def rows(
    names: Mapping[str, str],
    *,
    opening: Mapping[str, Sums],
    moved: Mapping[str, Sums],
    level: int | None = None,
    zeros: bool = False,
) -> Iterator[TrialBalanceRow]:
    """By code; accounts without any figure are left out unless `zeros`.

    With `level`, accounts whose codes begin alike are one row, under the name of the account with that code.
    """
    groups: dict[str, list[str]] = {}
    for code in sorted(names):
        groups.setdefault(code[:level], []).append(code)
    for group, codes in groups.items():
        before = _sum(opening, codes)
        change = _sum(moved, codes)
        balance = before.balance
        figures = (balance, change.debit, change.credit, balance + change.balance)
        if zeros or any(figures):
            yield TrialBalanceRow(group, names.get(group, ""), *figures)


def _sum(sums: Mapping[str, Sums], codes: list[str]) -> Sums:
    found = [sums[code] for code in codes if code in sums]
    return Sums(
        sum((each.debit for each in found), Decimal(0)), sum((each.credit for each in found), Decimal(0))
    )
