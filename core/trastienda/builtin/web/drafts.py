"""What was typed into a record's form, and the payload that it means for the write path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from ...entities.compiled import Column, CompiledEntity, LineSet
from ...storage.models import SharedRecord
from .visit import Visit

#: Blank lines that a new record's grid starts with, and that the button without a script adds.
BLANK_LINES = 3


@dataclass(frozen=True)
class LineDraft:
    """A line as typed, by column; `id` is empty for a new one."""

    id: str
    typed: Mapping[str, str]


@dataclass(frozen=True)
class Draft:
    """A record as typed, by column, with its lines by the name of their list. Unticked boxes are absent."""

    typed: Mapping[str, str]
    lines: Mapping[str, tuple[LineDraft, ...]]


def writable(visit: Visit, entity: CompiledEntity) -> dict[str, Column]:
    """The columns that the visitor may fill in."""
    visible = visit.site.permissions.visible(visit.actor, entity)
    return {name: column for name, column in visible.items() if not column.readonly and column.kind != "id"}


def writable_lines(lines: LineSet) -> dict[str, Column]:
    return {name: column for name, column in lines.columns.items() if not column.readonly and column.kind != "id"}


def read_form(visit: Visit, entity: CompiledEntity, form: MultiDict[str, str]) -> Draft:
    """Lines that are blank are left out: emptying a line removes it, script or not."""
    typed = {name: form[name] for name in writable(visit, entity) if name in form}
    return Draft(typed, {name: _read_lines(lines, form) for name, lines in entity.lines.items()})


def beginning(visit: Visit, entity: CompiledEntity) -> dict[str, str]:
    """What a new record's form is filled in with, as it would be typed; a record that may not be read is left out."""
    columns, found = writable(visit, entity), {}
    for field, begins in entity.declared.begins.items():
        if field.name in columns:
            value = begins(visit.site.work(visit.actor, visit.company))
            if isinstance(value, SharedRecord):
                value = _named(visit, value)
            elif isinstance(value, date):
                value = value.isoformat()
            if value not in (None, False):
                found[field.name] = visit.reader.typed(columns[field.name], value)
    return found


def _named(visit: Visit, record: SharedRecord) -> dict[str, Any] | None:
    target = visit.site.registry.entity_of(record)
    if not visit.may(target, "read"):
        return None
    return {"id": record.id, "key": getattr(record, target.key.name) if target.key is not None else None}


def _read_lines(lines: LineSet, form: MultiDict[str, str]) -> tuple[LineDraft, ...]:
    pattern = re.compile(rf"{re.escape(lines.name)}\.(\d+)\.id")
    columns = writable_lines(lines)
    found = []
    for name in form:
        if match := pattern.fullmatch(name):
            given = {
                column: form[f"{lines.name}.{match[1]}.{column}"]
                for column in columns
                if f"{lines.name}.{match[1]}.{column}" in form
            }
            if any(text.strip() for text in given.values()):
                found.append(LineDraft(form[name], given))
    return tuple(found)


def payload_of(
    visit: Visit, entity: CompiledEntity, draft: Draft, item: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The draft as any other door would send it; `item` is the stored record, if there is one.

    An extension that the record has no row of, and that was left as it was, gets none.
    """
    payload: dict[str, Any] = {}
    extended: dict[str, dict[str, Any]] = {}
    touched = {plugin for plugin, part in ((item or {}).get("ext") or {}).items() if part is not None}
    if item is None:
        touched |= {each.plugin for each in entity.extensions if each.always}
    for name, column in writable(visit, entity).items():
        value = _value(visit, column, draft.typed.get(name))
        if column.extension is None:
            payload[name] = value
            continue
        extended.setdefault(column.extension.plugin, {})[column.path[-1]] = value
        if not _untouched(visit, column, draft.typed.get(name)):
            touched.add(column.extension.plugin)
    if parts := {plugin: part for plugin, part in extended.items() if plugin in touched}:
        payload["ext"] = parts
    for name, lines in entity.lines.items():
        payload[name] = [_line(visit, lines, line) for line in draft.lines.get(name, ())]
    return payload


def _line(visit: Visit, lines: LineSet, draft: LineDraft) -> dict[str, Any]:
    values = {name: _value(visit, column, draft.typed.get(name)) for name, column in writable_lines(lines).items()}
    known = draft.id.isascii() and draft.id.isdecimal() and len(draft.id) < 19
    return {"id": int(draft.id), **values} if known else values


def _untouched(visit: Visit, column: Column, text: str | None) -> bool:
    """Whether a new form holds this text."""
    default = column.field.default
    if column.kind == "boolean":
        return bool(text) == bool(default)
    new = "" if default is None or callable(default) else visit.reader.typed(
        column, str(default) if column.scale else default)
    return (text or "").strip() in ("", new)


def _value(visit: Visit, column: Column, text: str | None) -> Any:
    """What a field's text means; nothing typed is none, or a default where it must have one."""
    if column.kind == "boolean":
        return text is not None and text != ""
    if text is None or not text.strip():
        if column.field.null:
            return None
        default = column.field.default
        if default is None or callable(default):
            return "" if column.kind in ("text", "longtext") else None
        return str(default) if column.scale else default
    return visit.reader.taken(column, text)


def draft_of(visit: Visit, entity: CompiledEntity, item: Mapping[str, Any]) -> Draft:
    """A stored record as it would be typed: what a copy of it starts from, its lines being new ones."""

    def typed(columns: Mapping[str, Column], values: Mapping[str, Any]) -> dict[str, str]:
        return {
            name: visit.reader.typed(column, value)
            for name, column in columns.items()
            if (value := column.of(values)) not in (None, False)
        }

    return Draft(
        typed(writable(visit, entity), item),
        {
            name: tuple(LineDraft("", typed(writable_lines(lines), line)) for line in item.get(name, ()))
            for name, lines in entity.lines.items()
        },
    )
