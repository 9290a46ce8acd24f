"""What balance sheet and income statement share: a layout, the figures, a year before beside them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple, cast

from trastienda import Link, Money, Styled, Work

from ..accounts import Account
from ..charts import Statement, load_layout
from ..company_chart import layout_name
from ..statement_rules import AccountKind, LineKind, StatementRow, statement_rows

Balances = Mapping[str, Decimal]
#: The way from the codes of a line's accounts to what is behind its figure.
Drill = Callable[[Sequence[str]], Link]

ROW_KINDS: Mapping[LineKind, Literal["row", "heading", "subtotal"]] = {
    "heading": "heading",
    "line": "row",
    "subtotal": "subtotal",
}


class StatementLine(NamedTuple):
    """Assets are shown as debit less credit, all else as credit less debit; `line` is the layout's code, or
    with details an account's."""

    item: str
    amount: Money | None
    previous: Money | None
    line: str


@dataclass(frozen=True)
class AccountFacts:
    code: str
    name: str
    kind: AccountKind


def account_facts(work: Work) -> dict[int, AccountFacts]:
    """All accounts by id."""
    query = work.select(Account, Account.id, Account.code, Account.name, Account.kind)
    return {
        number: AccountFacts(code, name, cast(AccountKind, kind))
        for number, code, name, kind in work.rows(query)
    }


def statement(
    work: Work,
    which: Statement,
    accounts: Mapping[str, AccountFacts],
    *,
    now: Balances,
    before: Balances | None,
    details: bool,
    zeros: bool,
    drill: Drill,
) -> Iterator[Styled]:
    """The rows of a statement from balances by code (debit less credit), those of a year before beside.

    Below the first level, lines without a figure are left out unless `zeros`; with `details` each line is
    followed by its accounts.
    """
    layout = load_layout(layout_name(work), which)
    kinds = {code: facts.kind for code, facts in accounts.items()}
    current = {row.code: row for row in statement_rows(layout, now, kinds=kinds)}
    earlier = {} if before is None else {row.code: row for row in statement_rows(layout, before, kinds=kinds)}
    spanish = (work.actor.language or work.company.language).startswith("es")
    for code in (line.code for line in layout.lines):
        row = current.get(code) or earlier.get(code)
        if row is None:
            continue
        codes = sorted({*_accounts(current.get(code)), *_accounts(earlier.get(code))})
        figures = _amount(current, code, row), None if before is None else _amount(earlier, code, row)
        if not zeros and row.level and row.kind != "heading" and not any(figures):
            continue
        yield Styled(
            StatementLine(
                row.label_es if spanish else row.label_en,
                *figures,
                line="" if row.kind == "heading" else code,
            ),
            level=row.level,
            kind=ROW_KINDS[row.kind],
            link=drill(codes) if codes else None,
        )
        for each in codes if details else ():
            past = None if before is None else row.sign * before.get(each, Decimal(0))
            figure = row.sign * now.get(each, Decimal(0))
            detail = StatementLine(accounts[each].name, figure, past, line=each)
            yield Styled(detail, level=row.level + 1, link=drill([each]))


def _accounts(row: StatementRow | None) -> tuple[str, ...]:
    return row.accounts if row is not None else ()


def _amount(rows: Mapping[str, StatementRow], code: str, line: StatementRow) -> Decimal | None:
    """Nothing for a heading; zero for an optional line that has no account on this day."""
    if line.kind == "heading":
        return None
    return rows[code].amount if code in rows else Decimal(0)
