"""Which column of an entity stands under which header of a file: by name, or by label in either language."""
from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError

from ..languages import LANGUAGES, gettext, speaking, within
from ..storage.folding import fold
from .compiled import Column, CompiledEntity
from .external import EXTERNAL_ID, checked
from .files import UnreadableFile
from .schemas import checker
from .values import Reference

SKIPPED = "-"


@dataclass(frozen=True)
class Heading:
    """One column of the file. `lines` names the line set that it belongs to; `root` says whether the record
    has it too. Without a check it is skipped."""

    at: int
    header: str
    name: str = ""
    line_name: str = ""
    lines: str = ""
    root: bool = False
    column: Column | None = None
    check: Callable[[Any], Any] | None = None


def map_headers(entity: CompiledEntity, header: Sequence[str], mapping: Mapping[str, str]) -> list[Heading]:
    """Raises UnreadableFile naming a header that fits nothing, with the nearest name."""
    names = _names(entity)
    headings = []
    for at, text in enumerate(header):
        wanted = mapping.get(text, text)
        if wanted in (SKIPPED, ""):
            headings.append(Heading(at, text))
            continue
        if wanted.strip().lower() == EXTERNAL_ID and EXTERNAL_ID not in entity.columns:
            headings.append(Heading(at, text, name=EXTERNAL_ID, root=True, check=checked))
            continue
        found = names.get(fold(wanted.strip()))
        if found is None:
            near = difflib.get_close_matches(fold(wanted), names, 1)
            hint = " " + gettext("Did you mean %(name)s?", name=near[0]) if near else ""
            raise UnreadableFile(gettext("There is no column %(name)r in %(records)s.",
                                         name=wanted, records=within(entity.plural)) + hint, 1)
        headings.append(_heading(at, text, *found))
    return headings


def _heading(at: int, header: str, root: Column | None, line: Column | None, lines: str, by_id: bool) -> Heading:
    column = root or line
    assert column is not None
    if column.readonly and line is None:
        return Heading(at, header)
    return Heading(at, header, name=root.name if root is not None else "",
                   line_name=line.name if line is not None else "",
                   lines=lines if line is not None else "", root=root is not None, column=column,
                   check=_by_id if by_id else checker(column))


def _by_id(text: Any) -> Reference:
    if not str(text).isascii() or not str(text).isdigit() or len(str(text)) > 18:
        raise ValidationError(gettext("Not an id."))
    return Reference(id=int(text))


def _names(entity: CompiledEntity) -> dict[str, tuple[Column | None, Column | None, str, bool]]:
    """Folded header -> (the record's column, the line's column, the line set, whether it is an id)."""
    found: dict[str, tuple[Column | None, Column | None, str, bool]] = {}

    def put(name: str, root: Column | None, line: Column | None, lines: str, by_id: bool = False) -> None:
        found.setdefault(fold(name), (root, line, lines, by_id))

    inner = {name: (lines.name, column) for lines in entity.lines.values() for name, column in lines.columns.items()
             if name != "id"}
    for name, column in entity.columns.items():
        lines, line = inner.get(name, ("", None))
        put(name, column, line, lines)
        if column.kind == "ref":
            put(f"{name}.id", column, None, "", True)
    for name, (lines, column) in inner.items():
        put(name, None, column, lines)
        put(f"{lines}.{name}", None, column, lines)
        if column.kind == "ref":
            put(f"{name}.id", None, column, lines, True)
    for language in LANGUAGES:
        with speaking(language):
            for name, column in entity.columns.items():
                put(column.heading, *found[fold(name)])
            for lines, column in inner.values():
                put(gettext(column.label), None, column, lines)
    put("version", entity.version, None, "")
    return found
