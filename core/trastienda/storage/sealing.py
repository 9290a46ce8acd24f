"""Secrets that the server must be able to read again, sealed in the database with keys that are not in it."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import peewee
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from ..errors import TrastiendaError
from ..languages import gettext
from .models import Row, current_database

CHUNK = 500


class Unreadable(TrastiendaError):
    """A sealed value whose key is not among those that this server has."""

    status = 500
    title = "A secret cannot be read"

    def __init__(self) -> None:
        super().__init__(gettext("A secret in the database was sealed with a key that is not here: "
                                 "see `trastienda doctor`"))


class Sealer:
    """`keys(make)` answers the keys as they are now, the first for new values; with `make` there must be one."""

    def __init__(self, keys: Callable[[bool], Sequence[str]]) -> None:
        self._keys = keys
        self._known: tuple[Sequence[str], MultiFernet] | None = None

    def seal(self, text: str) -> str:
        return self._fernet(self._keys(True)).encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises Unreadable."""
        keys = self._keys(False)
        try:
            return self._fernet(keys).decrypt(sealed).decode() if keys else self._none()
        except InvalidToken as error:
            raise Unreadable from error

    def _none(self) -> str:
        raise Unreadable

    def _fernet(self, keys: Sequence[str]) -> MultiFernet:
        if self._known is None or self._known[0] != keys:
            self._known = (keys, MultiFernet([Fernet(each) for each in keys]))
        return self._known[1]


class SecretField(peewee.Field[str]):
    """A text that no door shows and no copy of the database tells: sealed on its way in, opened on its way out.

    It cannot be compared in a query, and empty text stays empty.
    """

    field_type = "TEXT"

    def db_value(self, value: Any) -> Any:
        return value if value is None or value == "" else current_database.obj.sealer.seal(str(value))

    def python_value(self, value: Any) -> Any:
        return value if value is None or value == "" else current_database.obj.sealer.open(value)

    if TYPE_CHECKING:
        def __new__(cls, *, null: bool = ..., default: str | None = ..., verbose_name: str = ...,
                    help_text: str = ...) -> SecretField: ...


def secret_columns(models: Iterable[type[Row]]) -> Iterator[tuple[type[Row], SecretField]]:
    for model in models:
        for field in model._meta.sorted_fields:
            if isinstance(field, SecretField):
                yield model, field


def unreadable(database: Any, models: Iterable[type[Row]]) -> Iterator[tuple[str, int]]:
    """(table and column, how many values) that the keys do not open."""
    for model, field in secret_columns(models):
        count = sum(not _opens(database.sealer, text) for *_, text in _sealed(database, model, field))
        if count:
            yield f"{model._meta.table_name}.{field.column_name}", count


def seal_anew(database: Any, models: Iterable[type[Row]]) -> int:
    """Seal every secret with the first key, inside a write; how many there were. Raises Unreadable, changing none."""
    count = 0
    for model, field in secret_columns(models):
        mark = database.placeholder
        where = " AND ".join(f'"{key}" = {mark}' for key in _keys(model))
        sealer = database.sealer
        rows = [(sealer.seal(sealer.open(text)), *row) for *row, text in _sealed(database, model, field)]
        for start in range(0, len(rows), CHUNK):
            database.execute_many(
                f'UPDATE "{model._meta.table_name}" SET "{field.column_name}" = {mark} WHERE {where}',
                rows[start:start + CHUNK])
        count += len(rows)
    return count


def _sealed(database: Any, model: type[Row], field: SecretField) -> list[tuple[Any, ...]]:
    """The key and the sealed text of each row that has one."""
    columns = ", ".join(f'"{name}"' for name in (*_keys(model), field.column_name))
    sql = f"SELECT {columns} FROM \"{model._meta.table_name}\" WHERE \"{field.column_name}\" <> ''"
    return list(database.execute_sql(sql).fetchall())


def _keys(model: type[Row]) -> list[str]:
    """The columns of its primary key."""
    key: Any = model._meta.primary_key
    names = key.field_names if isinstance(key, peewee.CompositeKey) else (key.name,)
    return [model._meta.fields[name].column_name for name in names]


def _opens(sealer: Sealer, text: str) -> bool:
    try:
        sealer.open(text)
    except Unreadable:
        return False
    return True
