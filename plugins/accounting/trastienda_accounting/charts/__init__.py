"""Charts of accounts and statement layouts that a company may start from.

A chart is `NAME.toml` (labels, default account of each role, default journals), `NAME.accounts.csv`,
`NAME.balance_sheet.csv` and `NAME.income_statement.csv`; the two layouts alone (`by_kind`) serve
companies whose chart is their own. What the files promise (parents first, roles that exist, one line an
account) is held by the tests, not checked at every start.

`pgc_pymes` is the chart of the fourth part of Real Decreto 1515/2007, of 16 November (Plan General de
Contabilidad de Pequeñas y Medianas Empresas). Each account's kind follows the balance sheet and income
statement models of its third part; the current accounts 551 to 555, which a balance sheet shows by the
side of their balance, are liabilities.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, cast

from ..statement_rules import (
    SECTION_KINDS,
    SIDED_KINDS,
    AccountKind,
    Claim,
    LayoutLine,
    LineKind,
    Section,
    Side,
    StatementLayout,
)

JournalKind = Literal["sales", "purchases", "bank", "cash", "payroll", "stock", "general", "opening", "closing"]
Statement = Literal["balance_sheet", "income_statement"]


class UnknownChart(Exception):
    """No chart, or no layout, comes with the plugin under this name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"no chart {name!r}: there are {', '.join(known)}")
        self.name = name
        self.known = known


@dataclass(frozen=True)
class ChartAccount:
    """`parent` is the code of the heading above, None at the top; a heading is not `postable`."""

    code: str
    name_en: str
    name_es: str
    kind: AccountKind
    parent: str | None
    postable: bool


@dataclass(frozen=True)
class ChartJournal:
    code: str
    name_en: str
    name_es: str
    kind: JournalKind


@dataclass(frozen=True)
class Chart:
    """Accounts come parents first; `roles` names the account for a purpose (receivable, vat_output, ...)."""

    name: str
    label: str
    label_es: str
    accounts: tuple[ChartAccount, ...]
    roles: Mapping[str, str]
    journals: tuple[ChartJournal, ...]


def chart_names() -> tuple[str, ...]:
    return _names(".toml")


def layout_names() -> tuple[str, ...]:
    """The charts, and `by_kind` for a chart of one's own."""
    return _names(".balance_sheet.csv")


@cache
def load_chart(name: str) -> Chart:
    """Raises UnknownChart."""
    if name not in chart_names():
        raise UnknownChart(name, chart_names())
    facts = tomllib.loads(_text(f"{name}.toml"))
    return Chart(
        name=name,
        label=facts["label"],
        label_es=facts["label_es"],
        accounts=tuple(_accounts(_table(f"{name}.accounts.csv"))),
        roles=MappingProxyType(facts["roles"]),
        journals=tuple(ChartJournal(**journal) for journal in facts["journals"]),
    )


@cache
def load_layout(name: str, statement: Statement) -> StatementLayout:
    """The statement's layout for accounts of the chart `name`. Raises UnknownChart."""
    if name not in layout_names():
        raise UnknownChart(name, layout_names())
    lines = tuple(_layout_line(row) for row in _table(f"{name}.{statement}.csv"))
    return StatementLayout(f"{name}.{statement}", lines)


def _names(suffix: str) -> tuple[str, ...]:
    files_here = (file.name for file in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(suffix) for name in files_here if name.endswith(suffix)))


def _text(file: str) -> str:
    return files(__name__).joinpath(file).read_text(encoding="utf-8")


def _table(file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(_text(file).splitlines()))


def _accounts(rows: list[dict[str, str]]) -> Iterator[ChartAccount]:
    headings = {row["parent"] for row in rows}
    for row in rows:
        yield ChartAccount(
            code=row["code"],
            name_en=row["name_en"],
            name_es=row["name_es"],
            kind=cast(AccountKind, row["kind"]),
            parent=row["parent"] or None,
            postable=row["code"] not in headings,
        )


def _layout_line(row: dict[str, str]) -> LayoutLine:
    """`accounts` are those that the layout's source names, `added` those that it leaves for us to place."""
    section = cast(Section, row["section"])
    other = row["kind"] == "other"
    claims = f"{row['accounts']} {row['added']}".split()
    return LayoutLine(
        code=row["code"],
        label_en=row["label_en"],
        label_es=row["label_es"],
        level=int(row["level"]),
        kind="line" if other else cast(LineKind, row["kind"]),
        section=section,
        claims=tuple(_claim(claim, section) for claim in claims),
        sum_of=tuple(row["sum_of"].split()),
        optional=other,
    )


def _claim(text: str, section: Section) -> Claim:
    """`430` (accounts under a prefix), `551:debit` (if they have a debit balance) or `*asset` (a kind)."""
    if text.startswith("*"):
        return Claim("", (cast(AccountKind, text[1:]),))
    prefix, _, side = text.partition(":")
    if side:
        return Claim(prefix, SIDED_KINDS, cast(Side, side))
    return Claim(prefix, SECTION_KINDS[section])
