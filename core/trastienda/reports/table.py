"""The value that every report renders to, and the two encodings that machines read: JSON and CSV."""
from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import BinaryIO, Literal

import orjson

from ..csvsafe import escape_formula
from ..prints.pictures import Logo

ColumnType = Literal["text", "integer", "money", "quantity", "rate", "date", "datetime", "boolean", "ref"]
RowKind = Literal["row", "heading", "subtotal"]

FIGURES: frozenset[ColumnType] = frozenset({"integer", "money", "quantity", "rate"})
MOST_DECIMALS: Mapping[ColumnType, int] = {"money": 4, "quantity": 6, "rate": 8}
_HALF_UP = Context(prec=80, rounding=ROUND_HALF_UP)
_CSV_CHUNK = 1 << 16


class CellTypeMismatch(TypeError):
    """A cell's value is not of its column's type; a float never is."""

    def __init__(self, column: Column, value: object) -> None:
        found = f"{type(value).__name__}: {value!r}"
        super().__init__(f"column {column.name!r} is of type {column.type}, not {found}")
        self.column = column
        self.value = value


@dataclass(frozen=True)
class Column:
    """`decimals` is fixed for every cell: the currency's for money.

    None shows as many as a value carries, for rows in several currencies or units: money at most 4,
    a quantity at most 6 and a rate at most 8, the latter two without trailing zeros.
    `target` is the entity whose records the cells name.
    """

    name: str
    label: str
    type: ColumnType
    decimals: int | None = None
    target: str = ""

    @property
    def is_figure(self) -> bool:
        return self.type in FIGURES


@dataclass(frozen=True)
class RefValue:
    """A record that a cell names; `key` is its natural key. A bare code is text instead."""

    id: int
    key: str
    label: str


@dataclass(frozen=True)
class Row:
    """`link` is the URL path to what the row sums up; `level` the depth of its first cell, from 0."""

    values: Mapping[str, object]
    link: str | None = None
    level: int = 0
    kind: RowKind = "row"


@dataclass(frozen=True)
class Chart:
    """One category for each plain row, from column `x`; one series for each column in `y`."""

    kind: Literal["bars", "line"]
    x: str
    y: Sequence[str]


@dataclass(frozen=True)
class Head:
    """Who it is that a paper is of: the company's legal name, its tax number, its logo."""

    company: str
    tax_id: str = ""
    logo: Logo | None = None


@dataclass(frozen=True)
class Table:
    """A finished report. Labels and title are in the reader's language already.

    `parameters` are those asked for, by name; `parameter_labels` names them for the heading, `parameter_texts` are
    the values that people don't read as they are. `head` stands on papers.
    Moments are shown in the time zone of `generated_at`, which must have one.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    totals: Mapping[str, Decimal]
    parameters: Mapping[str, object]
    company: str
    currency: str
    generated_at: datetime
    chart: Chart | None = None
    parameter_labels: Mapping[str, str] = field(default_factory=dict)
    parameter_texts: Mapping[str, str] = field(default_factory=dict)
    head: Head | None = None

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if not names:
            raise ValueError(f"{self.name}: a table needs a column")
        if len(set(names)) < len(names):
            raise ValueError(f"{self.name}: two columns have the same name")
        asked = [*self.totals, *((self.chart.x, *self.chart.y) if self.chart else ())]
        unknown = sorted(set(asked) - set(names))
        if unknown:
            raise ValueError(f"{self.name}: no such column: {', '.join(unknown)}")
        if self.generated_at.tzinfo is None:
            raise ValueError(f"{self.name}: generated_at needs a time zone")

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def rounded(value: object, column: Column) -> Decimal:
    """The figure with the column's decimals, half up (away from zero) if it has more; never minus zero."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise CellTypeMismatch(column, value)
    figure = Decimal(value)
    if not figure.is_finite():
        raise CellTypeMismatch(column, value)
    if column.decimals is not None:
        figure = _places(figure, column.decimals)
    else:
        most = MOST_DECIMALS.get(column.type, 0)
        figure = figure if _decimals(figure) <= most else _places(figure, most)
        figure = figure if column.type == "money" else _without_zeros(figure)
    return figure if figure else figure.copy_abs()


def _decimals(figure: Decimal) -> int:
    return -int(figure.as_tuple().exponent)


def _places(figure: Decimal, decimals: int) -> Decimal:
    return figure.quantize(Decimal(1).scaleb(-decimals), context=_HALF_UP)


def _without_zeros(figure: Decimal) -> Decimal:
    return _places(figure, 0) if figure == figure.to_integral_value() else _HALF_UP.normalize(figure)


def whole(value: object, column: Column) -> int:
    """The integer of an integer cell; a database may sum integers to a Decimal."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
        raise CellTypeMismatch(column, value)
    return int(value)


def utc(moment: datetime) -> datetime:
    """In UTC; a moment without a time zone is in UTC already, as in the database."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def json_value(value: object, column: Column) -> object:
    """A cell as JSON has it: money, quantities and rates as strings, dates in ISO 8601, moments in UTC."""
    match value, column.type:
        case None, _:
            return None
        case _, "text":
            return str(value)
        case _, "integer":
            return whole(value, column)
        case _, "money" | "quantity" | "rate":
            return f"{rounded(value, column):f}"
        case datetime(), "datetime":
            return utc(value).isoformat().replace("+00:00", "Z")
        case datetime(), _:
            raise CellTypeMismatch(column, value)
        case date(), "date":
            return value.isoformat()
        case bool(), "boolean":
            return value
        case RefValue(), "ref":
            return {"id": value.id, "key": value.key, "label": str(value.label)}
    raise CellTypeMismatch(column, value)


def to_json(table: Table) -> bytes:
    """The report's contract, `columns`, `rows` and `totals`, and beside it what reproduces and explains it.

    `outline` tells each row's `kind`, `level` and `link`; it is there where one row has something to tell.
    """
    document: dict[str, object] = {
        "name": table.name,
        "title": str(table.title),
        "company": table.company,
        "currency": table.currency,
        "generated_at": utc(table.generated_at).isoformat().replace("+00:00", "Z"),
        "parameters": dict(table.parameters),
        "columns": [
            {"name": column.name, "label": str(column.label), "type": column.type} for column in table.columns
        ],
        "rows": [
            {column.name: json_value(row.values.get(column.name), column) for column in table.columns}
            for row in table.rows
        ],
        "totals": {name: json_value(total, table.column(name)) for name, total in table.totals.items()},
    }
    if any(row.link or row.level or row.kind != "row" for row in table.rows):
        document["outline"] = [{"kind": row.kind, "level": row.level, "link": row.link} for row in table.rows]
    return orjson.dumps(document, default=_parameter)


def _parameter(value: object) -> object:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def csv_text(value: object, column: Column) -> str:
    """A cell as in JSON, but a record by its bare key, none as nothing, and no text like a formula."""
    plain = json_value(value, column)
    match plain:
        case None:
            return ""
        case bool():
            return "true" if plain else "false"
        case {"key": key}:
            return escape_formula(str(key))
        case str() if column.type == "text":
            return escape_formula(plain)
    return str(plain)


def iter_csv(columns: Sequence[Column], rows: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8, column names first, in chunks of some 64 KB: for answers of any length."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([escape_formula(column.name) for column in columns])
    for row in rows:
        writer.writerow([csv_text(row.get(column.name), column) for column in columns])
        if buffer.tell() >= _CSV_CHUNK:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def write_csv(columns: Sequence[Column], rows: Iterable[Mapping[str, object]], out: BinaryIO) -> None:
    """`iter_csv` into an open binary file."""
    out.writelines(iter_csv(columns, rows))


def to_csv(table: Table) -> bytes:
    """The rows alone, subtotals among them as in JSON; no title, no totals: it reads back as data."""
    return b"".join(iter_csv(table.columns, (row.values for row in table.rows)))
