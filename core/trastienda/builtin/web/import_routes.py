"""Importing a file: choose it, try it without writing, then import what was tried."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from ...entities import importing, write
from ...entities.compiled import CompiledEntity
from ...entities.files import UnreadableFile, open_rows
from ...errors import TrastiendaError
from ...languages import gettext as _
from ..records.mappings import mapping_named
from . import addresses
from .blueprint import entity_here, go, show, web
from .import_fields import asked, expected
from .import_later import MOST_AT_ONCE, later
from .import_matching import carried, columns_matched, said_by_hand, to_match
from .lists import action_label
from .uploads import drop_upload, keep_upload, open_upload
from .views.imports import ImportRunning, ImportView, RowError, Tried
from .views.parts import Cell, ErrorLink, Link, Row
from .visit import Visit

FIRST_ROWS = 5


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
        if request.form.get("_step") == "match":
            return _trial(visitor, entity, request.form.get("token", ""))
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
        mapping={**(mapping_named(work, entity.name, mapping) if mapping else {}), **said_by_hand()},
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
    return _trial(visitor, entity, keep_upload(data, upload.stream, name=upload.filename, user=user))


def _trial(visitor: Visit, entity: CompiledEntity, token: str) -> Response:
    """Of a file that was sent; it is kept while there is something to be done with it."""
    data, user = visitor.site.settings.data, visitor.actor.user
    source, name = open_upload(data, token, user=user)
    with source:
        result = _run(visitor, entity, source, name, dry_run=True)
    labels = {each.name: each.label for each in expected(visitor, entity)}
    mapping = _options(visitor, entity, dry_run=True).mapping
    if result.errors:
        matching = to_match(entity, _header(data, token, user), mapping, labels)
        if not matching:
            drop_upload(data, token, user=user)
        tried = replace(refused_file(name, result), token=token, matching=matching)
        return import_page(visitor, entity, tried=tried, status=422)
    source, name = open_upload(data, token, user=user)
    with source:
        header, rows = _first_rows(source, name)
    columns = columns_matched(entity, header, mapping, labels)
    tried = Tried(name, summary(entity, result), (), token, columns, rows, result.rows)
    return import_page(visitor, entity, tried=tried)


def _header(data: Path, token: str, user: int | None) -> Sequence[str]:
    """None of a file that cannot be read at all."""
    source, name = open_upload(data, token, user=user)
    with source, suppress(UnreadableFile):
        return open_rows(source, name).header
    return ()


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
    elif not result.rows:
        summary = _("The file cannot be read as it is")
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


def _first_rows(source: IO[bytes], name: str) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """The file as it is; objects, one a line, have no columns to show."""
    found = open_rows(source, name)
    columns = tuple(found.header)
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
        tuple(asked(visitor, entity, wrong if target else "")),
        tuple(expected(visitor, entity)),
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
    chosen = ((name, request.form.get(name, "")) for name in ("action", "create_missing", "mapping"))
    return (*(pair for pair in chosen if pair[1]), *carried())
