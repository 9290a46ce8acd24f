"""A list as a file: exactly what the list shows, streamed from one snapshot."""
from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson
from xlsxwriter import Workbook

from ..csvsafe import escape_formula
from ..errors import BadQuery
from ..languages import gettext
from . import read
from .compiled import Column, CompiledEntity
from .query import Query

if TYPE_CHECKING:
    from ..security.actor import Actor
    from ..site import Site
    from ..storage.models import Company

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORT = "export"
NUMBERS = {"money", "quantity", "rate", "integer", "bigint", "id"}


@dataclass(frozen=True)
class Export:
    chunks: Iterator[bytes]
    mimetype: str
    filename: str


def export(site: Site, actor: Actor, company: Company, entity: CompiledEntity, query: Query, wanted: str) -> Export:
    """`csv` and `xlsx` have a row a record, or a row a line with `include=lines`, under names that an import
    takes; `jsonl` has the records as the API shows them. Raises Forbidden, BadQuery."""
    for verb in ("read", EXPORT):
        site.permissions.require(actor, entity.guard, verb)
    kinds = {"csv": ("text/csv", _csv), "xlsx": (XLSX, _xlsx), "jsonl": ("application/x-ndjson", _jsonl)}
    if wanted not in kinds:
        raise BadQuery("format", gettext("one of %(options)s", options=", ".join(kinds)))
    if len(query.include) > 1 and wanted != "jsonl":
        raise BadQuery("include", gettext("one kind of lines to a file"))
    if wanted == "jsonl" and not query.include and query.fields is None:
        query = replace(query, include=tuple(entity.lines))
    mimetype, encode = kinds[wanted]

    records = read.stream(site, actor, company, entity, query, also=EXPORT)

    def chunks() -> Iterator[bytes]:
        with site.active(), site.database.snapshot():
            yield from encode(site, actor, entity, query, records)

    return Export(chunks(), mimetype, f"{entity.name.replace('.', '-')}.{wanted}")


def columns_of(site: Site, actor: Actor, entity: CompiledEntity, query: Query) -> dict[str, Column]:
    """The file's columns: the record's, then the lines', those whose name is the record's too with their prefix."""
    visible = site.permissions.visible(actor, entity)
    names = visible if query.fields is None else [name for name in query.fields if name in visible]
    columns = {name: visible[name] for name in names}
    for name in query.include:
        for line, column in entity.lines[name].columns.items():
            columns[f"{name}.{line}" if line in columns else line] = column
    return columns


def _rows(entity: CompiledEntity, query: Query, columns: Mapping[str, Column],
          records: Iterator[dict[str, Any]]) -> Iterator[list[Any]]:
    own = [name for name in columns if name in entity.columns and columns[name] is entity.columns[name]]
    lines = [name for name in columns if name not in own]
    for record in records:
        head = [_cell(columns[name].of(record)) for name in own]
        if not query.include:
            yield head
            continue
        part = query.include[0]
        for line in record[part] or [{}]:
            yield head + [_cell(line.get(name.removeprefix(f"{part}."))) for name in lines]


def _cell(value: Any) -> Any:
    """A reference as its key, or its id where the reader sees no key."""
    if isinstance(value, dict):
        return value["key"] if "key" in value else value.get("id")
    return value


def _csv(site: Site, actor: Actor, entity: CompiledEntity, query: Query,
         records: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    columns = columns_of(site, actor, entity, query)
    numeric = [column.kind in NUMBERS for column in columns.values()]
    buffer = io.StringIO()
    buffer.write(",".join(columns) + "\r\n")
    for row in _rows(entity, query, columns, records):
        buffer.write(",".join(_csv_cell(value, number) for value, number in zip(row, numeric, strict=True)) + "\r\n")
        if buffer.tell() > 1 << 16:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _csv_cell(value: Any, number: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if number:
        return text
    text = escape_formula(text)
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in ',"\r\n') else text


def _xlsx(site: Site, actor: Actor, entity: CompiledEntity, query: Query,
          records: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    columns = columns_of(site, actor, entity, query)
    buffer = io.BytesIO()
    book = Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                             "strings_to_numbers": False})
    sheet = book.add_worksheet(gettext(entity.plural)[:31])
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for at, name in enumerate(columns):
        sheet.write_string(0, at, name, bold)
    kinds = [column.kind for column in columns.values()]
    for number, row in enumerate(_rows(entity, query, columns, records), 1):
        for at, (value, kind) in enumerate(zip(row, kinds, strict=True)):
            if value is None:
                continue
            if isinstance(value, bool):
                sheet.write_boolean(number, at, value)
            elif kind in NUMBERS and len(str(value).replace(".", "").lstrip("-0")) <= 15:
                sheet.write_number(number, at, float(value))
            else:
                sheet.write_string(number, at, str(value))
    book.close()
    yield buffer.getvalue()


def _jsonl(site: Site, actor: Actor, entity: CompiledEntity, query: Query,
           records: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    for record in records:
        yield orjson.dumps(record) + b"\n"
