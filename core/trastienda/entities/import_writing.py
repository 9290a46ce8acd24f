"""The second half of an import: the records of a file, written set-based in one transaction."""
from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, TypeAlias

import peewee

from ..errors import TrastiendaError
from ..isolation import blaming
from ..jobs.declarations import JobStopped
from ..languages import gettext
from ..plugin import imported
from ..security.violations import explained
from ..storage.models import SharedRecord
from ..storage.rows import primary, tuples
from . import external, write
from .changes import faults_of
from .compiled import Column, Ext
from .external import EXTERNAL_ID
from .files import Hashed
from .import_reading import Group, GroupReader
from .import_results import Imported, Progress, Result
from .references import References

if TYPE_CHECKING:
    from ..work import Work

#: Runs the body of a transaction.
Writing: TypeAlias = Callable[[Callable[["Work"], Result]], object]


class _Undo(Exception):
    """Ends a transaction that must leave nothing."""


class GroupWriter:
    """Writes what a reader read, all of it or nothing."""

    def __init__(self, reader: GroupReader, file: Hashed, progress: Progress) -> None:
        self.reader, self.file, self.progress = reader, file, progress
        self.entity, self.options, self.result = reader.entity, reader.options, reader.result

    def write(self, spool: IO[bytes], chunks: int, writing: Writing) -> None:
        """Write the pickled chunks of groups; what is refused goes into the result."""
        def apply(work: Work) -> Result:
            spool.seek(0)
            self.result.created = self.result.updated = self.result.acted = 0
            self._make_missing(work)
            references = References(work)
            done = 0
            for _ in range(chunks):
                groups: list[Group] = pickle.load(spool)
                self._apply_chunk(work, groups, references)
                if self.result.errors:
                    work.abandon()
                else:
                    work.checkpoint()
                done += sum(len(group.rows) or 1 for group in groups)
                self.progress("apply", min(done, self.result.rows), self.result.rows)
            if self.result.errors:
                raise _Undo
            if self.options.dry_run:
                work.finish()
                raise _Undo
            work.emit(imported.name, Imported(self.entity, self.file.name, self.file.digest, self.result))
            return self.result

        try:
            writing(apply)
        except _Undo:
            return
        except TrastiendaError as error:
            _raise_if_not_of_the_file(error)
            for path, messages in error.errors.items():
                self.reader.error(1, self.reader.header_of(path), messages[0])

    def _make_missing(self, work: Work) -> None:
        for name, keys in sorted(self.reader.wanted.items()):
            target = work.site.registry.entities[name]
            work.require(target.guard, "create")
            maker = target.declared.create_missing
            assert maker is not None
            with blaming(target.plugin, f"create_missing of {name}"):
                new = [(maker(work, key), ()) for key in sorted(keys)]
            work.add_all(new)
            self.result.made[name] = len(keys)
        work.checkpoint()

    def _apply_chunk(self, work: Work, groups: Sequence[Group], references: References) -> None:
        existing = self._existing(work, groups)
        references.look_up(each for group in groups if group.open for each in self.reader.references_of(group))
        made: list[tuple[Group, SharedRecord]] = []
        for group in groups:
            try:
                if (record := self._build(work, group, references, existing)) is not None:
                    made.append((group, record))
            except TrastiendaError as error:
                self._report(group, error)
        self._refuse_taken(made)
        if self.result.errors or not made:
            return
        records = [record for _, record in made]
        if self.options.create_missing and self.entity.declared.before_import is not None:
            with blaming(self.entity.plugin, f"before_import of {self.entity.name}"):
                self.entity.declared.before_import(work, records)
        self._insert(work, made)
        write.require_reach(work, self.entity, records, "create")
        external.remember(work, self.entity, {group.values[EXTERNAL_ID]: record.id for group, record in made
                                              if EXTERNAL_ID in group.values})
        self.result.created += len(records)
        if self.options.action is not None:
            self._act(work, self.options.action, made)

    def _build(self, work: Work, group: Group, references: References, existing: Mapping[int, int]) -> Any:
        """A new record that its rules find nothing wrong with; None for one that was updated or is faulty."""
        identity = existing.get(group.row)
        if identity is not None:
            try:
                write.update(work, self.entity, identity, group.values, version=None)
            except peewee.IntegrityError as error:
                self._report(group, explained(work.site, error))
                raise _Undo from error
            self.result.updated += 1
            return None
        if (self.reader.updates or EXTERNAL_ID in group.values) and not self.reader.require_complete(group):
            return None
        record, lines = write.build(work, self.entity, group.values, references, looked_up=True)
        for line in lines:
            record.lines_of(type(line)).append(line)
        faults = list(faults_of(work, self.entity, record))
        for path, message in faults:
            self._fault(group, path, message)
        return None if faults else record

    def _insert(self, work: Work, made: Sequence[tuple[Group, SharedRecord]]) -> None:
        """All at once; where the database has something against it, the row is named that it is about."""
        try:
            with work.site.database.atomic():
                work.insert_checked([record for _, record in made])
        except peewee.IntegrityError as error:
            refusal = explained(work.site, error)
            self._report(self._culprit(made, [name for name in refusal.errors if name]) or made[0][0], refusal)
            raise _Undo from error

    def _culprit(self, made: Sequence[tuple[Group, SharedRecord]], names: Sequence[str]) -> Group | None:
        """The first whose values in these columns another record has, in the file or before it."""
        model, seen = self.entity.model, set[tuple[Any, ...]]()
        fields = [model._meta.fields[name] for name in names if name in model._meta.fields]
        scope = [model._meta.fields["company"]] if self.entity.scoped else []
        for group, record in made if fields else ():
            values = tuple(record.__data__.get(field.name) for field in fields)
            same = [peewee.Expression(field, peewee.OP.EQ, record.__data__.get(field.name)) for field in scope + fields]
            if None not in values and (values in seen or model.select().where(*same).exists()):
                return group
            seen.add(values)
        return None

    def _refuse_taken(self, made: Sequence[tuple[Group, SharedRecord]]) -> None:
        """What an extension wants to be unique, by its row: the database would refuse it without saying which."""
        for extension in self.entity.extensions:
            for column in self.entity.extended[extension.plugin].values():
                if column.field.name in extension.unique:
                    self._refuse_twice(extension, column, made)

    def _refuse_twice(self, extension: Ext, column: Column, made: Sequence[tuple[Group, SharedRecord]]) -> None:
        rows: dict[Any, Group] = {}
        for group, record in made:
            extra = record.__dict__.get("_extras", {}).get(extension.model)
            value = extra.__data__.get(column.field.name) if extra is not None else None
            if value is not None and rows.setdefault(value, group) is not group:
                self._fault(group, column.name, gettext("The same as in row %(row)s.", row=rows[value].row))
        query: Any = extension.model.select(column.field).where(column.field.in_(list(rows)))
        if "company" in extension.model._meta.fields and made:
            company = made[0][1].__data__.get("company")
            query = query.where(extension.model._meta.fields["company"] == company)
        for (value,) in query.tuples() if rows else ():
            self._fault(rows[value], column.name, gettext("There is one with this value already."))

    def _act(self, work: Work, action: str, made: Sequence[tuple[Group, SharedRecord]]) -> None:
        for group, record in made:
            try:
                work.act(record, action)
                self.result.acted += 1
            except TrastiendaError as error:
                self._report(group, error)

    def _existing(self, work: Work, groups: Sequence[Group]) -> dict[int, int]:
        """Ids of the records that are there already, by their groups' rows: found by another system's name, else by
        the natural key."""
        names = self._by(groups, EXTERNAL_ID)
        found = {row: identity for name, identity in external.look_up(work, self.entity, names).items()
                 for row in [names[name]]}
        if self.reader.updates and self.entity.key is not None:
            column = self.entity.key.field
            keys = self._by(groups, self.entity.key.name)
            query = work.select(self.entity.model, column, primary(self.entity.model)).where(column.in_(list(keys)))
            for key, identity in tuples(query):
                found.setdefault(keys[key], identity)
        return found

    def _by(self, groups: Sequence[Group], name: str) -> dict[Any, int]:
        """The rows by what they have in a column; the same value twice is an error."""
        rows: dict[Any, int] = {}
        for group in groups:
            value = group.values.get(name)
            if value is not None and rows.setdefault(value, group.row) != group.row:
                self.reader.error(group.row, self.reader.header_of(name),
                                  gettext("The same as in row %(row)s.", row=rows[value]))
        return rows

    def _report(self, group: Group, error: TrastiendaError) -> None:
        _raise_if_not_of_the_file(error)
        for path, messages in error.errors.items():
            self._fault(group, path, messages[0])

    def _fault(self, group: Group, path: str, message: str) -> None:
        """A field path as a row and a column of the file."""
        head, _, rest = path.partition(".")
        row = group.row
        if head in self.entity.lines:
            index, _, name = rest.partition(".")
            if index.isdigit() and int(index) < len(group.rows):
                row = group.rows[int(index)]
            path = name or head
        self.reader.error(row, self.reader.header_of(path) if path else "", message)


def _raise_if_not_of_the_file(error: TrastiendaError) -> None:
    """A plugin that fails, a database that is busy and a worker that ends are no fault of the file's."""
    if error.status >= 500 or isinstance(error, JobStopped):
        raise error
