"""Rows that other plugins keep of a record: what changed in them, written with it, checked by their rules."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..storage.models import SharedRecord
from ..storage.rows import insert_rows
from .compiled import CompiledEntity, Ext
from .currencies import decimals_of

CHUNK = 500


def moved_extras(entity: CompiledEntity, record: SharedRecord) -> Iterator[Ext]:
    """The extensions whose row differs from what is stored; those that nobody looked at don't."""
    loaded = record.__dict__.get("_extras")
    if loaded:
        yield from (each for each in entity.extensions if each.model in loaded and _moved(record, each))


def _moved(record: SharedRecord, extension: Ext) -> bool:
    model = extension.model
    extra, stored = record.__dict__["_extras"][model], record.__dict__["_stored_extras"][model]
    if extra is None:
        return stored is not None
    if stored is None and model in record.__dict__.get("_kept_extras", ()):
        return True
    return _values(extension, extra.__data__) != _values(extension, model().__data__ if stored is None else stored)


def _values(extension: Ext, data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name in extension.model._meta.fields
            if name != extension.link.name and (value := data.get(name)) is not None}


def start_extras(entity: CompiledEntity, record: SharedRecord, currency: str) -> None:
    """Give a new record the rows that every record has, with their defaults, where its maker said nothing of them.

    What is required there is asked for at doors, of people and programs: nobody is there who could answer a plugin's
    own code, so a part that cannot begin without an answer is left out, and so is an amount that the company's
    currency does not have.
    """
    for extension in entity.extensions:
        if extension.always and extension.begins and extension.model not in record.__dict__.get("_extras", ()):
            record.keep_extra(extension.model)
            data = record.extra_of(extension.model).__data__
            for name, column in entity.extended[extension.plugin].items():
                if column.kind == "money" and column.field.null and not column.currency and data.get(name) is not None:
                    fits = data[name] == round(data[name], decimals_of(currency))
                    data[name] = data[name] if fits else None


def write_extras(database: Any, entity: CompiledEntity, records: Iterable[SharedRecord]) -> None:
    """Bring the database to what the records' extensions say, new rows set-based."""
    new: dict[Ext, list[Any]] = {}
    for record in records:
        for extension in list(moved_extras(entity, record)):
            model = extension.model
            extra, stored = record.__dict__["_extras"][model], record.__dict__["_stored_extras"][model]
            if extra is None:
                model.delete().where(extension.link == record.id).execute()
            else:
                extra.__data__[extension.link.name] = record.id
                if "company" in model._meta.fields:
                    extra.__data__["company"] = record.__data__.get("company")
                if stored is None:
                    new.setdefault(extension, []).append(extra)
                else:
                    model.update(**extra.__data__).where(extension.link == record.id).execute()
            _remember(record, extension)
            record.load_extra(model, extra)
    for extension, extras in new.items():
        insert_rows(database, extension.model, extras)


def _remember(record: SharedRecord, extension: Ext) -> None:
    """Keep for the audit what was stored before this work."""
    stored = record.__dict__["_stored_extras"][extension.model]
    record.__dict__.setdefault("_extras_before", {}).setdefault(extension.model, stored)


def drop_extras(entity: CompiledEntity, record: SharedRecord) -> None:
    """Before the record is deleted, and its extensions' rows by cascade."""
    for extension in entity.extensions:
        record.remove_extra(extension.model)
        _remember(record, extension)


def extra_differences(entity: CompiledEntity, record: SharedRecord) -> Iterator[tuple[str, list[Any]]]:
    """(column, [before, after]) of what was written."""
    before = record.__dict__.get("_extras_before") or {}
    for extension in entity.extensions if before else ():
        if extension.model in before:
            extra = record.__dict__["_extras"][extension.model]
            for column in entity.extended[extension.plugin].values():
                old = (before[extension.model] or {}).get(column.field.name)
                new = extra.__data__.get(column.field.name) if extra is not None else None
                if old != new and column.expression is None:
                    yield column.name, [old, new]


def ruled_extras(entity: CompiledEntity, record: SharedRecord) -> Iterator[tuple[Ext, Any]]:
    """The loaded rows that have rules; their link leads to the record itself."""
    loaded = record.__dict__.get("_extras") or {}
    for extension in entity.extensions:
        extra = loaded.get(extension.model)
        if extension.rules and extra is not None:
            stored = record.__dict__["_stored_extras"][extension.model] is not None
            if stored or _moved(record, extension):
                extra.__rel__[extension.link.name] = record
                yield extension, extra


def load_extras(entity: CompiledEntity, records: Sequence[SharedRecord]) -> None:
    """The rows whose rules are to be asked, one query an extension."""
    for extension in entity.extensions:
        if extension.rules:
            left = {record.id: record for record in records
                    if extension.model not in record.__dict__.get("_extras", ())}
            for start in range(0, len(left), CHUNK):
                part = sorted(left)[start:start + CHUNK]
                query = extension.model.select().where(extension.link.in_(part))
                found = {extra.__data__[extension.link.name]: extra for extra in query}
                for identity in part:
                    left[identity].load_extra(extension.model, found.get(identity))
