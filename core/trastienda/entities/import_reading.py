"""The first half of an import: a file's rows into the records they speak of, each value checked, no lock held."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, cast

from marshmallow import ValidationError

from ..errors import Invalid
from ..languages import gettext
from ..storage.models import Row
from . import external, schemas, write
from .compiled import Column, CompiledEntity, LineSet
from .external import EXTERNAL_ID
from .files import FileRow, open_rows
from .headers import Heading, map_headers
from .import_results import Options, Result, RowError
from .references import References, all_references, own_parts
from .values import Reference

if TYPE_CHECKING:
    from ..security.actor import Actor
    from ..site import Site

MOST_ERRORS = 100


@dataclass
class Group:
    """The rows of one record: shaped values, and which row each line came from.

    `open` while some of its references name what is still to be made, or is archived.
    """

    row: int
    values: dict[str, Any]
    rows: list[int]
    open: bool = False


class TooManyErrors(Exception):
    """Enough errors to report."""


class GroupReader:
    """Reads the records of one file; what is wrong with them goes into `result`, by row and column."""

    def __init__(self, site: Site, actor: Actor, entity: CompiledEntity, options: Options, result: Result) -> None:
        self.site, self.actor, self.entity, self.options, self.result = site, actor, entity, options, result
        self.headings: list[Heading] = []
        #: What references name that is missing and to be created: entity -> natural keys.
        self.wanted: dict[str, set[str]] = {}

    def error(self, row: int, column: str, message: str) -> None:
        """Raises TooManyErrors when there are enough to report."""
        self.result.errors.append(RowError(row, column, message))
        if len(self.result.errors) >= MOST_ERRORS:
            raise TooManyErrors

    def groups(self, source: IO[bytes], name: str) -> Iterator[Group]:
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
                self.error(row.number, self.header_of(next(iter(by))),
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
                partial = self.updates or bool(named)
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
                self.error(row, self.header_of(name),
                           gettext("Differs from row %(row)s of the same record.", row=group.row))
        part = next((heading.lines for heading in self.headings if heading.lines), "")
        kept = {name: value for name, value in line.items() if name not in shared or value != group.values.get(name)}
        if part and kept:  # what only repeats the record makes no line
            group.values.setdefault(part, []).append(kept)
            group.rows.append(row)

    def _complete(self, group: Group) -> Group:
        """What is required and missing, and extensions' columns in their place."""
        if not self.updates and EXTERNAL_ID not in group.values:
            self.require_complete(group)
        for lines in self.entity.lines.values():
            for data, row in zip(group.values.get(lines.name, ()), group.rows, strict=False):
                for column in schemas.writable(lines.columns.values()):
                    if column.required and column.name not in data:
                        self.error(row, self.header_of(column.name), gettext("Missing data for required field."))
        extensions: dict[str, dict[str, Any]] = {}
        for name in [name for name in group.values if name.startswith("ext.")]:
            _, plugin, own = name.split(".", 2)
            extensions.setdefault(plugin, {})[own] = group.values.pop(name)
        if extensions:
            group.values["ext"] = extensions
        return group

    def require_complete(self, group: Group) -> bool:
        """Whether a new record has all that it must have."""
        missing = [column.name for column in schemas.writable(self.entity.columns.values())
                   if column.required and column.extension is None and column.name not in group.values]
        for name in missing:
            self.error(group.row, self.header_of(name), gettext("Missing data for required field."))
        return not missing

    @property
    def updates(self) -> bool:
        """Records that have a natural key of their own are updated when they are there."""
        return self.entity.key is not None and not self.entity.declared.import_by

    def header_of(self, path: str) -> str:
        """The header under which a field stands in the file; the field's own name if in none."""
        name = path if path in self.entity.columns else path.rpartition(".")[2]
        return next((each.header for each in self.headings if name in (each.name, each.line_name)), name)

    def check_references(self, references: References, groups: Sequence[Group]) -> None:
        references.look_up(each for group in groups for each in self.references_of(group))
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
                    self.error(row, self.header_of(column.name), error.errors[name][0])
                    continue
                if references.is_archived(model, found):
                    group.open = True  # the record may name it already: that is seen when it is there
                else:
                    values[name] = found

    def references_of(self, group: Group) -> Iterator[tuple[Any, Reference]]:
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
