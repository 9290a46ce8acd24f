"""A natural person's data: all of it put out on request, and erased where no law keeps it (GDPR, articles 15 to 17)."""
from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import IO, TYPE_CHECKING, Any, cast

import orjson

from ..errors import NotFound, Refusal
from ..isolation import blaming
from ..languages import gettext, within
from ..plugin import Disclosure, disclosed
from ..plugin import erased as erasing
from ..security.audit import AuditRecord, erased_changes
from ..storage.models import Row, SharedRecord
from . import read
from .compiled import CompiledEntity
from .declarations import AnyField, Personal
from .history import history_of

if TYPE_CHECKING:
    from ..security.actor import Actor
    from ..site import Site
    from ..storage.models import Company
    from ..work import Work

GUARD = "privacy"


@dataclass(frozen=True)
class Kept:
    """A record that a law keeps until a day (the last one included)."""

    entity: str
    record: int
    until: date
    law: str


@dataclass(frozen=True)
class Held:
    """A record that tells of a person, and what keeps it; nothing: it goes when he is erased."""

    entity: str
    record: int
    kept: tuple[Kept, ...]


class KeptByLaw(Refusal):
    """Nothing of the person can be erased yet."""

    def __init__(self, kept: list[Kept]) -> None:
        last = max(kept, key=lambda each: each.until)
        until = gettext("at present") if last.until == date.max else last.until.isoformat()
        super().__init__(gettext("The law keeps these data: %(law)s (%(until)s)", law=gettext(last.law), until=until))
        self.kept = kept


@dataclass(frozen=True)
class Erased:
    """What became of a request: fields and log entries emptied, and what stays."""

    records: int
    log_entries: int
    kept: tuple[Kept, ...]


def people(site: Site) -> dict[str, CompiledEntity]:
    """The entities whose records are persons."""
    return {name: entity for name, entity in site.registry.entities.items()
            if entity.declared.personal is not None and entity.declared.personal.person is None}


@dataclass(frozen=True)
class Disclosed:
    """All that is kept of a person: as plain data, and the contents of files by their names in an archive."""

    data: dict[str, Any]
    files: dict[str, Callable[[], IO[bytes]]]


def disclose(site: Site, actor: Actor, company: Company, name: str, identity: int) -> Disclosed:
    """Everything that is kept of a person, with its history, as far as the actor may read it."""
    site.permissions.require(actor, GUARD, "export")
    entity = _person_entity(site, name)
    files: dict[str, Callable[[], IO[bytes]]] = {}

    def told(work: Work, each: CompiledEntity, number: int) -> dict[str, Any]:
        found = Disclosure(each.name, number)
        record = read.one(site, actor, company, each, number)
        work.emit(disclosed.name, found)
        files.update(found.files)
        return {"record": record, "history": history_of(site, actor, company, each, number), **found.parts}

    def body(work: Work) -> dict[str, Any]:
        return {each.name: [told(work, each, number) for number in ids]
                for each, ids in [(entity, [identity]), *_around(site, company, entity, identity)]
                if site.permissions.of(actor, each.guard, "read")}

    return Disclosed({"person": {"entity": name, "id": identity}, "data": site.read(actor, company, body)}, files)


def archive_of(disclosure: Disclosed, place: IO[bytes]) -> None:
    """Write a ZIP: `data.json`, and below `files/` what is attached."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", orjson.dumps(disclosure.data, option=orjson.OPT_INDENT_2))
        for name, open_ in disclosure.files.items():
            with suppress(FileNotFoundError), open_() as content, archive.open(f"files/{name}", "w") as kept:
                shutil.copyfileobj(content, kept)


def look_into(site: Site, actor: Actor, company: Company, name: str, identity: int) -> tuple[Held, ...]:
    """What tells of a person, he himself first, and which laws keep it; for who may put out his data or erase them."""
    if not site.permissions.of(actor, GUARD, "erase"):
        site.permissions.require(actor, GUARD, "export")
    entity = _person_entity(site, name)
    read.one(site, actor, company, entity, identity)

    def body(work: Work) -> tuple[Held, ...]:
        return tuple(Held(each.name, number, tuple(_laws(work, each, _as_kept(each, number))))
                     for each, ids in [(entity, [identity]), *_around(site, company, entity, identity)]
                     for number in ids)

    return site.read(actor, company, body)


def erase(site: Site, actor: Actor, company: Company, name: str, identity: int) -> Erased:
    """Empty what tells of a person and no law keeps, in the records first, then in the log of changes.

    Raises KeptByLaw where nothing at all may go. May be asked again: what is empty stays empty, and the log is
    emptied of what came in meanwhile.
    """
    site.permissions.require(actor, GUARD, "erase")
    entity = _person_entity(site, name)
    read.one(site, actor, company, entity, identity)
    kept: list[Kept] = []
    gone = site.write(actor, company, lambda work: _empty(work, entity, identity, kept))
    if not gone:
        raise KeptByLaw(kept)
    entries = site.write(actor, company, lambda work: sum(_empty_log(work, *each) for each in gone))
    return Erased(len(gone), entries, tuple(kept))


def _person_entity(site: Site, name: str) -> CompiledEntity:
    entity = people(site).get(name)
    if entity is None:
        raise NotFound(gettext("%(name)s are not persons", name=name))
    return entity


def _around(site: Site, company: Company, entity: CompiledEntity,
            identity: int) -> Iterator[tuple[CompiledEntity, list[int]]]:
    """What refers to the person and tells of him."""
    for other in site.registry.entities.values():
        personal = other.declared.personal
        if personal is not None and personal.person is not None and personal.person.rel_model is entity.model:
            query: Any = other.model.select(other.model._meta.fields["id"]).where(personal.person == identity)
            if other.scoped:
                query = query.where(other.model._meta.fields["company"] == company.id)
            if ids := [number for (number,) in query.tuples()]:
                yield other, ids


def _empty(work: Work, entity: CompiledEntity, identity: int, kept: list[Kept]) -> list[tuple[CompiledEntity, int]]:
    person = _locked(work, entity, identity)
    if held := list(_laws(work, entity, person)):
        kept += held
        return []
    gone = [(entity, identity)]
    for other, ids in list(_around(work.site, work.company, entity, identity)):
        for number in ids:
            record = _locked(work, other, number)
            held = list(_laws(work, other, record))
            kept += held
            if not held:
                _blank(work, other, record)
                gone.append((other, number))
    _blank(work, entity, person)
    return gone


def _as_kept(entity: CompiledEntity, identity: int) -> SharedRecord:
    return cast(SharedRecord, entity.model.get_by_id(identity))


def _locked(work: Work, entity: CompiledEntity, identity: int) -> SharedRecord:
    found: list[SharedRecord] = work.lock_many(cast("type[SharedRecord]", entity.model), [identity])
    if not found:
        raise NotFound(gettext("No %(label)s %(key)s", label=within(entity.label), key=identity))
    return found[0]


def _laws(work: Work, entity: CompiledEntity, record: SharedRecord) -> Iterator[Kept]:
    for plugin, each in work.site.registry.retentions.get(entity.name, ()):
        with blaming(plugin, f"retention of {entity.name}"):
            until = each.until(work, record)
        if until is not None and until >= work.today:
            yield Kept(entity.name, record.id, until, each.law)


def _blank(work: Work, entity: CompiledEntity, record: SharedRecord) -> None:
    """Also the fields that people added, which may tell anything, and what others keep beside the record."""
    personal = _personal(entity)
    work.emit(erasing.name, record)
    for extension in entity.extensions:
        if extension.plugin in work.site.live_names:
            record.remove_extra(extension.model)
        elif extension.personal and record.has_extra(extension.model):
            _empty_columns(record.extra_of(extension.model), extension.personal, record.id)
    _empty_columns(record, personal.columns, record.id)
    for name in personal.lines:
        record.lines_of(entity.lines[name].model).clear()
    work.note(record, "erase")


def _empty_columns(row: Row, columns: Iterable[AnyField], identity: int) -> None:
    for column in columns:
        default = column.default if not callable(column.default) else None
        setattr(row, column.name, None if column.null else default if default is not None else f"#{identity}")


def _personal(entity: CompiledEntity) -> Personal:
    assert entity.declared.personal is not None
    return entity.declared.personal


def _empty_log(work: Work, entity: CompiledEntity, identity: int) -> int:
    """The values of personal fields in the log; their hashes stay, so that the chain still holds."""
    personal = _personal(entity)
    names = {field.name for field in personal.columns}
    names |= {f"ext.{each.plugin}.{field.name}" for each in entity.extensions for field in each.personal}
    live = tuple(f"ext.{name}." for name in work.site.live_names)

    def goes(name: str) -> bool:
        head = name.partition(".")[0]
        beside = name not in entity.columns and head not in entity.lines and head != "ext"
        return name in names or head in personal.lines or name.startswith(live) or beside

    count = 0
    rows = AuditRecord.select().where(AuditRecord.entity == entity.name, AuditRecord.record == identity)
    for row in list(rows):
        changes, salts = erased_changes(row.changes, bytes(row.salts), goes)
        if changes != row.changes:
            work.execute(AuditRecord.update(changes=changes, salts=salts).where(AuditRecord.id == row.id))
            count += 1
    return count
