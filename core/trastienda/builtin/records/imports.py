"""Imports as they were made, and taken back while nothing depends on them.

What an import made and changed is told by the audit rows of its transaction; no second book is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast

import orjson
import peewee

from ...entities import write
from ...entities.compiled import Column, CompiledEntity
from ...entities.import_results import Imported
from ...errors import Refusal, TrastiendaError
from ...languages import gettext, within
from ...security.actor import Actor
from ...security.audit import AuditRecord
from ...security.violations import explained
from ...storage.fields import StateField
from ...storage.models import Record, SharedRecord, User
from ...storage.rows import tuples
from ...work import Work

CHUNK = 500
MOST_REASONS = 20


class ImportBatch(Record):
    entity = peewee.CharField(80, verbose_name="Of", help_text="The entity's name, such as contacts.party")
    file = peewee.CharField(200, default="", verbose_name="File")
    digest = peewee.CharField(64, verbose_name="Digest", help_text="SHA-256 of the file")
    at = peewee.DateTimeField(verbose_name="Date and time")
    user = peewee.ForeignKeyField(User, null=True, on_delete="SET NULL", verbose_name="By")
    rows = peewee.IntegerField(verbose_name="Rows")
    created = peewee.IntegerField(verbose_name="Records created")
    updated = peewee.IntegerField(verbose_name="Records updated")
    batch = peewee.CharField(32, index=True, help_text="Of the audit")
    state = StateField("done", "undone", verbose_name="State")

    class Meta:
        table_name = "records_import_batch"


class NotUndone(Refusal):
    """Why an import stays."""

    title = "The import stays"
    errors: Mapping[str, list[str]] = {}

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(gettext("The import cannot be undone: %(reasons)s", reasons=" ".join(reasons)))
        self.errors = {"": list(reasons)}


def own_imports(actor: Actor) -> peewee.Node:
    found: peewee.Node = ImportBatch.user == actor.user
    return found


def remember(work: Work, done: Imported) -> None:
    """In the import's own transaction."""
    batch = work.add(ImportBatch(
        entity=done.entity.name, file=done.file[-200:], digest=done.digest, user=work.actor.user,
        at=work.now.astimezone(UTC).replace(tzinfo=None, microsecond=0), rows=done.result.rows,
        created=done.result.created, updated=done.result.updated, batch=work.audit.batch,
    ))  # fmt: skip
    done.result.batch = batch.id


def undo(work: Work, batch: ImportBatch) -> None:
    """Delete what the import made and set back what it changed; raises NotUndone with the reasons, for all or none."""
    reasons = [*_changed_since(work, batch)]
    created = _created(batch)
    for entity, rows in _runs(work, batch):
        if len(reasons) >= MOST_REASONS:
            break
        new = [identity for identity, *_ in rows if (entity.name, identity) in created]
        old = [row for row in rows if (entity.name, row[0]) not in created]
        reasons += [*_delete(work, entity, list(dict.fromkeys(new))), *_restore(work, entity, old)]
    if reasons:
        raise NotUndone(reasons[:MOST_REASONS])


def _created(batch: ImportBatch) -> set[tuple[str, int]]:
    """The records whose first audit row is of this import."""
    earlier = AuditRecord.alias()
    query = AuditRecord.select(AuditRecord.entity, AuditRecord.record).where(
        AuditRecord.batch == batch.batch,
        ~peewee.fn.EXISTS(earlier.select(peewee.SQL("1")).where(
            earlier.entity == AuditRecord.entity, earlier.record == AuditRecord.record,
            earlier.id < AuditRecord.id, earlier.batch != batch.batch)))  # fmt: skip
    return set(tuples(query))


def _changed_since(work: Work, batch: ImportBatch) -> Iterator[str]:
    later = AuditRecord.alias()
    query = (
        AuditRecord.select(AuditRecord.entity, AuditRecord.record, peewee.fn.MAX(AuditRecord.key))
        .where(AuditRecord.batch == batch.batch, AuditRecord.entity != "records.import")
        .where(peewee.fn.EXISTS(later.select(peewee.SQL("1")).where(
            later.entity == AuditRecord.entity, later.record == AuditRecord.record, later.id > AuditRecord.id,
            later.batch != batch.batch)))
        .group_by(AuditRecord.entity, AuditRecord.record).order_by(AuditRecord.record).limit(MOST_REASONS)
    )  # fmt: skip
    for name, identity, key in tuples(query):
        entity = work.site.registry.entities.get(name)
        label = within(entity.label) if entity is not None else name
        yield gettext("%(label)s %(record)s has changed since.", label=label, record=key or identity)


Told = tuple[int, str, dict[str, Any]]


def _runs(work: Work, batch: ImportBatch) -> Iterator[tuple[CompiledEntity, list[Told]]]:
    """What was written, last first: chunks of one entity each, as (record, action, changes)."""
    before = None
    while True:
        query = (
            AuditRecord.select(AuditRecord.id, AuditRecord.entity, AuditRecord.record, AuditRecord.action,
                               AuditRecord.changes)
            .where(AuditRecord.batch == batch.batch, AuditRecord.entity != "records.import")
            .order_by(AuditRecord.id.desc()).limit(CHUNK)
        )  # fmt: skip
        found = list(tuples(query if before is None else query.where(AuditRecord.id < before)))
        run: list[Told] = []
        for at, (_, name, identity, action, changes) in enumerate(found):
            run.append((identity, action, orjson.loads(changes)))
            if at + 1 == len(found) or found[at + 1][1] != name:
                entity = work.site.registry.entities.get(name)
                if entity is None:
                    raise NotUndone([gettext("What %(name)s was is no longer known here.", name=name)])
                yield entity, run
                run = []
        if len(found) < CHUNK:
            return
        before = found[-1][0]


def _delete(work: Work, entity: CompiledEntity, ids: Sequence[int]) -> Iterator[str]:
    if not ids:
        return
    work.require(entity.guard, "delete")
    records = {record.id: record for record in work.lock_many(_model(entity), ids)}
    write.require_reach(work, entity, list(records.values()), "delete")
    for identity in ids:
        if (record := records.get(identity)) is None:
            continue
        try:
            write.refuse_locked(entity, record)
            with work.site.database.atomic():
                work.delete(record)
        except TrastiendaError as error:
            yield _reason(entity, record, error)
        except peewee.IntegrityError as error:
            yield _reason(entity, record, explained(work.site, error))


def _restore(work: Work, entity: CompiledEntity, told: Sequence[Told]) -> Iterator[str]:
    if not told:
        return
    work.require(entity.guard, "update")
    records = {record.id: record for record in work.lock_many(_model(entity), [each[0] for each in told])}
    write.require_reach(work, entity, list(records.values()), "update")
    for identity, action, changes in told:
        if (record := records.get(identity)) is None:
            continue
        if action != "update":
            yield gettext("%(label)s %(record)s: %(action)s was run on it.", label=within(entity.label),
                          record=_name(entity, record), action=action)  # fmt: skip
            continue
        try:
            write.refuse_locked(entity, record)
            set_back(entity, record, changes)
            work.flush()
        except TrastiendaError as error:
            yield _reason(entity, record, error)
            return


def _model(entity: CompiledEntity) -> type[SharedRecord]:
    return cast("type[SharedRecord]", entity.model)


def set_back(entity: CompiledEntity, record: SharedRecord, changes: Mapping[str, Any]) -> None:
    """Give a record the values that it had before an audited change; raises Refusal for what was erased meanwhile."""
    for name, pair in changes.items():
        if not isinstance(pair, list):
            raise Refusal(gettext("%(name)s was erased", name=name))
        before = pair[0]
        head, _, rest = name.partition(".")
        if head in entity.lines and rest.isdigit():
            _set_line_back(entity, record, head, int(rest), before)
        elif (column := entity.columns.get(name)) is not None:
            holder: Any = record if column.extension is None else record.extra_of(column.extension.model)
            holder.__data__[column.field.name] = stored(column, before)
            holder.__rel__.pop(column.field.name, None)


def _set_line_back(entity: CompiledEntity, record: SharedRecord, head: str, identity: int, before: Any) -> None:
    lines = entity.lines[head]
    current = record.lines_of(lines.model)
    line = next((each for each in current if each.id == identity), None)
    if before is None:
        current[:] = [each for each in current if each is not line]
        return
    if line is None:
        line = lines.model()
        current.append(line)
    for name, column in lines.columns.items():
        if name != "id":
            value = stored(column, before.get(name))
            line.__data__[name] = value if value is not None or column.field.null else column.field.default


def stored(column: Column, value: Any) -> Any:
    """What the audit wrote, as the model has it."""
    if value is None:
        return None
    match column.kind:
        case "money" | "quantity" | "rate":
            return Decimal(value)
        case "date":
            return date.fromisoformat(value)
        case "datetime":
            return datetime.fromisoformat(value)
        case _:
            return value


def _name(entity: CompiledEntity, record: SharedRecord) -> object:
    return (getattr(record, entity.key.name) if entity.key is not None else None) or record.id


def _reason(entity: CompiledEntity, record: SharedRecord, error: TrastiendaError) -> str:
    return f"{within(entity.label)} {_name(entity, record)}: {error}".rstrip(".") + "."
