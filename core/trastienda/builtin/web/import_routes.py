"""Importing a file: choose it, try it without writing, then import what was tried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from ...entities import importing, write
from ...entities.compiled import Column, CompiledEntity
from ...entities.declarations import Transition
from ...entities.files import open_rows
from ...entities.parameters import parameters_of
from ...errors import TrastiendaError
from ...languages import gettext as _
from ..records.mappings import mapping_named, mappings_of
from . import addresses
from .blueprint import entity_here, go, show, web
from .fields import target_of
from .import_later import MOST_AT_ONCE, later
from .lists import action_label
from .uploads import drop_upload, keep_upload, open_upload
from .views.fields import FieldView
from .views.imports import ImportRunning, ImportView, RowError, Tried
from .views.parts import Cell, Choice, ErrorLink, Link, Row
from .views.parts import Column as ShownColumn
from .visit import Visit

FIRST_ROWS = 5
ACCEPT = ".csv,.gz,.xlsx,.jsonl,.ndjson"


@web.get("/<plugin>/<path>/import", endpoint="import")
def choose_file(plugin: str, path: str) -> Response:
    entity, visitor = importable(plugin, path)
    return import_page(visitor, entity)


@web.post("/<plugin>/<path>/import")
def take_file(plugin: str, path: str) -> Response | AnyResponse:
    entity, visitor = importable(plugin, path)
    try:
        if request.form.get("_step") == "import":
            return _import(visitor, entity)
        return _try(visitor, entity)
    except TrastiendaError as error:
        return import_page(visitor, entity, wrong=_(str(error)), status=422)


def importable(plugin: str, path: str) -> tuple[CompiledEntity, Visit]:
    entity, visitor = entity_here(plugin, path)
    write.require_writable(entity)
    for verb in ("create", importing.IMPORT):
        visitor.site.permissions.require(visitor.actor, entity.guard, verb)
    return entity, visitor


def _options(visitor: Visit, entity: CompiledEntity, *, dry_run: bool) -> importing.Options:
    mapping = request.form.get("mapping", "")
    work = visitor.site.work(visitor.actor, visitor.company)
    return importing.Options(
        dry_run=dry_run,
        action=request.form.get("action") or None,
        create_missing=request.form.get("create_missing") == "true",
        mapping=mapping_named(work, entity.name, mapping) if mapping else {},
    )


def _run(visitor: Visit, entity: CompiledEntity, source: IO[bytes], name: str, *, dry_run: bool) -> importing.Result:
    return importing.import_file(
        visitor.site,
        visitor.actor,
        visitor.company,
        entity,
        source,
        name=name,
        options=_options(visitor, entity, dry_run=dry_run),
    )


def _try(visitor: Visit, entity: CompiledEntity) -> Response:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return import_page(visitor, entity, wrong=_("Choose a file first."), target="f-file", status=422)
    data, user = visitor.site.settings.data, visitor.actor.user
    token = keep_upload(data, upload.stream, name=upload.filename, user=user)
    source, name = open_upload(data, token, user=user)
    with source:
        result = _run(visitor, entity, source, name, dry_run=True)
    if result.errors:
        drop_upload(data, token, user=user)
        return import_page(visitor, entity, tried=refused_file(name, result), status=422)
    source, name = open_upload(data, token, user=user)
    with source:
        columns, rows = _first_rows(source, name)
    tried = Tried(name, summary(entity, result), (), token, columns, rows, result.rows)
    return import_page(visitor, entity, tried=tried)


def _import(visitor: Visit, entity: CompiledEntity) -> Response | AnyResponse:
    """At once, or by the worker where there are many rows."""
    data, user, token = visitor.site.settings.data, visitor.actor.user, request.form.get("token", "")
    source, name = open_upload(data, token, user=user)
    work_later = later(visitor) if _rows() > MOST_AT_ONCE else None
    with source:
        if work_later is not None:
            options = _options(visitor, entity, dry_run=False)
            importing.require_import(visitor.site, visitor.actor, entity, options)
            job = visitor.site.write(
                visitor.actor,
                visitor.company,
                lambda work: work_later(work, entity, source, name=name, options=options),
            )
            drop_upload(data, token, user=user)
            return go(addresses.import_progress(entity, job))
        result = _run(visitor, entity, source, name, dry_run=False)
    drop_upload(data, token, user=user)
    if result.errors:
        return import_page(visitor, entity, tried=refused_file(name, result), status=422)
    return import_page(visitor, entity, done=summary(entity, result), undo=undoing(visitor, result))


def _rows() -> int:
    """As the trial counted them, which the form carries; it decides no more than who waits."""
    text = request.form.get("rows", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def undoing(visitor: Visit, result: importing.Result) -> Link | None:
    """Where the import just made can be taken back."""
    entity = visitor.site.registry.entities.get("records.import")
    if result.batch is None or entity is None or not visitor.may(entity, "undo"):
        return None
    return Link(_("Undo the import"), addresses.record(entity, result.batch))


def refused_file(name: str, result: importing.Result) -> Tried:
    errors = tuple(RowError(str(each.row), each.column, _(each.message)) for each in result.errors)
    if len(errors) >= importing.MOST_ERRORS:
        summary = _("The first %(count)s problems", count=len(errors))
    elif len(errors) == 1:
        summary = _("One problem in %(rows)s rows", rows=result.rows)
    else:
        summary = _("%(count)s problems in %(rows)s rows", count=len(errors), rows=result.rows)
    return Tried(name, summary, errors)


def summary(entity: CompiledEntity, result: importing.Result) -> str:
    parts = [_("Rows: %(count)s", count=result.rows)]
    for count, words in ((result.created, _("new")), (result.updated, _("changed"))):
        if count:
            parts.append(f"{_(entity.plural).lower()}, {words}: {count}")
    if result.acted:
        action = entity.actions.get(request.form.get("action", ""))
        parts.append(f"{action_label(action) if action is not None else _('acted upon')}: {result.acted}")
    parts += [
        _("created on the way, %(what)s: %(count)s", what=_(each), count=count) for each, count in result.made.items()
    ]
    return "; ".join(parts)


def _first_rows(source: IO[bytes], name: str) -> tuple[tuple[ShownColumn, ...], tuple[Row, ...]]:
    """The file as it is; objects, one a line, have no columns to show."""
    found = open_rows(source, name)
    columns = tuple(ShownColumn(header, header) for header in found.header)
    rows = []
    for number, row in enumerate(found.rows):
        if number == FIRST_ROWS or not columns:
            break
        texts = [str(cell) for cell in row.cells][: len(columns)]
        texts += [""] * (len(columns) - len(texts))
        rows.append(Row(str(row.number), tuple(Cell(text) for text in texts)))
    return columns, tuple(rows)


def import_page(
    visitor: Visit,
    entity: CompiledEntity,
    *,
    tried: Tried | None = None,
    done: str = "",
    undo: Link | None = None,
    running: ImportRunning | None = None,
    wrong: str = "",
    target: str = "",
    status: int = 200,
) -> Response:
    errors = (ErrorLink(wrong, target=target),) if wrong else ()
    view = ImportView(
        _("Import %(records)s", records=_(entity.plural).lower()),
        Link(_(entity.plural), addresses.listing(entity)),
        addresses.importing(entity),
        tuple(_fields(visitor, entity, wrong if target else "")),
        tuple(_expected(visitor, entity)),
        tried=tried,
        done=done,
        undo=undo,
        running=running,
        errors=errors,
        chosen=_chosen(),
    )
    return show("import", view, status=status, visitor=visitor)


def _chosen() -> tuple[tuple[str, str], ...]:
    """The options of the trial, for the import that follows it."""
    return tuple(
        (name, request.form[name]) for name in ("action", "create_missing", "mapping") if request.form.get(name)
    )


def _fields(visitor: Visit, entity: CompiledEntity, wrong: str) -> list[FieldView]:
    found = [
        FieldView(
            "file",
            _("File"),
            "file",
            required=True,
            accept=ACCEPT,
            help=_("CSV, XLSX or JSON Lines, plain or gzipped"),
            errors=(wrong,) if wrong else (),
        )
    ]
    if names := mappings_of(visitor.site.work(visitor.actor, visitor.company), entity.name):
        kept = request.form.get("mapping", "")
        choices = (Choice("", _("by name"), not kept), *(Choice(name, name, name == kept) for name in names))
        found.append(FieldView("mapping", _("Headers' meaning"), "choice", kept, choices=choices))
    actions = [
        action
        for action in entity.actions.values()
        if isinstance(action, Transition)
        and entity.state is not None
        and entity.state.options[0] in action.states
        and visitor.may(entity, action.permission or action.name)
        and not (action.run is not None and parameters_of(action.run))
    ]
    chosen = request.form.get("action", "")
    if actions:
        choices = (
            Choice("", _("nothing"), not chosen),
            *(Choice(each.name, action_label(each), each.name == chosen) for each in actions),
        )
        found.append(FieldView("action", _("Then, with each"), "choice", chosen, choices=choices))
    if any(_makes_missing(visitor, column) for column in _columns(entity).values()):
        found.append(
            FieldView(
                "create_missing",
                _("Create what the file names and is missing"),
                "boolean",
                request.form.get("create_missing", ""),
            )
        )
    return found


def _makes_missing(visitor: Visit, column: Column) -> bool:
    target = target_of(visitor, column)
    return target is not None and target.declared.create_missing is not None


def _columns(entity: CompiledEntity) -> Mapping[str, Column]:
    """The columns of the record and of its lines, by the name that a file gives them."""
    found: dict[str, Any] = dict(entity.columns)
    for lines in entity.lines.values():
        found.update({name: column for name, column in lines.columns.items() if name not in found})
    return found


def _expected(visitor: Visit, entity: CompiledEntity) -> list[FieldView]:
    hidden = {
        name
        for name, column in entity.columns.items()
        if not visitor.site.permissions.may_see(visitor.actor, entity, column)
    }
    return [
        FieldView(
            name,
            column.heading,
            column.kind,
            required=column.required,
            help=_(column.help) if column.help else "",
        )
        for name, column in _columns(entity).items()
        if not column.readonly and name not in hidden
    ]
