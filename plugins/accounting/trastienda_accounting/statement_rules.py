"""Financial statements as data: a layout says which accounts each line takes; the rule here adds them up.

The layouts of the Spanish chart follow the models of the third part of Real Decreto 1515/2007 (balance
sheet and income statement "de pymes"), with the line codes of the forms for filing at the Registro
Mercantil and the line "Otros resultados" that its rules of preparation ask for; those of the generic
chart follow the order of IAS 1. A contra account (accumulated depreciation, own shares, purchase returns)
needs no sign of its own: its balance is on the other side, so that adding it reduces the line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

AccountKind = Literal["asset", "liability", "equity", "income", "expense"]
Section = Literal["assets", "liabilities", "equity", "income", "expenses", "result"]
LineKind = Literal["heading", "line", "subtotal"]
Side = Literal["debit", "credit"]

SECTION_KINDS: Mapping[Section, tuple[AccountKind, ...]] = {
    "assets": ("asset",),
    "liabilities": ("liability",),
    "equity": ("equity",),
    "income": ("income",),
    "expenses": ("expense",),
    "result": ("income", "expense"),
}
# What others owe us is an asset, what we owe them a liability, whichever of the two the account is called.
SIDED_KINDS: tuple[AccountKind, ...] = ("asset", "liability")


class AccountKindMissing(Exception):
    """An account has a balance, but nothing says whether it is an asset, a liability, ..."""

    def __init__(self, code: str) -> None:
        super().__init__(f"account {code} has no kind")
        self.code = code


@dataclass(frozen=True)
class Claim:
    """Accounts that a line takes: those under a prefix, perhaps on one side, or a whole kind (no prefix)."""

    prefix: str
    kinds: tuple[AccountKind, ...]
    side: Side | None = None


@dataclass(frozen=True)
class LayoutLine:
    """A row of a statement before the figures.

    An `optional` line is one that the official model lacks: it appears only when an account falls in it.
    """

    code: str
    label_en: str
    label_es: str
    level: int
    kind: LineKind
    section: Section
    claims: tuple[Claim, ...] = ()
    sum_of: tuple[str, ...] = ()
    optional: bool = False

    @property
    def sign(self) -> Literal[1, -1]:
        """Assets are shown as debit - credit; all else as credit - debit, so an expense is negative."""
        return 1 if self.section == "assets" else -1


@dataclass(frozen=True)
class StatementLayout:
    name: str
    lines: tuple[LayoutLine, ...]

    @cached_property
    def line_by_claim(self) -> Mapping[tuple[str, str, Side], str]:
        """(prefix, kind of account, side of its balance) to the code of the line; "" is any prefix."""
        return {
            (claim.prefix, kind, side): line.code
            for line in self.lines
            for claim in line.claims
            for kind in claim.kinds
            for side in _sides(claim)
        }

    def line_of(self, code: str, *, kind: str, balance: Decimal) -> str | None:
        """The line that an account falls in: that of its longest claimed prefix, else that of its kind.

        The kind decides the part of the statement and the code the line, so that a chart numbered otherwise
        comes out right: an asset 1000 is never read as capital. None where the statement does not show the
        kind at all (an asset in an income statement). A balance of zero counts as a debit.
        """
        side: Side = "credit" if balance < 0 else "debit"
        for length in range(len(code), -1, -1):
            line = self.line_by_claim.get((code[:length], kind, side))
            if line is not None:
                return line
        return None


@dataclass(frozen=True)
class StatementRow:
    """A row of a statement; `amount` is None for a heading.

    A line's amount is `sign` times the balances (debit - credit) of `accounts`; a subtotal names no accounts.
    """

    code: str
    label_en: str
    label_es: str
    level: int
    kind: LineKind
    amount: Decimal | None
    accounts: tuple[str, ...]
    sign: Literal[1, -1]


def statement_rows(
    layout: StatementLayout,
    balances: Mapping[str, Decimal],
    *,
    kinds: Mapping[str, str],
) -> tuple[StatementRow, ...]:
    """The statement of these balances (debit - credit, each account's own: headings not rolled up).

    Accounts without balance contribute nothing and are not named. In a balance sheet, income and expense
    accounts make the result of the year, besides what was already closed into its account. Raises
    AccountKindMissing.
    """
    accounts = _accounts_by_line(layout, balances, kinds)
    amounts = _amounts(layout, balances, accounts)
    return tuple(
        StatementRow(
            code=line.code,
            label_en=line.label_en,
            label_es=line.label_es,
            level=line.level,
            kind=line.kind,
            amount=None if line.kind == "heading" else amounts[line.code],
            accounts=tuple(accounts[line.code]),
            sign=line.sign,
        )
        for line in layout.lines
        if accounts[line.code] or not line.optional
    )


def _accounts_by_line(
    layout: StatementLayout, balances: Mapping[str, Decimal], kinds: Mapping[str, str]
) -> Mapping[str, list[str]]:
    accounts: dict[str, list[str]] = {line.code: [] for line in layout.lines}
    for account in sorted(code for code, balance in balances.items() if balance):
        if account not in kinds:
            raise AccountKindMissing(account)
        line = layout.line_of(account, kind=kinds[account], balance=balances[account])
        if line is not None:
            accounts[line].append(account)
    return accounts


def _amounts(
    layout: StatementLayout, balances: Mapping[str, Decimal], accounts: Mapping[str, list[str]]
) -> Mapping[str, Decimal]:
    """Every line's and subtotal's figure; a subtotal may stand above its parts, as in the official models."""
    lines = {line.code: line for line in layout.lines}

    def amount(code: str) -> Decimal:
        own = lines[code].sign * sum((balances[account] for account in accounts[code]), Decimal(0))
        return own + sum((amount(part) for part in lines[code].sum_of), Decimal(0))

    return {code: amount(code) for code in lines}


def _sides(claim: Claim) -> tuple[Side, ...]:
    return ("debit", "credit") if claim.side is None else (claim.side,)
