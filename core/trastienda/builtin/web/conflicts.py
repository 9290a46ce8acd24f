"""Two people changed one record: what each has, and the form that comes of choosing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from werkzeug.datastructures import MultiDict

from ...entities.compiled import Column, CompiledEntity, LineSet
from ...languages import gettext as _
from . import addresses
from .drafts import Draft, LineDraft, draft_of, writable, writable_lines
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
    before = _before(entity, told, steps=int(item["version"]) - seen)
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


def _before(entity: CompiledEntity, told: Sequence[Mapping[str, Any]], *, steps: int) -> dict[str, Any]:
    """What the columns held that others changed in these many latest steps, before they did; references aside."""
    plain = {name for name, column in entity.columns.items() if column.kind != "ref"}
    own = [{name: pair for name, pair in each["changes"].items() if name in plain} for each in told]
    pairs: dict[str, Any] = {}
    for changes in [each for each in own if each][:steps]:
        pairs.update(changes)
    return {name: pair[0] for name, pair in pairs.items() if isinstance(pair, list)}


def _conflicts(
    visit: Visit, entity: CompiledEntity, item: Mapping[str, Any], draft: Draft, before: Mapping[str, Any]
) -> list[ConflictField]:
    """Theirs is offered where only they changed a field, mine otherwise."""
    theirs = draft_of(visit, entity, item)
    found = []
    for name, column in writable(visit, entity).items():
        mine, other = draft.typed.get(name, ""), theirs.typed.get(name, "")
        meant = _meaning(visit, column, mine)
        if meant != _meaning(visit, column, other):
            untouched = name in before and meant == _meaning(visit, column, _typed(visit, column, before[name]))
            shown = _shown(visit, column, mine), _shown(visit, column, other)
            found.append(ConflictField(name, column.heading, *shown, mine_chosen=not untouched))
    for name, lines in entity.lines.items():
        mine_lines, their_lines = (_lines(visit, lines, each.lines.get(name, ())) for each in (draft, theirs))
        if mine_lines != their_lines:
            found.append(ConflictField(name, _(lines.label), mine_lines, their_lines))
    return found


def _typed(visit: Visit, column: Column, value: Any) -> str:
    return "" if value is None or value is False else visit.reader.typed(column, value)


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
