"""Files into records, through the one write path: checked without a lock, applied set-based, all or nothing."""
from __future__ import annotations

import io
import pickle
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, TypeAlias, cast

from marshmallow import ValidationError

from ..errors import BadQuery, Invalid, TrastiendaError
from ..isolation import blaming
from ..languages import gettext
from ..plugin import imported
from ..storage.models import Row, SharedRecord
from ..storage.rows import primary, tuples
from . import external, schemas, write
from .changes import faults_of
from .compiled import Column, CompiledEntity, LineSet
from .external import EXTERNAL_ID
from .files import FileRow, Hashed, UnreadableFile, open_rows
from .headers import Heading, map_headers
from .references import References, all_references, own_parts
from .values import Reference

if TYPE_CHECKING:
    from ..security.actor import Actor
    from ..site import Site
    from ..storage.models import Company
    from ..work import Work

CHUNK = 1000
IMPORT = "import"
MOST_ERRORS = 100
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class Options:
    """`action` is run on each record after it is made (`post`); `mapping` names columns for headers by hand."""

    dry_run: bool = False
    action: str | None = None
    create_missing: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RowError:
    row: int
    column: str
    message: str


@dataclass
class Result:
    """`rows` are those of the file without its header; with errors nothing was written. `batch` is what it can be
    undone by, where something keeps that."""

    dry_run: bool
    rows: int = 0
    created: int = 0
    updated: int = 0
    acted: int = 0
    made: dict[str, int] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)
    batch: int | None = None

    def as_json(self) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "dry_run": self.dry_run, "rows": self.rows, "created": self.created, "updated": self.updated,
            "acted": self.acted, "made": self.made, "batch": self.batch,
            "errors": [{"row": each.row, "column": each.column, "message": each.message} for each in self.errors]}
        if self.errors:
            answer.update(type="about:blank", title="Import refused", status=422,
                          detail=gettext("%(count)s errors; nothing was written", count=len(self.errors)))
        return answer


@dataclass(frozen=True)
class Imported:
    """What subscribers to `imported` are told; `digest` is the SHA-256 of the file."""

    entity: CompiledEntity
    file: str
    digest: str
    result: Result


@dataclass
class Group:
    """The rows of one record: shaped values, and which row each line came from.

    `open` while some of its references name what is still to be made, or is archived.
    """

    row: int
    values: dict[str, Any]
    rows: list[int]
    open: bool = False


#: Runs the body of a transaction.
Writing: TypeAlias = Callable[[Callable[["Work"], Result]], object]


class _TooMany(Exception):
    """Enough errors to report."""


class _Undo(Exception):
    """Ends a transaction that must leave nothing."""


def options_from(given: Mapping[str, str], *, mapping: Callable[[str], Mapping[str, str]]) -> Options:
    """From a URL's parameters; `mapping` is asked for the one that is named. Raises BadQuery."""
    known = {"dry_run", "action", "create_missing", "post", "mapping"}
    for name in given:
        if name not in known:
            raise BadQuery(name, gettext("one of %(options)s", options=", ".join(sorted(known))))
    flags = {name: given.get(name, "false") for name in ("dry_run", "create_missing", "post")}
    for name, text in flags.items():
        if text not in ("true", "false"):
            raise BadQuery(name, gettext("true or false"))
    action = "post" if flags["post"] == "true" else given.get("action")
    return Options(dry_run=flags["dry_run"] == "true", action=action, create_missing=flags["create_missing"] == "true",
                   mapping=mapping(given["mapping"]) if given.get("mapping") else {})


def import_file(site: Site, actor: Actor, company: Company, entity: CompiledEntity, source: IO[bytes], *, name: str,
                options: Options, progress: Progress = lambda phase, done, total: None,
                writing: Writing | None = None) -> Result:
    """Import a file; raises Forbidden, BadQuery or UnreadableFile, and reports everything else in the result.

    `writing` runs the one transaction, and may answer with what an earlier one of the same request did.
    """
    write.require_writable(entity)
    for verb in ("create", IMPORT):
        site.permissions.require(actor, entity.guard, verb)
    if options.action is not None:
        if options.action not in entity.actions:
            raise BadQuery("action", gettext("%(records)s have no action %(action)s",
                                             records=gettext(entity.plural), action=options.action))
        site.permissions.require(actor, entity.guard, entity.actions[options.action].permission or options.action)
    return _Import(site, actor, company, entity, options, progress,
                   writing or (lambda body: site.write(actor, company, body))).run(source, name)


class _Import:
    def __init__(self, site: Site, actor: Actor, company: Company, entity: CompiledEntity, options: Options,
                 progress: Progress, writing: Writing) -> None:
        self.site, self.actor, self.company = site, actor, company
        self.entity, self.options, self.progress, self.writing = entity, options, progress, writing
        self.result = Result(dry_run=options.dry_run)
        self.headings: list[Heading] = []
        self.wanted: dict[str, set[str]] = {}
        self.file = Hashed(io.BytesIO(), "")

    def run(self, source: IO[bytes], name: str) -> Result:
        self.file = Hashed(source, name)
        with tempfile.TemporaryFile() as spool:
            try:
                chunks = self._check(cast("IO[bytes]", self.file), name, spool)
                if not self.result.errors:
                    self._apply(spool, chunks)
                if chunks > 1 and not self.result.errors and not self.options.dry_run:
                    self.site.database.refresh_statistics()
            except _TooMany:
                self.result.errors = self.result.errors[:MOST_ERRORS]
            except UnreadableFile as error:
                self.result.errors.append(RowError(error.row or 1, "", error.message))
        if self.result.errors:
            self.result.created = self.result.updated = self.result.acted = 0
            self.result.made = {}
            self.result.errors.sort(key=lambda each: (each.row, each.column))
        return self.result

    def error(self, row: int, column: str, message: str) -> None:
        self.result.errors.append(RowError(row, column, message))
        if len(self.result.errors) >= MOST_ERRORS:
            raise _TooMany

    # -- first pass: shape and references, no lock held
    def _check(self, source: IO[bytes], name: str, spool: IO[bytes]) -> int:
        chunks, pending = 0, []
        work = self.site.work(self.actor, self.company)
        references = References(work)
        for group in self._groups(source, name):
            pending.append(group)
            if len(pending) >= CHUNK:
                self._check_references(references, pending)
                pickle.dump(pending, spool, pickle.HIGHEST_PROTOCOL)
                chunks, pending = chunks + 1, []
                self.progress("check", self.result.rows, None)
        if pending:
            self._check_references(references, pending)
            pickle.dump(pending, spool, pickle.HIGHEST_PROTOCOL)
            chunks += 1
        self.progress("check", self.result.rows, self.result.rows)
        return chunks

    def _groups(self, source: IO[bytes], name: str) -> Iterator[Group]:
        found = open_rows(source, name)
        if not found.header:
            yield from self._objects(found.rows)
            return
        self.headings = map_headers(self.entity, found.header, self.options.mapping)
        write.refuse_private(self.site, self.actor, self.entity,
                             [each.column.name for each in self.headings if each.column is not None and not each.lines])
        by = {field.name for field in self.entity.declared.import_by}
        current: Group | None = None
        current_key: tuple[Any, ...] = ()
        seen: set[tuple[Any, ...]] = set()
        for row in found.rows:
            self.result.rows += 1
            root, line = self._values(row)
            key = tuple(root.get(name) for name in by) if by else (row.number,)
            if current is not None and key == current_key:
                self._join(current, root, line, row.number)
                continue
            if current is not None:
                yield self._complete(current)
            if by and key in seen:
                self.error(row.number, self._header_of(next(iter(by))),
                           gettext("Rows of one record must stand together: sort the file."))
            seen.add(key)
            current, current_key = Group(row.number, root, []), key
            self._join(current, root, line, row.number)
        if current is not None:
            yield self._complete(current)

    def _objects(self, rows: Iterator[FileRow]) -> Iterator[Group]:
        for row in rows:
            self.result.rows += 1
            try:
                named = self._external(row)
                payload = _settable(self.entity, row.cells[0])
                write.refuse_private(self.site, self.actor, self.entity, payload)
                partial = self._updates() or bool(named)
                values = {**schemas.load(self.entity, payload, partial=partial), **named}
            except Invalid as error:
                for path, messages in error.errors.items():
                    self.error(row.number, path, messages[0])
                continue
            yield Group(row.number, values, [row.number] * 10_000)

    def _external(self, row: FileRow) -> dict[str, str]:
        """Take another system's name out of an object."""
        if EXTERNAL_ID in self.entity.columns or EXTERNAL_ID not in row.cells[0]:
            return {}
        try:
            return {EXTERNAL_ID: external.checked(row.cells[0].pop(EXTERNAL_ID))}
        except ValidationError as error:
            raise Invalid({EXTERNAL_ID: [str(text) for text in error.messages]}) from error

    def _values(self, row: FileRow) -> tuple[dict[str, Any], dict[str, Any]]:
        """The record's and the line's values of a row; an empty cell says nothing."""
        root: dict[str, Any] = {}
        line: dict[str, Any] = {}
        cells = row.cells
        for heading in self.headings:
            if heading.check is None or heading.at >= len(cells):
                continue
            text = cells[heading.at]
            if text == "":
                continue
            try:
                value = heading.check(text)
            except ValidationError as error:
                messages = error.messages
                self.error(row.number, heading.header,
                           gettext(str(messages[0] if isinstance(messages, list) else messages)))
                continue
            if heading.root:
                root[heading.name] = value
            if heading.lines:
                line[heading.line_name] = value
        if len(cells) > len(self.headings) and any(cells[len(self.headings):]):
            self.error(row.number, "", gettext("More cells than the header has."))
        return root, line

    def _join(self, group: Group, root: dict[str, Any], line: dict[str, Any], row: int) -> None:
        """Add a row to its record; what the record says may not differ from row to row."""
        shared = {heading.name for heading in self.headings if heading.root and heading.lines}
        for name, value in root.items():
            if name not in group.values:
                group.values[name] = value
            elif group.values[name] != value and name not in shared:
                self.error(row, self._header_of(name),
                           gettext("Differs from row %(row)s of the same record.", row=group.row))
        part = next((heading.lines for heading in self.headings if heading.lines), "")
        if part and line:
            kept = {name: value for name, value in line.items()
                    if name not in shared or value != group.values.get(name)}
            group.values.setdefault(part, []).append(kept)
            group.rows.append(row)

    def _complete(self, group: Group) -> Group:
        """What is required and missing, and extensions' columns in their place."""
        if not self._updates() and EXTERNAL_ID not in group.values:
            self._require(group)
        for lines in self.entity.lines.values():
            for data, row in zip(group.values.get(lines.name, ()), group.rows, strict=False):
                for column in schemas.writable(lines.columns.values()):
                    if column.required and column.name not in data:
                        self.error(row, self._header_of(column.name), gettext("Missing data for required field."))
        extensions: dict[str, dict[str, Any]] = {}
        for name in [name for name in group.values if name.startswith("ext.")]:
            _, plugin, own = name.split(".", 2)
            extensions.setdefault(plugin, {})[own] = group.values.pop(name)
        if extensions:
            group.values["ext"] = extensions
        return group

    def _require(self, group: Group) -> bool:
        """Whether a new record has all that it must have."""
        missing = [column.name for column in schemas.writable(self.entity.columns.values())
                   if column.required and column.extension is None and column.name not in group.values]
        for name in missing:
            self.error(group.row, self._header_of(name), gettext("Missing data for required field."))
        return not missing

    def _updates(self) -> bool:
        """Records that have a natural key of their own are updated when they are there."""
        return self.entity.key is not None and not self.entity.declared.import_by

    def _header_of(self, path: str) -> str:
        """The header under which a field stands in the file; the field's own name if in none."""
        name = path if path in self.entity.columns else path.rpartition(".")[2]
        return next((each.header for each in self.headings if name in (each.name, each.line_name)), name)

    def _check_references(self, references: References, groups: Sequence[Group]) -> None:
        references.look_up(each for group in groups for each in self._references_of(group))
        for group in groups:
            for values, column, reference, row, name in self._placed_references(group):
                model = cast("type[Row]", column.target)
                target = self.site.registry.by_model.get(model)
                if target is not None and reference.key is not None and references.is_missing(model, reference.key):
                    if self.options.create_missing and target.declared.create_missing is not None:
                        self.wanted.setdefault(target.name, set()).add(reference.key)
                        group.open = True
                        continue
                    if target.declared.on_missing is not None:
                        group.open = True
                        continue
                try:
                    found = references.resolve(model, reference, name)
                except Invalid as error:
                    self.error(row, self._header_of(column.name), error.errors[name][0])
                    continue
                if references.is_archived(model, found):
                    group.open = True  # the record may name it already: that is seen when it is there
                else:
                    values[name] = found

    def _references_of(self, group: Group) -> Iterator[tuple[Any, Reference]]:
        yield from all_references(self.entity, group.values)

    def _placed_references(self, group: Group) -> Iterator[tuple[dict[str, Any], Column, Reference, int, str]]:
        """Each reference with the values it stands in, its column, its row and its name there."""
        for columns, values in own_parts(self.entity, group.values):
            for name, value in list(values.items()):
                if type(value) is Reference:
                    yield values, columns[name], value, group.row, name
        for lines in self.entity.lines.values():
            for data, row in zip(group.values.get(lines.name, ()), group.rows, strict=False):
                for name, value in list(data.items()):
                    if type(value) is Reference:
                        yield data, lines.columns[name], value, row, name

    # -- second pass: one transaction
    def _apply(self, spool: IO[bytes], chunks: int) -> None:
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
            self.writing(apply)
        except _Undo:
            return
        except TrastiendaError as error:
            _raise_if_not_of_the_file(error)
            for path, messages in error.errors.items():
                self.error(1, self._header_of(path), messages[0])

    def _make_missing(self, work: Work) -> None:
        for name, keys in sorted(self.wanted.items()):
            target = self.site.registry.entities[name]
            self.site.permissions.require(self.actor, target.guard, "create")
            maker = target.declared.create_missing
            assert maker is not None
            with blaming(target.plugin, f"create_missing of {name}"):
                new = [(maker(work, key), ()) for key in sorted(keys)]
            work.add_all(new)
            self.result.made[name] = len(keys)
        work.checkpoint()

    def _apply_chunk(self, work: Work, groups: Sequence[Group], references: References) -> None:
        existing = self._existing(work, groups)
        references.look_up(each for group in groups if group.open for each in self._references_of(group))
        made: list[tuple[Group, SharedRecord]] = []
        for group in groups:
            try:
                if (record := self._build(work, group, references, existing)) is not None:
                    made.append((group, record))
            except TrastiendaError as error:
                self._report(group, error)
        if self.result.errors or not made:
            return
        records = [record for _, record in made]
        if self.options.create_missing and self.entity.declared.before_import is not None:
            with blaming(self.entity.plugin, f"before_import of {self.entity.name}"):
                self.entity.declared.before_import(work, records)
        work.insert_checked(records)
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
            write.update(work, self.entity, identity, group.values, version=None)
            self.result.updated += 1
            return None
        if (self._updates() or EXTERNAL_ID in group.values) and not self._require(group):
            return None
        record, lines = write.build(work, self.entity, group.values, references, looked_up=True)
        for line in lines:
            record.lines_of(type(line)).append(line)
        faults = list(faults_of(work, self.entity, record))
        for path, message in faults:
            self._fault(group, path, message)
        return None if faults else record

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
        if self._updates() and self.entity.key is not None:
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
                self.error(group.row, self._header_of(name), gettext("The same as in row %(row)s.", row=rows[value]))
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
        self.error(row, self._header_of(path) if path else "", message)


def _settable(entity: CompiledEntity, given: Mapping[str, Any]) -> dict[str, Any]:
    """An exported record without what the system sets."""
    payload = {name: value for name, value in given.items()
               if (column := entity.columns.get(name)) is None or not column.readonly}
    payload.pop("version", None)
    for name, lines in entity.lines.items():
        if isinstance(payload.get(name), list):
            payload[name] = [_settable_line(lines, line) for line in payload[name]]
    if isinstance(extensions := payload.get("ext"), Mapping):
        payload["ext"] = {plugin: {name: value for name, value in part.items()
                                   if (column := entity.columns.get(f"ext.{plugin}.{name}")) is None
                                   or not column.readonly} if isinstance(part, Mapping) else part
                          for plugin, part in extensions.items()}
    return payload


def _settable_line(lines: LineSet, given: Any) -> Any:
    if not isinstance(given, Mapping):
        return given
    return {name: value for name, value in given.items()
            if (column := lines.columns.get(name)) is None or not column.readonly}


def _raise_if_not_of_the_file(error: TrastiendaError) -> None:
    """A plugin that fails and a database that is busy are no fault of the file's."""
    if error.status >= 500:
        raise error
