"""What every table starts from, and the two tables that the core itself must know: companies and users."""
from __future__ import annotations

import re
from contextvars import ContextVar
from typing import Any, TypeVar, cast

import peewee

from .rows import fetch

_current: ContextVar[Any] = ContextVar("trastienda_database", default=None)
C = TypeVar("C", bound="Child")
X = TypeVar("X", bound="Extra")


class _CurrentDatabase(peewee.DatabaseProxy):
    """The database of the site that is at work in this context; models are shared, sites are not."""

    @property
    def obj(self) -> Any:
        return _current.get()

    @obj.setter
    def obj(self, value: Any) -> None:
        """peewee initialises a proxy with None; the context alone decides here."""


current_database = _CurrentDatabase()


def table_name(model: type[peewee.Model]) -> str:
    """`<plugin>_<model in snake case>`, the plugin being the package's name after `trastienda_`."""
    package = model.__module__.partition(".")[0]
    prefix = package.removeprefix("trastienda_") if package != "trastienda" else "core"
    return f"{prefix}_{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', model.__name__).lower()}"


class Row(peewee.Model):
    """A plain table: derived figures, satellites. Not audited, not served."""

    class Meta:
        database = current_database
        table_function = table_name

    def save(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"{type(self).__name__}.save() would bypass the unit of work: call work.save(record)")

    def delete_instance(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            f"{type(self).__name__}.delete_instance() would bypass the unit of work: call work.delete(record)")


class SharedRecord(Row):
    """An entity's row, the same for all companies."""

    id = peewee.BigAutoField()
    version = peewee.IntegerField(default=1, help_text="Grows with every change; the ETag")
    search_text = peewee.TextField(default="", help_text="The searched columns, folded; kept by the write path")

    def lines_of(self, model: type[C]) -> list[C]:
        """The record's children of one kind, in order: as loaded or edited, else read from the database."""
        loaded: dict[type[Child], list[Any]] = self.__dict__.setdefault("_lines", {})
        if model not in loaded:
            parent = next(field for field in model._meta.refs if issubclass(type(self), field.rel_model))
            found: list[Any] = []
            if self.__data__.get("id"):
                where = f'"{parent.column_name}" = ?'
                found = fetch(current_database, model, where, [self.id], tail=' ORDER BY "id"')
            self.load_lines(model, found)
        return loaded[model]

    def load_lines(self, model: type[C], lines: list[C]) -> None:
        """Take these as the stored children of one kind: what differs from them later is a change."""
        self.__dict__.setdefault("_lines", {})[model] = lines
        stored = {key: dict(line.__data__) for line in lines if (key := line.__data__.get("id")) is not None}
        self.__dict__.setdefault("_stored_lines", {})[model] = stored

    def forget_parts(self) -> None:
        """Let lines and extensions be read anew."""
        for name in ("_lines", "_extras", "_stored_extras", "_kept_extras"):
            self.__dict__.pop(name, None)

    def extra_of(self, model: type[X]) -> X:
        """What an extension keeps of this record: as loaded or edited, else read, else new with its defaults."""
        loaded: dict[type[Extra], Any] = self.__dict__.setdefault("_extras", {})
        if model not in loaded:
            found = model.get_or_none(model._meta.primary_key == self.id) if self.__data__.get("id") else None
            self.load_extra(model, found)
        if loaded[model] is None:
            loaded[model] = model()
        return cast(X, loaded[model])

    def has_extra(self, model: type[Extra]) -> bool:
        """Whether the record has a row of the extension, or will have when it is saved."""
        self.extra_of(model)
        return self.__dict__["_stored_extras"][model] is not None or model in self.__dict__.get("_kept_extras", ())

    def load_extra(self, model: type[X], found: X | None) -> None:
        """Take this as the stored row of an extension, or that there is none: what differs later is a change."""
        self.__dict__.setdefault("_extras", {})[model] = found
        stored = dict(found.__data__) if found is not None else None
        self.__dict__.setdefault("_stored_extras", {})[model] = stored

    def keep_extra(self, model: type[Extra]) -> bool:
        """See to it that the record has a row of the extension, if of defaults alone; whether it is a new one."""
        self.extra_of(model)
        kept: set[type[Extra]] = self.__dict__.setdefault("_kept_extras", set())
        new = self.__dict__["_stored_extras"][model] is None and model not in kept
        kept.add(model)
        return new

    def remove_extra(self, model: type[Extra]) -> None:
        """Take the extension's row away."""
        self.extra_of(model)
        self.__dict__["_extras"][model] = None
        self.__dict__.get("_kept_extras", set()).discard(model)


class Company(SharedRecord):
    code = peewee.CharField(20, unique=True, verbose_name="Code")
    name = peewee.CharField(120, verbose_name="Name")
    currency = peewee.CharField(3, default="EUR", verbose_name="Currency", help_text="ISO 4217")
    country = peewee.CharField(2, default="", verbose_name="Country", help_text="ISO 3166-1, two letters")
    time_zone = peewee.CharField(40, default="UTC", verbose_name="Time zone", help_text="A name of the IANA database")
    language = peewee.CharField(5, default="en", verbose_name="Language")


class User(SharedRecord):
    name = peewee.CharField(60, unique=True, verbose_name="Name", help_text="What one signs in with")
    full_name = peewee.CharField(120, default="", verbose_name="Full name")
    email = peewee.CharField(254, default="", verbose_name="E-mail")
    password_hash = peewee.CharField(200, null=True)
    active = peewee.BooleanField(default=True, verbose_name="Active")
    language = peewee.CharField(5, default="", verbose_name="Language", help_text="Empty: the browser's")
    default_company = peewee.ForeignKeyField(Company, null=True, verbose_name="Default company")


class Record(SharedRecord):
    """An entity's row: id, version for optimistic locking, and the company it belongs to."""

    company = peewee.ForeignKeyField(Company, on_delete="RESTRICT")


class Child(Row):
    """A line of a record: edited, locked and audited with its parent, whose company it shares."""

    id = peewee.BigAutoField()
    company = peewee.ForeignKeyField(Company, null=True, on_delete="RESTRICT", index=False)


class Extra(Row):
    """Columns for somebody else's entity; its primary key is a foreign key to that entity."""


class RoleAssignment(Child):
    """A role that a user holds, in one company or (with none) in all."""

    user = peewee.ForeignKeyField(User, on_delete="CASCADE")
    role = peewee.CharField(80, verbose_name="Role")
    in_company = peewee.ForeignKeyField(Company, null=True, on_delete="CASCADE", verbose_name="Company",
                                        help_text="Empty: in all companies")


class StoredRole(SharedRecord):
    """A role that an administrator made; those of plugins are in the registry."""

    name = peewee.CharField(60, unique=True, verbose_name="Name", help_text="Small letters, digits and dashes")
    label = peewee.CharField(120, default="", verbose_name="Label")


class StoredGrant(Child):
    """What the role may do on what, and on which rows of it."""

    role = peewee.ForeignKeyField(StoredRole, on_delete="CASCADE")
    target = peewee.CharField(120, verbose_name="What", help_text="An entity, a report, or a pattern such as hr.*")
    verbs = peewee.CharField(400, default="read", verbose_name="Verbs",
                             help_text="With spaces between: read, create, update, delete, run, export, actions, or *")
    rows = peewee.CharField(80, default="", verbose_name="Rows as",
                            help_text="A role whose rows are reached; empty: all rows")
