"""Groups and sums of a list: how many records there are of each value, and what their amounts come to."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import peewee

from ..errors import BadQuery
from ..languages import gettext
from .compiled import Column
from .encode import Encoder, compile_encoder, money, scaled

if TYPE_CHECKING:
    from .plans import Planner
    from .query import Path

Span: TypeAlias = Literal["", "month", "year"]

MAX_GROUPS = 500
FIRST_SELECTED = peewee.SQL("1")
GROUPED = ("text", "choice", "state", "ref", "boolean", "date", "datetime", "integer")
SUMMED = ("money", "quantity", "integer", "bigint")
#: Of an ISO date, the characters that name its month or its year.
_LENGTHS: Mapping[Span, int] = {"month": 7, "year": 4}


@dataclass(frozen=True)
class Grouping:
    """What divides a list by its values; a date by month (`2026-11`) or year, where so asked."""

    path: Path
    span: Span = ""

    @property
    def column(self) -> Column:
        return self.path.column

    @property
    def text(self) -> str:
        return f"{self.path.text}.{self.span}" if self.span else self.path.text


@dataclass(frozen=True)
class Group:
    """The records of one value, as it goes out; `totals` by column."""

    value: Any
    count: int
    totals: Mapping[str, str | int]


def parse_group(resolve: Callable[[str], Path], text: str) -> Grouping | None:
    """`state`, `kind`, `date.month`, `party.country`; raises BadQuery for what cannot be grouped by, or is not
    the actor's to see."""
    if not text:
        return None
    name, _, span = text.rpartition(".") if text.endswith((".month", ".year")) else (text, "", "")
    path = resolve(name)
    kind = path.column.kind
    by_value = kind != "ref" or path.text == path.column.name
    if kind not in GROUPED or not by_value or (span and kind not in ("date", "datetime")):
        raise BadQuery("group", gettext("%(name)s cannot be grouped by", name=text))
    return Grouping(path, cast(Span, span))


def parse_totals(visible: Mapping[str, Column], text: str) -> tuple[Column, ...]:
    """The columns to sum; amounts that may be in several currencies have no sum."""
    found = []
    for name in dict.fromkeys(part for part in text.split(",") if part):
        column = visible.get(name)
        if column is None:
            raise BadQuery("totals", gettext("there is no field %(name)r here", name=name))
        if not is_summed(column):
            raise BadQuery("totals", gettext("%(name)s has no sum", name=name))
        found.append(column)
    return tuple(found)


def is_summed(column: Column) -> bool:
    return column.kind in SUMMED and not column.currency


def select_groups(planner: Planner, group: Grouping | None, totals: Sequence[Column]) -> tuple[Encoder, list[Any]]:
    """Select the group's value, then the count, then the sums: the value's encoder and what to group by."""
    encode: Encoder = _encode_first
    if group is not None and group.span:
        planner.add(_beginning(planner.of_path(group.path), _LENGTHS[group.span]))
    elif group is not None and group.path.hop is not None:
        at = planner.add(planner.of_path(group.path))
        encode = compile_encoder([("value", group.column, at, False)], {}, {})
    elif group is not None:
        encode = _encoder_of(group.column, planner.select({group.column.name: group.column}, expand=True, nested=False))
    by: list[Any] = list(planner.selected)
    if group is not None and group.column.expression is not None:
        by = [FIRST_SELECTED]  # PostgreSQL takes the same expression with other parameters for another one
    planner.add(peewee.fn.COUNT(peewee.SQL("*")))
    planner.add(*(peewee.fn.SUM(planner.expression(column)) for column in totals))
    return encode, by


def _beginning(column: Any, length: int) -> peewee.Function:
    """The numbers as text of the statement: PostgreSQL takes two parameters for two different expressions."""
    return peewee.fn.SUBSTR(column.cast("TEXT"), peewee.SQL("1"), peewee.SQL(str(length)))


def values_of(group: Grouping, stored: Iterable[Any]) -> tuple[Any, ...]:
    """The groups of stored values, as `Group.value` has them."""
    if group.span:
        return tuple(None if each is None else str(each)[:_LENGTHS[group.span]] for each in stored)
    encode = compile_encoder([("value", group.column, 0, False)], {}, {})
    return tuple(None if each is None else encode([each], 0)["value"] for each in stored)


def group_of(row: Sequence[Any], encode: Encoder, totals: Sequence[Column], decimals: int) -> Group:
    """A row of the aggregate as it goes out."""
    value = None if row[0] is None else encode(row, decimals)["value"]
    count, *sums = row[len(row) - len(totals) - 1:]
    made = {column.name: _sum(column, amount, decimals) for column, amount in zip(totals, sums, strict=True)}
    return Group(value, int(count), made)


def _encoder_of(column: Column, encode: Encoder) -> Encoder:
    return lambda row, decimals: {"value": encode(row, decimals)[column.name]}


def _encode_first(row: Sequence[Any], decimals: int) -> dict[str, Any]:
    return {"value": row[0]}


def added(rows: Sequence[Sequence[Any]], totals: Sequence[Column], decimals: int) -> Group:
    """All rows of the aggregate in one."""
    width = len(totals) + 1
    sums = [sum(int(row[len(row) - width + place] or 0) for row in rows) for place in range(width)]
    made = {column.name: _sum(column, amount, decimals) for column, amount in zip(totals, sums[1:], strict=True)}
    return Group(None, sums[0], made)


def _sum(column: Column, amount: Any, decimals: int) -> str | int:
    amount = int(amount or 0)
    if column.kind == "money":
        return money(amount, decimals)
    return scaled(amount, column.scale, 0) if column.scale else amount
