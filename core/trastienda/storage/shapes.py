"""A table as plain values, the same for SQLite and PostgreSQL: what migrations speak in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Literal, TypeAlias

ColumnType: TypeAlias = Literal[
    "id", "bigint", "integer", "boolean", "float", "text", "date", "datetime", "time", "json", "bytes", "uuid"
]
#: A value that a migration may write down.
Plain: TypeAlias = "str | int | float | bool | None"
LONGEST_NAME = 63


def identifier(*parts: str) -> str:
    """The parts joined by underscores; PostgreSQL takes 63 characters, so a longer name ends in a digest."""
    name = "_".join(parts)
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(value: Plain) -> str:
    """SQL of both dialects. (SQLite's TRUE is 1.)"""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


def mentions(sql: str, column: str) -> bool:
    """Whether an expression names the column, outside its string literals."""
    return any(word == column for word in re.findall(r"'(?:[^']|'')*'|\w+", sql))


def with_renamed(sql: str, *, column: str, to: str) -> str:
    return re.sub(r"'(?:[^']|'')*'|\w+", lambda word: to if word[0] == column else word[0], sql)


@dataclass(frozen=True)
class Column:
    """`references` is `table.column`.

    `fill` is what rows already there get when the column is added, or when it no longer takes NULL; it is no
    default of the database's, and no part of the shape.
    """

    name: str
    type: ColumnType
    _: KW_ONLY
    length: int | None = None
    null: bool = False
    references: str = ""
    on_delete: str = ""
    fill: Plain = field(default=None, compare=False)

    @property
    def target(self) -> tuple[str, str]:
        """The table and the column that it refers to."""
        table, _, column = self.references.partition(".")
        return table, column


@dataclass(frozen=True)
class Index:
    """Each of `columns` is a column's name or else an SQL expression; `where` makes it partial."""

    name: str
    columns: Sequence[str]
    _: KW_ONLY
    unique: bool = False
    where: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(self.columns))

    def mentions(self, column: str) -> bool:
        return any(mentions(sql, column) for sql in (*self.columns, self.where))


@dataclass(frozen=True)
class Check:
    name: str
    sql: str


@dataclass(frozen=True)
class TableShape:
    """A table's columns, the names of those that are its primary key, indexes and checks."""

    name: str
    columns: Sequence[Column]
    _: KW_ONLY
    primary_key: Sequence[str] = ("id",)
    indexes: Sequence[Index] = ()
    checks: Sequence[Check] = ()

    def __post_init__(self) -> None:
        for part in ("columns", "primary_key", "indexes", "checks"):
            object.__setattr__(self, part, tuple(getattr(self, part)))
        for names in (
            [column.name for column in self.columns],
            [index.name for index in self.indexes],
            [check.name for check in self.checks],
        ):
            if len(set(names)) < len(names):
                raise ValueError(f"{self.name} has a name twice: {', '.join(sorted(names))}")
        if missing := set(self.primary_key) - {column.name for column in self.columns}:
            raise ValueError(f"{self.name} lacks {', '.join(sorted(missing))} of its primary key")
        if any(column.type == "id" and self.primary_key != (column.name,) for column in self.columns):
            raise ValueError(f"{self.name} has an id that is not its primary key")

    def column(self, name: str) -> Column:
        """The column of this name; raises KeyError."""
        return self.by_name[name]

    @property
    def by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}

    def renamed(self, to: str) -> TableShape:
        """Under another name, and with it the indexes and checks that are named after the table."""
        return named_anew(
            self,
            replace(
                self,
                name=to,
                columns=[
                    replace(column, references=f"{to}.{column.target[1]}")
                    if column.target[0] == self.name
                    else column
                    for column in self.columns
                ],
            ),
        )

    def with_renamed_column(self, name: str, *, to: str) -> TableShape:
        """With one column under another name, and with it the indexes and checks that are named after it."""

        def anew(sql: str) -> str:
            return with_renamed(sql, column=name, to=to)

        return named_anew(
            self,
            replace(
                self,
                columns=[
                    replace(column, name=to) if column.name == name else column for column in self.columns
                ],
                primary_key=[to if key == name else key for key in self.primary_key],
                indexes=[
                    replace(index, columns=[anew(sql) for sql in index.columns], where=anew(index.where))
                    for index in self.indexes
                ],
                checks=[replace(check, sql=anew(check.sql)) for check in self.checks],
            ),
        )


def index_name(table: str, columns: Iterable[str], *, unique: bool) -> str:
    return identifier(table, *columns, "key" if unique else "idx")


def check_name(table: str, columns: Iterable[str], sql: str) -> str:
    """After the columns that the check is about, in their order."""
    return identifier(table, *(column for column in columns if mentions(sql, column)), "check")


def named_anew(before: TableShape, after: TableShape) -> TableShape:
    """`after`, its indexes and checks being those of `before`, with their derived names derived again."""

    def index(old: Index, new: Index) -> Index:
        derived = index_name(before.name, old.columns, unique=old.unique)
        return (
            replace(new, name=index_name(after.name, new.columns, unique=new.unique))
            if old.name == derived
            else new
        )

    def check(old: Check, new: Check) -> Check:
        derived = check_name(before.name, before.by_name, old.sql)
        return (
            replace(new, name=check_name(after.name, after.by_name, new.sql)) if old.name == derived else new
        )

    return replace(
        after,
        indexes=[*map(index, before.indexes, after.indexes)],
        checks=[*map(check, before.checks, after.checks)],
    )
