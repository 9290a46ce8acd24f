"""Text without accents and case, in Python and in both databases: what a search compares."""
from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

import peewee

#: The function's name in SQLite, which has none of its own for it.
SQLITE_FUNCTION = "trastienda_fold"


@lru_cache(maxsize=10_000)
def fold(text: str) -> str:
    """`Ñandú` and `nandu` are the same."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def fold_value(value: object) -> str | None:
    """For SQLite: a column's value, whatever it is."""
    return None if value is None else fold(str(value))


def folded(expression: Any, dialect: str) -> Any:
    """A column as `fold` makes it of its values.

    PostgreSQL decomposes and drops the combining marks, so that what is left of a Latin letter is ASCII, which it
    lowers in every locale.
    """
    if dialect == "sqlite":
        return peewee.Function(SQLITE_FUNCTION, (expression,))
    return peewee.NodeList((
        peewee.SQL("LOWER(REGEXP_REPLACE(NORMALIZE("), expression, peewee.SQL(", NFKD), '[\u0300-\u036f]', '', 'g'))")))
