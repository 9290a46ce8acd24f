"""From a database row straight to what goes out, by a function compiled once for each set of columns."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from .compiled import Column
from .currencies import decimals_of

Encoder = Callable[[Sequence[Any], int], dict[str, Any]]


def scaled(value: int, scale: int, decimals: int) -> str:
    """A scaled integer as text with at least `decimals` digits after the point; more where they are not zero."""
    sign, value = ("-", -value) if value < 0 else ("", value)
    digits = str(value).rjust(scale + 1, "0")
    whole, part = digits[:-scale], digits[-scale:]
    part = part[:decimals] + part[decimals:].rstrip("0")
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


def money(value: int, decimals: int) -> str:
    """An amount stored with four decimals, with those of its currency."""
    if decimals == 2 and value >= 0 and not value % 100:
        return f"{value // 10000}.{value // 100 % 100:02d}"
    return scaled(value, 4, decimals)


def money_in(value: int, currency: str | None, decimals: int) -> str:
    return money(value, decimals_of(currency) if currency else decimals)


def moment(value: Any) -> str:
    """UTC in ISO 8601; SQLite hands out text, PostgreSQL a datetime."""
    if isinstance(value, datetime):
        value = value.isoformat(" ")
    return f"{value.replace(' ', 'T')}Z"


def reference(identity: int, key: Any, label: Any) -> dict[str, Any]:
    """Of a record that the reader may not see only the id."""
    if key is None and label is None:
        return {"id": identity}
    return {"id": identity, "key": None if key is None else str(key), "label": label if label is not None else str(key)}


def compile_encoder(columns: Sequence[tuple[str, Column, int, bool]], positions: dict[str, int],
                    present: Mapping[str, int]) -> Encoder:
    """`encode(row, decimals)` for (name, column, position in the row, whether key and label follow) each.

    `positions` says where a column stands, for currencies; `present` where a plugin's extension says that the
    record has a row of it. Built from names that the registry owns.
    """
    parts: list[str] = []
    nested: dict[str, list[str]] = {plugin: [] for plugin in present}
    for name, column, position, labelled in columns:
        inside = nested.get(column.extension.plugin) if column.extension is not None else None
        made = _expression(column, position, labelled, positions)
        if inside is None:
            parts.append(f"{name!r}: {made}")
        else:
            inside.append(f"{column.path[-1]!r}: {made}")
    if nested:
        inner = (f"{plugin!r}: None if r[{present[plugin]}] is None else {{{', '.join(each)}}}"
                 for plugin, each in nested.items())
        parts.append(f"'ext': {{{', '.join(inner)}}}")
    scope: dict[str, Any] = {"money": money, "money_in": money_in, "scaled": scaled, "moment": moment,
                             "reference": reference}
    exec(f"def encode(r, d):\n    return {{{', '.join(parts)}}}", scope)
    encoder: Encoder = scope["encode"]
    return encoder


def _expression(column: Column, at: int, labelled: bool, positions: dict[str, int]) -> str:
    value = f"r[{at}]"
    match column.kind:
        case "money":
            currency = positions.get(column.currency_path) if column.currency else None
            made = f"money({value}, d)" if currency is None else f"money_in({value}, r[{currency}], d)"
        case "quantity" | "rate":
            made = f"scaled({value}, {column.scale}, 0)"
        case "boolean":
            made = f"bool({value})"
        case "datetime":
            made = f"moment({value})"
        case "date":
            made = f"str({value})"
        case "ref" if labelled:
            made = f"reference({value}, r[{at + 1}], r[{at + 2}])"
        case "ref":
            made = f"{{'id': {value}}}"
        case _:
            return value
    return f"(None if {value} is None else {made})" if column.field.null or column.expression is not None else made
