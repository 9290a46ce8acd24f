"""What a unit of work has changed: tracked records, checked, written set-based, and told to the audit."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from ..errors import Invalid, Refusal
from ..isolation import blame, blaming
from ..languages import gettext, within
from ..storage.folding import fold
from ..storage.models import Child, Row, SharedRecord
from ..storage.rows import insert_rows
from .archiving import archive_faults
from .compiled import CompiledEntity, LineSet, humanise
from .declarations import Fault, Transition
from .extras import drop_extras, extra_differences, load_extras, moved_extras, ruled_extras, start_extras, write_extras
from .trees import tree_faults

if TYPE_CHECKING:
    from ..work import Work


@dataclass(slots=True, eq=False)
class Change:
    """A record in the hands of a work: what the database holds of it now, what it held before the work, and of what
    the sums that follow it know."""

    entity: CompiledEntity
    record: Any
    action: str
    stored: dict[str, Any]
    before: dict[str, Any] | None
    lines_before: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    bumped: bool = False
    deleted: bool = False
    summed: dict[str, Any] | None = None

    def moved(self) -> dict[str, Any]:
        """The record's columns whose value is no longer the stored one."""
        stored = self.stored
        return {name: value for name, value in self.record.__data__.items() if value != stored.get(name)}

    def moved_extras(self) -> bool:
        """Whether a row that another plugin keeps of the record differs from what is stored."""
        return bool(self.entity.extensions) and any(moved_extras(self.entity, self.record))


class LockedRecord(Refusal):
    """The record's state admits no change."""

    field = "state"

    def __init__(self, entity: CompiledEntity, record: SharedRecord, state: str) -> None:
        super().__init__(gettext("%(label)s %(record)s is %(state)s: it can no longer change",
                                 label=gettext(entity.label), record=record.id, state=within(humanise(state))))


class Changes:
    """The identity map of one work."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.database = work.site.database
        self._known: dict[tuple[type[Row], int], Change] = {}

    # -- tracking
    def knows(self, record: SharedRecord) -> bool:
        change = self._known.get((type(record), record.id))
        return change is not None and change.record is record

    def known(self, record: SharedRecord) -> Any:
        """The object that stands for this record in this work: the one tracked already, else the one given."""
        change = self._known.get((type(record), record.id))
        return self.track(record).record if change is None else change.record

    def track(self, record: SharedRecord, *, stored: dict[str, Any] | None = None) -> Change:
        """Watch a record that the database holds; `stored` where it was edited before it came here."""
        key = (type(record), record.id)
        change = self._known.get(key)
        if change is None or change.record is not record:
            if change is not None and (change.moved() or change.before is None):
                raise RuntimeError(f"{change.entity.name} {record.id} is being changed through another object")
            data = dict(record.__data__) if stored is None else stored
            entity = self.work.site.registry.entity_of(record)
            change = self._known[key] = Change(entity, record, "update", data, dict(data), summed=data)
        return change

    def settle(self, record: Row) -> None:
        """Write what is pending of a record that is about to be read afresh."""
        change = self._known.get((type(record), record.__data__["id"]))
        if change is not None and (change.moved() or any(_line_moves(change)) or change.moved_extras()):
            self.check()
            self.add_up()
            self.write()

    def retrack(self, record: SharedRecord | Row) -> None:
        """Take a record that was settled and read afresh as what is stored."""
        if not isinstance(record, SharedRecord):
            return
        record.forget_parts()
        change = self._known.get((type(record), record.id))
        if change is None or change.record is not record:
            if change is not None:
                self._tell(change)
                del self._known[type(record), record.id]
            self.track(record)
            return
        if change.before == change.stored:
            change.before = dict(record.__data__)
        change.stored = change.summed = dict(record.__data__)

    def relocked(self, record: Any) -> Any:
        """The object that stands for a record just locked and read; one that has no changes takes what was read."""
        change = self._known.get((type(record), record.id))
        if change is None:
            return self.track(record).record
        if change.before is not None and not change.moved():
            change.record.__data__.update(record.__data__)
            change.stored = change.summed = dict(record.__data__)
        return change.record

    def forget(self) -> None:
        """Tell the audit what there is to tell and let the records go."""
        self.tell()
        self._known.clear()

    def abandon(self) -> None:
        """Let the records go untold."""
        self._known.clear()

    # -- inserting
    def check_new(self, records: Sequence[SharedRecord]) -> None:
        """The rules, before anything is inserted."""
        for record in records:
            if "company" in record._meta.fields:
                record.__data__["company"] = self.work.company.id
            entity = self.work.site.registry.entity_of(record)
            start_extras(entity, record, self.work.company.currency)
            raise_faults(faults_of(self.work, entity, record))

    def insert(self, records: Sequence[SharedRecord]) -> None:
        """Insert records of one model with the lines they carry."""
        if not records:
            return
        entity = self.work.site.registry.entity_of(records[0])
        company = self.work.company.id
        for record in records:
            if entity.scoped:
                record.__data__["company"] = company
            record.__data__["version"] = 1
            record.__data__["search_text"] = search_text(entity, record)
        for record, identity in zip(records, self.database.reserve_ids(entity.table, len(records)), strict=True):
            record.__data__["id"] = identity
        insert_rows(self.database, entity.model, records)
        for lines in entity.lines.values():
            self._insert_lines(entity, lines, [(record, record.lines_of(lines.model)) for record in records])
        for record in records:
            data = dict(record.__data__)
            change = self._known[entity.model, data["id"]] = Change(entity, record, "create", data, None)
            self._sum(change, record)
        if entity.extensions:
            write_extras(self.database, entity, records)

    def _insert_lines(self, entity: CompiledEntity, lines: LineSet,
                      parts: Sequence[tuple[SharedRecord, Sequence[Child]]]) -> None:
        """Insert lines that have no id yet and take all of each record's lines as stored."""
        new = [line for _, each in parts for line in each if line.__data__.get("id") is None]
        for record, each in parts:
            place_lines(lines, record, each)
        if new:
            ids = self.database.reserve_ids(str(lines.model._meta.table_name), len(new))
            for line, identity in zip(new, ids, strict=True):
                line.__data__["id"] = identity
            insert_rows(self.database, lines.model, new)
        for record, each in parts:
            record.load_lines(lines.model, each if isinstance(each, list) else list(each))

    # -- deleting
    def delete(self, record: SharedRecord) -> None:
        change = self.track(record)
        self._refuse_if_locked(change)
        drop_extras(change.entity, record)
        for lines in change.entity.lines.values():
            change.lines_before.setdefault(lines.name, _snapshot(record, lines))
            lines.model.delete().where(lines.parent == record.id).execute()
        type(record).delete().where(type(record).id == record.id).execute()
        self._sum(change, None)
        change.deleted, change.action = True, "delete"

    # -- sums that follow entities
    def add_up(self) -> None:
        """Bring them to what the records say now."""
        if followers := self.work.site.registry.followers:
            for change in self._known.values():
                if type(change.record) in followers and not change.deleted:
                    self._sum(change, change.record)

    def _sum(self, change: Change, record: Any | None) -> None:
        """Take from the sums what they know of a record, and add what it is now; None: it is gone."""
        followers = self.work.site.registry.followers.get(type(change.record))
        now = record.__data__ if record is not None else None
        if not followers or change.summed == now:
            return
        was = _record_of(type(change.record), change.summed)
        for plugin, tally in followers:
            names, sums = [field.name for field in tally.key], [field.name for field in tally.sums]
            with blaming(plugin, f"tally of {tally.model._meta.table_name}"):
                for sign, each in ((-1, was), (1, record)):
                    for key, amounts in tally.adds(each) if tally.adds is not None and each is not None else ():
                        deltas = {name: sign * amount for name, amount in zip(sums, amounts, strict=True)}
                        self.work.tally(tally.model, dict(zip(names, key, strict=True)), **deltas)
        change.summed = dict(now) if now is not None else None

    # -- writing
    def check(self) -> None:
        """The rules, for every record that changed in more than what the system itself sets."""
        changed = [change for change in self._known.values() if not change.deleted and (
            not change.entity.system.issuperset(change.moved()) or any(_line_moves(change))
            or change.moved_extras())]
        for entity in {change.entity for change in changed if change.entity.extensions}:
            load_extras(entity, [change.record for change in changed if change.entity is entity])
        for change in changed:
            raise_faults(chain(faults_of(self.work, change.entity, change.record),
                               tree_faults(self.database, change, self._known), archive_faults(change)))
            if change.before is not None:
                self.work.emit(f"{change.entity.table}:changed", change.record)

    def write(self) -> None:
        """Bring the database to what the records say; a record's version grows once in a work."""
        updates: dict[tuple[type[Row], tuple[str, ...]], list[Change]] = {}
        for change in self._known.values():
            if change.deleted:
                continue
            moved, lines, extras = change.moved(), list(_line_moves(change)), change.moved_extras()
            if not moved and not lines and not extras:
                continue
            if change.before is not None:
                self._refuse_if_locked(change, moved=moved, lines=bool(lines or extras))
            if extras:
                write_extras(self.database, change.entity, [change.record])
            for each in lines:
                self._write_lines(change, each)
            record = change.record
            record.__data__["search_text"] = search_text(change.entity, record)
            if change.before is not None and not change.bumped:
                record.__data__["version"] = change.stored["version"] + 1
                change.bumped = True
            if names := tuple(sorted(change.moved())):
                updates.setdefault((type(record), names), []).append(change)
        for (model, names), changes in updates.items():
            self._update(model, names, changes)

    def _update(self, model: type[Row], names: tuple[str, ...], changes: Sequence[Change]) -> None:
        fields = model._meta.fields
        mark = self.database.placeholder
        setters = ", ".join(f'"{fields[name].column_name}" = {mark}' for name in names)
        rows = [(*(fields[name].db_value(change.record.__data__[name]) for name in names),
                 change.record.id, change.stored["version"]) for change in changes]
        touched = self.database.execute_many(
            f'UPDATE "{model._meta.table_name}" SET {setters} WHERE "id" = {mark} AND "version" = {mark}', rows)
        if touched != len(rows):
            raise Refusal(gettext("Somebody else changed the same record at the same time; try again"))
        for change in changes:
            change.stored = dict(change.record.__data__)

    def _write_lines(self, change: Change, lines: LineSet) -> None:
        record = change.record
        stored = record.__dict__["_stored_lines"][lines.model]
        if change.before is not None:
            change.lines_before.setdefault(lines.name, dict(stored))
        current = record.lines_of(lines.model)
        place_lines(lines, record, current)
        kept = {line.id for line in current if line.id is not None}
        if gone := [identity for identity in stored if identity not in kept]:
            lines.model.delete().where(lines.model.id.in_(gone)).execute()
        for line in current:
            if line.id is not None:
                moved = {name: value for name, value in line.__data__.items() if value != stored[line.id].get(name)}
                if moved:
                    lines.model.update(**moved).where(lines.model.id == line.id).execute()
        self._insert_lines(change.entity, lines, [(record, current)])

    def _refuse_if_locked(self, change: Change, *, moved: Mapping[str, Any] | None = None, lines: bool = True) -> None:
        """Refuse a change of a record that was locked before this work; the database's triggers would refuse it too."""
        locked, state = change.entity.declared.locked, change.entity.state
        if locked is None or state is None or change.before is None:
            return
        if change.before[state.name] in locked.states:
            free = {"version", "search_text", state.name, *(each.name for each in locked.but)}
            if lines or moved is None or set(moved) - free:
                raise LockedRecord(change.entity, change.record, change.before[state.name])

    # -- audit
    def tell(self) -> None:
        """One audit row for each record that was created, changed, deleted or acted upon."""
        for change in self._known.values():
            self._tell(change)

    def tell_transition(self, change: Change) -> None:
        """Write and tell what a transition made of a record before something else is done with it."""
        moving, state = change.entity.actions.get(change.action), change.entity.state
        if isinstance(moving, Transition) and state is not None and state.name in change.moved():
            self.check()
            self.add_up()
            self.write()
            self._tell(change)

    def _tell(self, change: Change) -> None:
        found = _differences(change)
        if found or change.action != "update":
            self.work.record_change(change, found)
        change.before, change.action, change.lines_before = dict(change.stored), "update", {}
        change.record.__dict__.pop("_extras_before", None)


# -- pieces that need no work
def _record_of(model: type[Row], data: Mapping[str, Any] | None) -> Row | None:
    """A record that stands for these values, for looking at its columns."""
    if data is None:
        return None
    record: Any = model(__no_default__=True)
    record.__data__.update(data)
    return cast(Row, record)


def faults_of(work: Work, entity: CompiledEntity, record: Any) -> Iterator[tuple[str, str]]:
    """What the entity's rules find, once the columns that follow from others are set, as (field path, message);
    raises PluginFailed for a rule that breaks."""
    plugin, rule = entity.plugin, cast(Any, None)
    try:
        for rule in entity.declared.derives:
            rule(work, record)
        for rule in entity.declared.rules:
            for fault in rule(record):
                yield _path(entity, record, fault), fault.message
        for rule in entity.declared.checks:
            for fault in rule(work, record):
                yield _path(entity, record, fault), fault.message
        for extension, extra in ruled_extras(entity, record) if entity.extensions else ():
            plugin = extension.plugin
            for rule in extension.rules:
                for fault in rule(extra):
                    name = fault.field.name if fault.field is not None else ""
                    yield f"ext.{extension.plugin}.{name}".rstrip("."), fault.message
    except (Exception, SystemExit) as error:
        blame(error, plugin=plugin, what=f"rule {getattr(rule, '__name__', rule)} of {entity.name}")


def raise_faults(faults: Iterable[tuple[str, str]]) -> None:
    errors: dict[str, list[str]] = {}
    for path, message in faults:
        errors.setdefault(path, []).append(message)
    if errors:
        raise Invalid(errors)


def _path(entity: CompiledEntity, record: Any, fault: Fault) -> str:
    name = fault.field.name if fault.field is not None else ""
    if fault.line is None:
        return next((lines.name for lines in entity.lines.values() if fault.field is lines.parent), name)
    for lines in entity.lines.values():
        if isinstance(fault.line, lines.model):
            index = next(i for i, line in enumerate(record.lines_of(lines.model)) if line is fault.line)
            return f"{lines.name}.{index}.{name}".rstrip(".")
    return name


def place_lines(lines: LineSet, record: SharedRecord, children: Iterable[Child]) -> None:
    """Give children what they have from their record: the parent, the company, the copied columns."""
    root = record.__data__
    given = {lines.parent.name: root.get("id"), "company": root.get("company")}
    for child, source in lines.copies.items():
        given[child] = root.get(source)
    for line in children:
        line.__data__.update(given)


def _line_moves(change: Change) -> Iterator[LineSet]:
    """The line sets that differ from what is stored; sets that nobody looked at don't."""
    loaded = change.record.__dict__.get("_lines")
    if not loaded:
        return
    for lines in change.entity.lines.values():
        if (current := loaded.get(lines.model)) is not None:
            place_lines(lines, change.record, current)
            stored = change.record.__dict__["_stored_lines"][lines.model]
            if [line.__data__ for line in current] == list(stored.values()):
                continue
            if len(current) != len(stored) or any(
                    stored.get(line.__data__.get("id")) != line.__data__ for line in current):
                yield lines


def _snapshot(record: Any, lines: LineSet) -> dict[int, dict[str, Any]]:
    return {line.id: dict(line.__data__) for line in record.lines_of(lines.model)}


def _differences(change: Change) -> dict[str, list[Any]]:
    """`{field: [before, after]}` of the columns that doors know, a line as one value `lines.<id>`."""
    before, after = change.before or {}, {} if change.deleted else change.record.__data__
    found: dict[str, list[Any]] = {}
    for name in change.entity.audited:
        old, new = before.get(name), after.get(name)
        if old != new:
            found[name] = [old, new]
    found.update(extra_differences(change.entity, change.record))
    for lines in change.entity.lines.values():
        found.update(_line_differences(change, lines))
    return found


def _line_differences(change: Change, lines: LineSet) -> Iterator[tuple[str, list[Any]]]:
    loaded = change.record.__dict__.get("_lines") or {}
    if change.deleted or (change.before is not None and lines.name in change.lines_before):
        old_lines = change.lines_before[lines.name]
    elif change.before is None and lines.model in loaded:
        old_lines = {}
    else:
        return
    new_lines = {} if change.deleted else {line.__data__["id"]: line.__data__ for line in loaded[lines.model]}
    for identity in dict.fromkeys([*old_lines, *new_lines]):
        old, new = _line_value(lines, old_lines.get(identity)), _line_value(lines, new_lines.get(identity))
        if old != new:
            yield f"{lines.name}.{identity}", [old, new]


def _line_value(lines: LineSet, data: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if data is None:
        return None
    return {name: value for name in lines.audited if (value := data.get(name)) is not None and value != ""}


def search_text(entity: CompiledEntity, record: Any) -> str:
    """The searched columns, folded, in one text."""
    words = [str(value) for column in entity.declared.search if (value := record.__data__.get(column.name)) is not None]
    return fold(" ".join(words)) if words else ""


def read_back(record: SharedRecord) -> dict[str, Any]:
    """What the database holds of a record."""
    return dict(type(record).get_by_id(record.id).__data__)
