"""Writing the migration that changed models need: a draft, for a person to read and mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import peewee

from .migrations import History
from .model_shapes import shape_of
from .operations import (
    AddCheck,
    AddColumn,
    AddIndex,
    AlterColumn,
    CreateTable,
    DropCheck,
    DropColumn,
    DropIndex,
    DropTable,
    MigrationFault,
    Operation,
    Schema,
    replay,
)
from .shapes import Column, TableShape

LINE = 110


def differences(history: History, models: Iterable[type[peewee.Model]]) -> list[Operation]:
    """What would make the history's tables those of the models; nothing when they match.

    A renamed column or table is seen as one that goes and one that comes.
    """
    have = history.schema
    want = {shape.name: shape for shape in map(shape_of, models)}
    return [
        *_created([shape for name, shape in want.items() if name not in have]),
        *(step for name, shape in want.items() if name in have for step in _altered(have[name], shape)),
        *_dropped([shape for name, shape in have.items() if name not in want]),
    ]


def draft(history: History, models: Iterable[type[peewee.Model]]) -> str:
    """A migration's source text; empty when there is nothing to do."""
    steps = differences(history, models)
    if not steps:
        return ""
    names = sorted(_names(steps))
    imports = f"from trastienda.migrations import {', '.join(names)}"
    if len(imports) > LINE:
        imports = (
            f"from trastienda.migrations import (\n{''.join(f'    {name},{chr(10)}' for name in names)})"
        )
    return "\n".join([imports, "", "operations = [", *_lines(steps), "]", ""])


def write_draft(
    folder: Path, history: History, models: Iterable[type[peewee.Model]], slug: str
) -> Path | None:
    """Write the draft as the history's next file, `0002_<slug>.py`; None when there is nothing to do."""
    text = draft(history, models)
    if not text:
        return None
    last = max((int(migration.name[:4]) for migration in history.migrations), default=0)
    path = folder / f"{last + 1:04d}_{slug}.py"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _created(shapes: Sequence[TableShape]) -> Iterator[CreateTable | AlterColumn]:
    """Each table after those that it refers to; where they refer to one another, the references come last."""
    waiting = {shape.name: shape for shape in shapes}
    late: list[AlterColumn] = []
    while waiting:
        name = next(
            (name for name, shape in waiting.items() if not _targets(shape) & (waiting.keys() - {name})),
            next(iter(waiting)),
        )
        shape = waiting.pop(name)
        early = [
            replace(column, references="", on_delete="") if column.target[0] in waiting else column
            for column in shape.columns
        ]
        late += [AlterColumn(name, _bare(column)) for column in shape.columns if column.target[0] in waiting]
        yield CreateTable(replace(shape, columns=[*map(_bare, early)]))
    yield from late


def _dropped(shapes: Sequence[TableShape]) -> Iterator[Operation]:
    """As they would be created, backwards."""
    for step in reversed([*_created(shapes)]):
        if isinstance(step, CreateTable):
            yield DropTable(step.shape.name)
        else:
            yield AlterColumn(step.table, replace(step.column, references="", on_delete=""))


def _targets(shape: TableShape) -> set[str]:
    return {column.target[0] for column in shape.columns}


def _bare(column: Column) -> Column:
    return replace(column, fill=None)


def _altered(old: TableShape, new: TableShape) -> Iterator[Operation]:
    if old.primary_key != new.primary_key:
        raise MigrationFault(
            f"{old.name} has another primary key: that takes a new table, and a migration by hand"
        )
    table = old.name
    changes: list[Operation] = [
        DropCheck(table, check.name) for check in old.checks if check not in new.checks
    ]
    changes += [DropIndex(table, index.name) for index in old.indexes if index not in new.indexes]
    for column in new.columns:
        known = old.by_name.get(column.name)
        if known is None:
            changes.append(AddColumn(table, _bare(column) if column.null else column))
        elif known != column:
            changes.append(AlterColumn(table, column if known.null and not column.null else _bare(column)))
    changes += [DropColumn(table, name) for name in old.by_name if name not in new.by_name]
    after: Schema = replay({table: old}, changes)
    yield from changes
    yield from (AddIndex(table, index) for index in new.indexes if index not in after[table].indexes)
    yield from (AddCheck(table, check) for check in new.checks if check not in after[table].checks)


def _names(value: Any) -> set[str]:
    """The classes that a step's source text is written with."""
    if isinstance(value, (list, tuple)):
        return {name for item in value for name in _names(item)}
    if not is_dataclass(value):
        return set()
    return {type(value).__name__}.union(*(_names(getattr(value, part.name)) for part in fields(value)))


def _lines(steps: Sequence[Operation]) -> Iterator[str]:
    renamed = {step.table for step in steps if isinstance(step, AddColumn)}
    for step in steps:
        if isinstance(step, AddColumn) and not step.column.null and step.column.fill is None:
            yield "    # Rows already there need a value: fill=..."
        if isinstance(step, DropColumn) and step.table in renamed:
            yield f'    # If it was renamed: RenameColumn("{step.table}", "{step.column}", "its new name")'
        yield f"    {_source(step, indent=4)},"


def _source(value: Any, *, indent: int, before: int = 0) -> str:
    """An expression that makes the value, over several lines where one is too short.

    `before` is the width of what stands in front of it in its line, after the indent.
    """
    if isinstance(value, tuple):
        opening, closing, parts = "[", "]", [("", item) for item in value]
    elif is_dataclass(value):
        opening, closing, parts = f"{type(value).__name__}(", ")", [*_arguments(value)]
    else:
        return _text(value) if isinstance(value, str) else repr(value)
    whole = opening + ", ".join(name + _source(item, indent=0) for name, item in parts) + closing
    if indent + before + len(whole) < LINE and "\n" not in whole and not _is_spread(value):
        return whole
    inner = " " * (indent + 4)
    lines = [f"{inner}{name}{_source(item, indent=indent + 4, before=len(name))},\n" for name, item in parts]
    return f"{opening}\n{''.join(lines)}{' ' * indent}{closing}"


def _is_spread(value: Any) -> bool:
    """A table has a line for each column, however short."""
    return isinstance(value, TableShape) or (
        isinstance(value, tuple) and any(isinstance(item, Column) for item in value)
    )


def _arguments(value: Any) -> Iterator[tuple[str, Any]]:
    """Those that aren't their default, by name where the class takes them by name alone."""
    for part in fields(value):
        item = getattr(value, part.name)
        if item != part.default or part.kw_only is False:
            yield (f"{part.name}=" if part.kw_only else ""), item


def _text(value: str) -> str:
    return (
        '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if "'" in value or '"' not in value
        else repr(value)
    )
