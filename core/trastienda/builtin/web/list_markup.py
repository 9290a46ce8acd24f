"""The rows of a list as HTML, by functions made once for each column: a page may have thousands of cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from markupsafe import Markup

from ...entities.compiled import Column, CompiledEntity
from ...languages import gettext as _
from . import addresses, fields
from .markup import mark
from .reader import word
from .views.parts import FIGURES, Row
from .visit import Visit

#: A record's value as HTML; nothing where it says nothing.
Cell = Callable[[Mapping[str, Any]], str]


def list_body(
    visit: Visit,
    entity: CompiledEntity,
    columns: Sequence[Column],
    items: Sequence[dict[str, Any]],
    select: str,
    headings: Mapping[int, Row],
) -> Markup:
    """The body of a list's table; `headings` stand above the items of their places."""
    lead = next((column.name for column in reversed(columns) if column.scale), "")
    plans = [
        (_opening(column, place, lead), cell_of(visit, entity, column, linked=bool(place)), not place)
        for place, column in enumerate(columns)
    ]
    base = f"/{entity.path}/"
    label = escape(_("Select %(record)s"))
    parts: list[str] = []
    for at, item in enumerate(items):
        if at in headings:
            parts.append(_heading(columns, headings[at], select))
        identity = item["id"]
        texts = [cell(item) for _open, cell, _first in plans]
        name = texts[0] or f"#{identity}"
        parts.append('<tr role="row">')
        if select:
            chosen = label % {"record": _plain(name)}
            parts.append(
                '<td role="cell" class="select"><input type="checkbox" class="form-check-input" name="ids" '
                f'value="{identity}" form="{select}" aria-label="{chosen}"></td>'
            )
        for (opening, _cell, first), text in zip(plans, texts, strict=True):
            if first:
                text = f'<a href="{base}{identity}">{name}</a>'
            parts.append(f"{opening[0] if text else opening[1]}{text}</td>")
        parts.append("</tr>")
    return Markup("".join(parts))


def _plain(html: str) -> str:
    """The words of a cell's HTML."""
    return re.sub("<[^>]+>", "", html) if "<" in html else html


def _opening(column: Column, place: int, lead: str) -> tuple[str, str]:
    """The tag that opens a cell of this column, and that of an empty one."""
    classes = [
        name
        for name, wanted in (
            ("first", not place),
            ("num", column.kind in FIGURES),
            ("lead-num", column.name == lead),
            ("short", column.kind in ("choice", "date", "datetime")),
        )
        if wanted
    ]
    label = escape(column.heading)
    state = ["is-state"] if column.kind == "state" and place else []

    def tag(names: Sequence[str]) -> str:
        return f'<td role="cell" class="{" ".join(names)}" data-label="{label}">'

    return tag([*classes, *state]), tag([*classes, "blank"])


def _heading(columns: Sequence[Column], row: Row, select: str) -> str:
    parts = ['<tr role="row" class="subtotal level-0">']
    if select:
        parts.append('<td role="cell" class="select"></td>')
    spread = next((place for place, value in enumerate(row.cells[1:], 1) if value.text), len(row.cells))
    for place, (column, value) in enumerate(zip(columns, row.cells, strict=True)):
        if 0 < place < spread:
            continue  # the group's name takes the room
        classes = " ".join([*(["first"] if not place else []), *(["num"] if column.kind in FIGURES else [])])
        note = f' <span class="note">{escape(value.note)}</span>' if value.note else ""
        span = f' colspan="{spread}"' if not place and spread > 1 else ""
        parts.append(f'<td role="cell" class="{classes}"{span}>{escape(value.text)}{note}</td>')
    return "".join([*parts, "</tr>"])


def cell_of(visit: Visit, entity: CompiledEntity, column: Column, *, linked: bool = True) -> Cell:
    """What writes a cell of this column; `linked`: a reference leads to its record."""
    value = column.of
    match column.kind:
        case "ref":
            return _reference(visit, column, linked=linked)
        case "money" | "quantity" | "rate":
            return _figure(visit, column)
        case "date":
            day = visit.reader.speech.day
            return lambda item: escape(day(date.fromisoformat(found))) if (found := value(item)) else ""
        case "state":
            marks = {state: str(mark(fields.mark(entity, state))) for state in column.options}
            return lambda item: marks.get(value(item), "")
        case "choice":
            words = {option: escape(word(option)) for option in column.options}
            return lambda item: words.get(found := value(item), escape(str(found or "")))
        case "boolean":
            yes, no = escape(_("Yes")), f'<span class="note">{escape(_("No"))}</span>'
            return lambda item: "" if (found := value(item)) is None else yes if found else no
        case "datetime":
            moment = visit.reader.moment
            return lambda item: escape(moment(found)) if (found := value(item)) else ""
    return lambda item: "" if (found := value(item)) is None else escape(str(found))


def _figure(visit: Visit, column: Column) -> Cell:
    """An amount, its currency beside it where it is a foreign one; nought where nothing is said stays quiet."""
    value, figure, own = column.of, visit.reader.figure, visit.reader.currency
    decimals = visit.reader.decimals if column.kind == "money" else 0
    quiet = column.field.default == 0

    def write(item: Mapping[str, Any]) -> str:
        found = value(item)
        if found is None or (quiet and not str(found).strip("0.")):
            return ""
        text = figure(found, decimals=decimals)
        currency = column.currency_of(item)
        return text if not currency or currency == own else f'{text} <span class="unit">{escape(currency)}</span>'

    return write


def _reference(visit: Visit, column: Column, *, linked: bool) -> Cell:
    value = column.of
    target = fields.target_of(visit, column) if linked else None
    base = addresses.listing(target) if target is not None else ""

    def write(item: Mapping[str, Any]) -> str:
        found = value(item)
        if found is None:
            return ""
        found = fields.person(visit, column, found)
        text = str(found.get("key") or found.get("label") or f"#{found['id']}")
        label = found.get("label")
        html = escape(text)
        if label and label != text:
            html = f'{html} <span class="note">{escape(str(label))}</span>'
        return f'<a href="{base}/{found["id"]}">{html}</a>' if base else html

    return write
