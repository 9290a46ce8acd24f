"""The unit of work: one transaction on behalf of one actor in one company. There is no other way to write."""
from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar, cast
from zoneinfo import ZoneInfo

import peewee

from .entities import company_settings
from .entities.changes import Change, Changes, read_back
from .entities.declarations import Transition
from .entities.number_formats import Numbers
from .entities.numbering import Numbering
from .entities.offering import refuse_unfit
from .entities.prepared import Prepared
from .errors import NotFound
from .isolation import blame
from .jobs.queue import Outbox
from .jobs.running import subscriber_name
from .languages import gettext, within
from .plugin import ANY, Changed, Service, created, deleted, entered
from .security.actor import Actor
from .security.audit import SHARED, AuditLog
from .storage.models import Child, Company, Record, Row, SharedRecord
from .storage.rows import converted, fetch, primary
from .storage.tallies import Tallies

if TYPE_CHECKING:
    from .site import Site

R = TypeVar("R", bound=SharedRecord)
M = TypeVar("M", bound=Row)
T = TypeVar("T")


class NoSuchRecord(NotFound):
    """A key or id that names nothing here."""

    def __init__(self, what: str, key: object) -> None:
        super().__init__(gettext("No %(label)s %(key)s", label=within(what), key=key))
        self.key = key


class Work:
    """Reads and writes of one transaction. Records obtained through it are saved when it ends.

    What it does is trusted: the doors have checked the permissions. All of it is audited, together, at the end.
    """

    def __init__(self, site: Site, actor: Actor, company: Company, *, now: datetime) -> None:
        self.site = site
        self.actor = actor
        self.company = company
        self.now = now
        self.today: date = now.astimezone(ZoneInfo(company.time_zone)).date()
        self.via = actor.via
        self.audit = AuditLog(user=actor.user, actor=actor.name, via=actor.via, at=now.astimezone(UTC))
        self._changes = Changes(self)
        self._held: dict[tuple[type[Row], int], Row] = {}
        self._keys: dict[tuple[type[Row], int | str], Row] = {}
        self._tallies = Tallies(site.database, sparse=site.registry.sparse)
        self._numbers = Numbers(self)
        self._settings: dict[type[Any], Any] = {}
        self._memo: dict[Hashable, Any] = {}
        self._outbox = Outbox(self)
        self._changed: list[Changed] = []

    # -- reading
    def select(self, model: type[M], *columns: Any) -> peewee.ModelSelect[M]:
        """A query over the model's rows in this company, as the database has them: see `flush`."""
        query = model.select(*columns)
        if "company" in model._meta.fields:
            query = query.where(model._meta.fields["company"] == self.company.id)
        return query

    def find(self, model: type[R], key: int | str) -> R | None:
        """By id (a number) or by natural key (text) in this company; remembered while the work lasts."""
        if (kept := self._keys.get((model, key))) is not None:
            return cast(R, self._changes.known(cast(R, kept)))
        column = primary(model)
        if isinstance(key, str):
            entity = self.site.registry.entity_of(model)
            if entity.key is None:
                raise TypeError(f"{entity.name} has no natural key")
            column = entity.key.field
        where, values = f'"{column.column_name}" = ?', [key]
        if "company" in model._meta.fields:
            where, values = f'{where} AND "company_id" = ?', [key, self.company.id]
        record = next(iter(fetch(self.site.database, model, where, values)), None)
        if record is not None:
            record = self._changes.known(record)
            self._keys[model, key] = record
        return cast("R | None", record)

    def get(self, model: type[R], key: int | str) -> R:
        """As `find`, but raises NotFound."""
        record = self.find(model, key)
        if record is None:
            raise NoSuchRecord(self.site.registry.entity_of(model).label, key)
        return record

    def rows(self, query: Any, **given: object) -> Iterator[Any]:
        """The rows of a query as tuples, columns converted; a `Prepared` one is given its values."""
        return query.run(self, given) if isinstance(query, Prepared) else converted(query)

    def execute(self, query: Any) -> Any:
        """Run a query on plain rows; entities are written by `add`, `save` and `delete` alone."""
        model = getattr(query, "model", None)
        if isinstance(query, (peewee.Insert, peewee.Update, peewee.Delete)) and (
                model in self.site.registry.by_model or model in self.site.registry.line_sets):
            raise RuntimeError(f"{model} belongs to an entity: write it by add, save or delete")
        return query.execute()

    def settings(self, kind: type[T]) -> T:
        """The company's settings of this kind, defaults where nothing was set."""
        if kind not in self._settings:
            self._settings[kind] = company_settings.held(self, self.site.registry.settings_of[kind]).instance()
        return cast(T, self._settings[kind])

    def configure(self, kind: type[T], **values: object) -> T:
        """Set some of the company's settings of this kind, audited; None takes one back to its default."""
        form = self.site.registry.settings_of[kind]
        company_settings.change(self, {form.name: values}, version=None)
        return self.settings(kind)

    def forget_settings(self) -> None:
        """They were changed: what is asked for next is read afresh."""
        self._settings.clear()

    def service(self, name: str) -> Service[..., Any]:
        """What a plugin offers under a versioned name, to be called with this work; raises NoSuchService."""
        return self.site.service(name)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returns, asked for once in this work."""
        if key not in self._memo:
            self._memo[key] = make()
        return cast(T, self._memo[key])

    # -- locking
    def lock(self, record: M) -> M:
        """Exclusively, until the transaction ends; re-read."""
        return self._locked(record, exclusive=True)

    def hold(self, record: M) -> M:
        """Shared: it may be read by others but not changed until the transaction ends; re-read the first time."""
        key = (type(record), record.__data__["id"])
        if key not in self._held:
            self._held[key] = self._locked(record, exclusive=False)
        return cast(M, self._held[key])

    def _locked(self, record: M, *, exclusive: bool) -> M:
        self._changes.settle(record)
        found = self.site.database.lock_rows(type(record), [record.__data__["id"]], exclusive=exclusive)
        fresh = next(iter(found), None)
        if fresh is None:
            raise NoSuchRecord(type(record).__name__, record.__data__["id"])
        record.__data__.update(fresh.__data__)
        record.__rel__.clear()
        self._changes.retrack(record)
        return record

    def lock_many(self, model: type[R], ids: Sequence[int]) -> list[R]:
        """The records of these ids in this company, locked in the order of their ids and tracked."""
        found = self.site.database.lock_rows(model, ids, exclusive=True) if ids else []
        if "company" in model._meta.fields:
            found = [record for record in found if record.__data__["company"] == self.company.id]
        return [self._changes.relocked(record) for record in found]

    def lock_found(self, query: Any) -> None:
        """Lock the plain rows that a query finds, in its order, until the transaction ends. Works that lock what they
        share in one order, before they change it, never wait for each other."""
        self.site.database.lock_found(query)

    # -- writing
    def add(self, record: R, lines: Sequence[Child] = ()) -> R:
        """Insert a record and its lines at once; raises Invalid for what the rules find."""
        return self.add_all([(record, lines)])[0]

    def add_all(self, records: Sequence[tuple[R, Sequence[Child]]]) -> list[R]:
        """Insert many records of one model with their lines, set-based."""
        for record, lines in records:
            for line in lines:
                record.lines_of(type(line)).append(line)
        added = [record for record, _ in records]
        self._changes.check_new(added)
        return self.insert_checked(added)

    def insert_checked(self, records: Sequence[R]) -> list[R]:
        """For the write path's own use: insert records whose rules were asked, with the lines they carry."""
        self._changes.insert(records)
        for record in records:
            self.emit(created(type(record)).name, record)
        return list(records)

    def require(self, on: str, verb: str) -> None:
        """The actor's own permission, for what a function should not do on trust; raises Forbidden."""
        self.site.permissions.require(self.actor, on, verb)

    def save(self, record: R) -> R:
        """Have a record's changes saved at the end; one from elsewhere is compared with what is stored."""
        if not self._changes.knows(record):
            self._changes.track(record, stored=read_back(record))
        return record

    def delete(self, record: SharedRecord) -> None:
        """Delete it with its lines; refused while anything refers to it."""
        self._changes.delete(record)
        self.emit(deleted(type(record)).name, record)

    def act(self, record: SharedRecord, action: str, **parameters: object) -> object:
        """Run an action or a transition that the record's entity declares, in its present state."""
        entity = self.site.registry.entity_of(record)
        declared = entity.actions[action]
        self._changes.tell_transition(self._changes.track(record))
        refuse_unfit(self, entity, record, declared)
        try:
            result = declared.run(self, record, **parameters) if declared.run else None
        except (Exception, SystemExit) as error:
            blame(error, plugin=entity.owner_of(action), what=f"action {entity.name}.{action}")
        change = self._changes.track(record)
        self._changes.tell_transition(change)
        if not change.deleted:
            change.action = action
        if isinstance(declared, Transition) and entity.state is not None:
            setattr(record, entity.state.name, declared.to)
            self.emit(entered(type(record), declared.to).name, record)
        return result

    def note(self, record: SharedRecord, action: str) -> None:
        """Have the log tell of this work on the record under that name, also where no column of it shows."""
        self._changes.track(record).action = action

    def emit(self, event: str, record: object) -> None:
        """Tell the subscribers: those inside this transaction now, where what one raises undoes everything, the
        others after its commit."""
        subscribers = self.site.registry.subscribers
        wide = f"{ANY}:{event.partition(':')[2]}"
        for plugin, subscriber in (*subscribers.get(event, ()), *subscribers.get(wide, ())):
            try:
                subscriber.run(self, record)
            except (Exception, SystemExit) as error:
                blame(error, plugin=plugin, what=f"subscriber to {event}")
        for plugin, later in self.site.registry.after_commit.get(event, ()):
            self._outbox.deliver(subscriber_name(plugin, later), event, record)

    def number(self, record: SharedRecord, numbering: Numbering, *, on: date, **values: str) -> None:
        """Give a document of this day the next number of its gapless series, in the company's format.

        It is taken when the work ends, in the order of the series' names and of the calls, so that the counter
        is locked as briefly as can be; `values` are those that the numbering has places for.
        """
        if (missing := {each.name for each in numbering.values} ^ values.keys()):
            raise TypeError(f"{numbering.name} is given all its values and no other: {', '.join(sorted(missing))}")
        self._changes.track(record)
        self._numbers.ask(record, numbering, on, values)

    def tally(self, model: type[Row], key: Mapping[str, object], /, **deltas: Decimal | int) -> None:
        """Add to running sums; merged and written, in the order of their keys, when the work ends."""
        self._tallies.add(model, key, deltas)

    def enqueue(self, job: str, parameters: Mapping[str, object] | None = None, *, key: str | None = None,
                lane: str | None = None, not_before: datetime | None = None) -> int:
        """Have a job done by the worker if and when this work is committed; the id of its record.

        With a `key` that this company used for the job before, nothing is asked for again and the id is the
        earlier one's. Jobs of one `lane` run one after another. Raises Invalid for what the job does not take.
        """
        return self._outbox.enqueue(job, parameters or {}, key=key, lane=lane, not_before=not_before)

    # -- ending
    def flush(self) -> None:
        """Write what changed so far, so that queries see it; numbers asked for are given."""
        self._changes.check()
        self._numbers.give()
        self._changes.add_up()
        self._changes.write()

    def flush_sums(self) -> None:
        """Write the running sums so far, so that queries see them; their rows are then locked until the work ends."""
        self._changes.add_up()
        self._tallies.write()

    def checkpoint(self) -> None:
        """Flush, and forget the records: long works stay small."""
        self.flush()
        self.audit.write(self.site.database)
        self._changes.forget()
        self._tell_changes()
        self._keys = {key: record for key, record in self._keys.items() if len(self._keys) < 50_000}

    def abandon(self) -> None:
        """Forget the records with what was not written of them: the transaction is going to be undone."""
        self._changes.abandon()

    def finish(self) -> None:
        """The last steps before the commit, in the order that keeps hot locks short."""
        self._changes.check()
        self._changes.add_up()
        self._tallies.write()
        self._numbers.give()
        self._changes.write()
        self._changes.tell()
        self._tell_changes()
        self._outbox.write()
        self.audit.seal(self.site.database)

    def _tell_changes(self) -> None:
        changed, self._changed = self._changed, []
        for plugin, subscriber in self.site.registry.before_commit if changed else ():
            try:
                subscriber.run(self, changed)
            except (Exception, SystemExit) as error:
                blame(error, plugin=plugin, what="subscriber to every change")

    def record_change(self, change: Change, changes: Mapping[str, Sequence[Any]]) -> None:
        """Called by the write path for each record it wrote."""
        entity, record = change.entity, change.record
        chain = record.__data__["company"] if isinstance(record, Record) else SHARED
        key = getattr(record, entity.key.name) if entity.key is not None else None
        self._changed.append(Changed(entity.name, record.id, change.action))
        self.audit.record(chain=chain, entity=entity.name, record=record.id, action=change.action,
                          key=None if key is None else str(key)[:200], changes=changes)
