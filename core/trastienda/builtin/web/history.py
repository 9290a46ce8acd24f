"""A record's past as sentences: who did what when, and which values became which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...entities import read
from ...entities.compiled import Column, CompiledEntity
from ...entities.query import MAX_LIMIT, parse_query
from ...languages import gettext as _
from .fields import target_of
from .lists import action_label
from .reader import word
from .views.records import Change, Difference
from .visit import Visit

Labels = Mapping[tuple[Column, int], str]


def changes(
    visit: Visit, entity: CompiledEntity, told: Sequence[Mapping[str, Any]], *, births: bool = False
) -> tuple[Change, ...]:
    """From the audit's rows, newest first; a creation is told without its values, unless `births` are wanted."""
    changed = [
        {**each, "changes": {} if not births and _is_birth(each, told[-1]) else each["changes"]} for each in told
    ]
    labels = labels_of(visit, entity, changed)
    return tuple(
        Change(
            visit.reader.moment(each["at"]),
            each["at"],
            _who(each),
            what_of(entity, each["action"]),
            tuple(_differences(visit, entity, each["changes"], labels)),
        )
        for each in changed
    )


def _is_birth(told: Mapping[str, Any], oldest: Mapping[str, Any]) -> bool:
    """Whether the record began with this: what was made and posted at once is told as posted."""
    pairs = told["changes"].values()
    return told["action"] == "create" or (
        told is oldest and all(not isinstance(pair, Mapping) and pair[0] is None for pair in pairs)
    )


def _who(told: Mapping[str, Any]) -> str:
    return (
        str(told["actor"]) if told["via"] == "web" else _("%(who)s, by %(door)s", who=told["actor"], door=told["via"])
    )


def what_of(entity: CompiledEntity | None, action: str) -> str:
    if entity is not None and action in entity.actions:
        return action_label(entity.actions[action])
    return {"create": _("Created"), "update": _("Changed"), "delete": _("Deleted")}.get(action) or word(action)


def _differences(
    visit: Visit, entity: CompiledEntity, pairs: Mapping[str, Any], labels: Labels
) -> Iterable[Difference]:
    for name, pair in pairs.items():
        head = name.partition(".")[0]
        if isinstance(pair, Mapping):
            yield Difference(name, "", _("erased"))
        elif head in entity.lines:
            lines = entity.lines[head]
            before, after = (_line(visit, lines.columns, side, labels) for side in pair)
            yield Difference(_(lines.label), before, after)
        elif (column := entity.columns.get(name)) is not None:
            before, after = (_text(visit, column, side, labels) for side in pair)
            yield Difference(column.heading, before, after)
        elif head in ("attachments", "comments"):
            before, after = (str(side.get("name", "") if isinstance(side, Mapping) else side or "") for side in pair)
            yield Difference(_("File") if head == "attachments" else _("Comment"), before, after)


def _line(visit: Visit, columns: Mapping[str, Column], values: Mapping[str, Any] | None, labels: Labels) -> str:
    texts = [
        _text(visit, columns[name], value, labels)
        for name, value in (values or {}).items()
        if name in columns and value not in (0, "0")
    ]
    return " · ".join(text for text in texts if text)


def _text(visit: Visit, column: Column, value: Any, labels: Labels) -> str:
    if column.kind == "ref" and isinstance(value, int):
        return labels.get((column, value), f"#{value}")
    return visit.reader.text(column, value)


def labels_of(visit: Visit, entity: CompiledEntity, told: Sequence[Mapping[str, Any]]) -> Labels:
    """What the ids in the changes stand for, one query for each column that has any."""
    wanted: dict[Column, set[int]] = {}
    for each in told:
        for name, pair in each["changes"].items():
            if not isinstance(pair, Mapping):
                lines = entity.lines.get(name.partition(".")[0])
                for side in pair:
                    columns, values = (
                        (lines.columns, side or {}) if lines is not None else (entity.columns, {name: side})
                    )
                    _gather(columns, values, wanted)
    return {
        (column, identity): text
        for column, ids in wanted.items()
        for identity, text in _names(visit, column, sorted(ids))
    }


def _gather(columns: Mapping[str, Column], values: Mapping[str, Any], wanted: dict[Column, set[int]]) -> None:
    for name, value in values.items():
        column = columns.get(name)
        if column is not None and column.kind == "ref" and isinstance(value, int):
            wanted.setdefault(column, set()).add(value)


def _names(visit: Visit, column: Column, ids: Sequence[int]) -> Iterable[tuple[int, str]]:
    target = target_of(visit, column)
    if target is None or target.key is None:
        return
    asked = [
        ("id__in", ",".join(map(str, ids[:MAX_LIMIT]))),
        ("fields", f"id,{target.key.name}"),
        ("limit", str(MAX_LIMIT)),
    ]
    query = parse_query(visit.site, visit.actor, target, asked)
    for item in read.list_page(visit.site, visit.actor, visit.company, target, query).items:
        yield item["id"], str(item[target.key.name])
