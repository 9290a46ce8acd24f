"""Two people changed one record: what each has, and the form that comes of choosing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from werkzeug.datastructures import MultiDict

from ...entities.compiled import Column, CompiledEntity, LineSet
from ...languages import gettext as _
from . import addresses
from .drafts import Draft, LineDraft, draft_of, writable, writable_lines
from .history import Labels, labels_of
from .records import record_title
from .views.parts import Link
from .views.records import ConflictField, ConflictView
from .visit import Visit

PICK = "_pick."
#: Inputs of the refused form that belong to it and not to the record.
OWN = frozenset({"csrf_token", "_version", "_resolve"})


def conflict_view(
    visit: Visit,
    entity: CompiledEntity,
    item: Mapping[str, Any],
    draft: Draft,
    form: MultiDict[str, str],
    told: Sequence[Mapping[str, Any]],
    *,
    seen: int,
) -> ConflictView:
    """`item` is the record as it is now, `told` what the audit says of it, newest first, `seen` the form's version."""
    latest = told[0] if told else None
    before = _as_before(visit, entity, item, told, steps=int(item["version"]) - seen)
    carried = tuple(
        (name, text) for name, text in form.items(multi=True) if name not in OWN and not name.startswith(PICK)
    )
    title, url = record_title(entity, item), addresses.record(entity, item["id"])
    return ConflictView(
        title,
        Link(title, url),
        url,
        str(item["version"]),
        str(latest["actor"]) if latest else "",
        visit.reader.moment(latest["at"]) if latest else "",
        tuple(_conflicts(visit, entity, item, draft, before)),
        carried,
    )


def _as_before(
    visit: Visit, entity: CompiledEntity, item: Mapping[str, Any], told: Sequence[Mapping[str, Any]], *, steps: int
) -> dict[str, Any]:
    """The record as it was before what others saved in these many latest steps."""
    known = {*entity.columns, *entity.lines}
    own = [each for each in told if any(name in known or name.partition(".")[0] in entity.lines
                                        for name in each["changes"])][:steps]  # fmt: skip
    labels = labels_of(visit, entity, own)
    before = deepcopy(dict(item))
    for each in own:
        for name, pair in each["changes"].items():
            if isinstance(pair, Mapping):
                continue  # erased
            head, _dot, identity = name.partition(".")
            if head in entity.lines:
                _put_line(before[head], entity.lines[head], int(identity), pair[0], labels)
            elif name in entity.columns:
                _put(before, entity.columns[name], pair[0], labels)
    return before


def _put(values: dict[str, Any], column: Column, value: Any, labels: Labels) -> None:
    """A value of the audit as doors give it."""
    *way, last = column.path
    for step in way:
        values[step] = values.get(step) or {}
        values = values[step]
    is_id = column.kind == "ref" and isinstance(value, int)
    values[last] = {"id": value, "key": labels.get((column, value))} if is_id else value


def _put_line(
    lines: list[dict[str, Any]], line_set: LineSet, identity: int, was: Mapping[str, Any] | None, labels: Labels
) -> None:
    others = [line for line in lines if line["id"] != identity]
    if was is not None:
        line: dict[str, Any] = {"id": identity}
        for name, column in line_set.columns.items():
            if name != "id":
                _put(line, column, was.get(name), labels)
        others.append(line)
    lines[:] = sorted(others, key=lambda each: int(each["id"]))


def _conflicts(
    visit: Visit, entity: CompiledEntity, item: Mapping[str, Any], draft: Draft, before: Mapping[str, Any]
) -> list[ConflictField]:
    """Theirs is offered where only they changed a field, mine otherwise."""
    theirs, was = draft_of(visit, entity, item), draft_of(visit, entity, before)
    found = []
    for name, column in writable(visit, entity).items():
        mine, other = draft.typed.get(name, ""), theirs.typed.get(name, "")
        meant = _meaning(visit, column, mine)
        if meant != _meaning(visit, column, other):
            touched = meant != _meaning(visit, column, was.typed.get(name, ""))
            shown = _shown(visit, column, mine), _shown(visit, column, other)
            found.append(ConflictField(name, column.heading, *shown, mine_chosen=touched))
    for name, lines in entity.lines.items():
        mine_lines, their_lines, old_lines = (each.lines.get(name, ()) for each in (draft, theirs, was))
        meant_lines = _meanings(visit, lines, mine_lines)
        if meant_lines != _meanings(visit, lines, their_lines):
            touched = meant_lines != _meanings(visit, lines, old_lines)
            texts = _lines(visit, lines, mine_lines), _lines(visit, lines, their_lines)
            found.append(ConflictField(name, _(lines.label), *texts, mine_chosen=touched))
    return found


def _meanings(visit: Visit, lines: LineSet, drafts: Sequence[LineDraft]) -> list[dict[str, Any]]:
    """What the lines stand for, without what says nothing."""
    columns = writable_lines(lines)
    meant = [{name: _meaning(visit, columns[name], text) for name, text in draft.typed.items() if text.strip()}
             for draft in drafts]  # fmt: skip
    return [{name: value for name, value in line.items() if value != 0} for line in meant]


def _meaning(visit: Visit, column: Column, text: str) -> Any:
    """What a text stands for, so that `5` and `5.00` are no conflict."""
    taken = visit.reader.taken(column, text)
    if column.scale:
        try:
            return Decimal(taken or column.field.default or "0")
        except InvalidOperation:
            return taken
    return taken


def _shown(visit: Visit, column: Column, text: str) -> tuple[str, ...]:
    if column.kind == "boolean":
        return (visit.reader.text(column, text == "true"),)
    return (text,)


def _lines(visit: Visit, lines: LineSet, drafts: tuple[LineDraft, ...]) -> tuple[str, ...]:
    """One text a line, figures that are nought left out."""
    columns = writable_lines(lines)
    found = []
    for draft in drafts:
        texts = [
            text
            for name, text in draft.typed.items()
            if text and not (columns[name].scale and _meaning(visit, columns[name], text) == 0)
        ]
        found.append(" · ".join(texts))
    return tuple(found)


def resolved(
    visit: Visit, entity: CompiledEntity, item: Mapping[str, Any], draft: Draft, form: MultiDict[str, str]
) -> Draft:
    """The draft with theirs where theirs was picked; of mine, lines that are gone become new ones."""
    theirs = draft_of(visit, entity, item)
    picked = {name.removeprefix(PICK) for name, side in form.items() if name.startswith(PICK) and side == "theirs"}
    typed = {name: text for name, text in draft.typed.items() if name not in picked}
    typed.update({name: text for name, text in theirs.typed.items() if name in picked})
    lines = {}
    for name in entity.lines:
        known = [str(line["id"]) for line in item.get(name, ())]
        if name in picked:
            lines[name] = tuple(
                replace(line, id=identity) for line, identity in zip(theirs.lines[name], known, strict=True)
            )
        else:
            lines[name] = tuple(
                line if line.id in known else replace(line, id="") for line in draft.lines.get(name, ())
            )
    return Draft(typed, lines)
