"""Which column each header of a file is: seen on trial, and said by hand where its name says nothing."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from flask import request

from ...entities.compiled import CompiledEntity
from ...entities.files import UnreadableFile
from ...entities.headers import SKIPPED, Heading, map_headers
from ...languages import gettext as _
from ...storage.folding import fold
from .views.fields import FieldView
from .views.parts import Choice, Column

Labels = Mapping[str, str]


def said_by_hand() -> dict[str, str]:
    """Header -> column, as the form of the trial says it."""
    return {header: request.form.get(f"column.{at}", "") for at, header in _headers() if f"column.{at}" in request.form}


def carried() -> tuple[tuple[str, str], ...]:
    """The same as inputs, for the import that follows the trial."""
    return tuple(
        pair
        for at, header in _headers()
        for pair in ((f"header.{at}", header), (f"column.{at}", request.form.get(f"column.{at}", "")))
    )


def _headers() -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    while (header := request.form.get(f"header.{len(found)}")) is not None:
        found.append((len(found), header))
    return found


def to_match(
    entity: CompiledEntity, header: Sequence[str], mapping: Mapping[str, str], labels: Labels
) -> tuple[FieldView, ...]:
    """A choice for each header where one of them fits nothing, or where somebody has chosen before."""
    if said_by_hand() or not all(_heading(entity, text, mapping) for text in header):
        return tuple(_choice(entity, at, text, mapping, labels) for at, text in enumerate(header))
    return ()


def _heading(entity: CompiledEntity, text: str, mapping: Mapping[str, str]) -> Heading | None:
    try:
        return map_headers(entity, [text], mapping)[0]
    except UnreadableFile:
        return None


def _choice(
    entity: CompiledEntity, at: int, text: str, mapping: Mapping[str, str], labels: Labels
) -> FieldView:
    found = _heading(entity, text, mapping)
    chosen = _nearest(text, labels) if found is None else _name_of(found) if found.check is not None else SKIPPED
    choices = [(SKIPPED, _("leave it out")), *labels.items()]
    if chosen not in dict(choices):
        choices.insert(0, (text, _("by its name")))
        chosen = text
    return FieldView(
        f"column.{at}", text, "choice", chosen,
        choices=tuple(Choice(value, label, value == chosen) for value, label in choices),
    )  # fmt: skip


def _name_of(heading: Heading) -> str:
    return heading.name or heading.line_name


def _nearest(text: str, labels: Labels) -> str:
    """What the header may have meant; left out where nothing is like it."""
    names = {fold(word): name for name, label in labels.items() for word in (label, name)}
    near = difflib.get_close_matches(fold(text.strip()), names, 1)
    return names[near[0]] if near else SKIPPED


def columns_matched(
    entity: CompiledEntity, header: Sequence[str], mapping: Mapping[str, str], labels: Labels
) -> tuple[Column, ...]:
    """The file's columns, each by what it is, with the file's own name for it beside."""
    shown = []
    for text in header:
        found = _heading(entity, text, mapping)
        name = _name_of(found) if found is not None and found.check is not None else ""
        label = labels.get(name, name) or _("left out")
        shown.append(Column(text, label, unit=text if fold(text) not in (fold(label), fold(name)) else ""))
    return tuple(shown)
