"""What lies beside a record's form: its files and what people say about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ...entities import read
from ...entities.compiled import CompiledEntity
from ...entities.values import Upload
from ...errors import TrastiendaError
from ...languages import gettext as _
from ...plugin import RecordAt
from ...work import Work
from ..records.attachments import AttachmentItem, FileLimits, attach, detach, list_attachments
from ..records.comments import CommentItem, comment, list_comments, may_comment, remove_comment
from . import addresses
from .blueprint import entity_here, go, web
from .views.records import Beside, File, Said
from .visit import Visit


def beside(visit: Visit, entity: CompiledEntity, identity: int) -> Beside | None:
    """None for a line, which has nothing beside it."""
    if entity.version is None:
        return None
    place, work = RecordAt(entity, identity), visit.site.work(visit.actor, visit.company)
    root, may_change = addresses.record(entity, identity), visit.may(entity, "update")
    said = list_comments(work, place)
    moderating = visit.may(entity, "moderate")
    return Beside(
        files=tuple(
            _file(visit, each, f"{root}/attachments/{each.id}/remove" if may_change else "")
            for each in list_attachments(work, place).items
        ),
        comments=tuple(
            _said(visit, each, f"{root}/comments/{each.id}/remove" if each.changeable or moderating else "")
            for each in said.items
        ),
        attach=f"{root}/attachments" if may_change else "",
        accept=",".join(f".{each}" for each in work.settings(FileLimits).endings.split()) if may_change else "",
        comment=f"{root}/comments" if may_comment(work, place) else "",
        more=said.next is not None,
    )


def _file(visit: Visit, item: AttachmentItem, remove: str) -> File:
    size = visit.reader.figure(f"{max(item.size / 1024, 1):.0f}")
    about = f"{size} KB · {item.by} · {visit.reader.moment(item.at)}"
    return File(item.name, item.url, about, remove)


def _said(visit: Visit, item: CommentItem, remove: str) -> Said:
    return Said(item.text, item.by, visit.reader.moment(item.at), item.at, remove)


@web.post("/<plugin>/<path>/<int:identity>/attachments", endpoint="attach")
def take_files(plugin: str, path: str, identity: int) -> AnyResponse:
    """All of them, or none."""
    given = [Upload(each.filename or "", each.stream) for each in request.files.getlist("file") if each.filename]
    if not given:
        entity, _visitor = entity_here(plugin, path)
        return go(f"{addresses.record(entity, identity)}#files", refused=_("Choose a file first."))
    return _done(plugin, path, identity, "update", "files", _("Attached."),
                 lambda work, place: [attach(work, place, file=each) for each in given])  # fmt: skip


@web.post("/<plugin>/<path>/<int:identity>/attachments/<int:attachment>/remove", endpoint="detach")
def drop_file(plugin: str, path: str, identity: int, attachment: int) -> AnyResponse:
    return _done(plugin, path, identity, "update", "files", _("Removed."),
                 lambda work, place: detach(work, place, attachment=attachment))  # fmt: skip


@web.post("/<plugin>/<path>/<int:identity>/comments", endpoint="comment")
def take_comment(plugin: str, path: str, identity: int) -> AnyResponse:
    text = request.form.get("text", "").strip().replace("\r\n", "\n")
    return _done(plugin, path, identity, "read", "comments", _("Said."),
                 lambda work, place: comment(work, place, text=text))  # fmt: skip


@web.post("/<plugin>/<path>/<int:identity>/comments/<int:comment>/remove", endpoint="uncomment")
def drop_comment(plugin: str, path: str, identity: int, comment: int) -> AnyResponse:
    return _done(plugin, path, identity, "read", "comments", _("Removed."),
                 lambda work, place: remove_comment(work, place, comment=comment))  # fmt: skip


def _done(plugin: str, path: str, identity: int, verb: str, part: str, said: str,
          run: Callable[[Work, RecordAt], Any]) -> AnyResponse:  # fmt: skip
    """Back to the record, with what happened; a refusal leaves it as it was."""
    entity, visitor = entity_here(plugin, path)

    def body(work: Work) -> None:
        key = read.require_one(work, entity, identity, verb=verb, hold=True)
        run(work, RecordAt(entity, identity, key))

    address = f"{addresses.record(entity, identity)}#{part}"
    try:
        visitor.site.write(visitor.actor, visitor.company, body)
    except TrastiendaError as error:
        if error.status not in (403, 409, 413, 422):
            raise
        return go(address, refused=" ".join(text for each in error.errors.values() for text in each))
    return go(address, said)
