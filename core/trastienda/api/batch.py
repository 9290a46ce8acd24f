"""Several writes in one transaction: all of them, or none."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import peewee
from flask import Blueprint, Response

from ..entities import write
from ..entities.compiled import CompiledEntity
from ..errors import Invalid, TrastiendaError
from ..isolation import PluginFailed
from ..languages import gettext
from ..security.violations import explained
from ..work import Work
from .context import Caller, body, caller, entity_at, expected_version
from .entities import _shown, json_response
from .retries import once

blueprint = Blueprint("batch", __name__, url_prefix="/api/v1")
MOST = 1000
_PATH = re.compile(r"(?P<entity>[\w-]+/[\w-]+)(?:/(?P<id>\d{1,18}|\$\d{1,3}))?(?:/actions/(?P<action>[\w-]+))?")


@blueprint.post("/batch")
def run_batch() -> Response:
    """`{"operations": [{"method", "path", "body", "if_match"}]}`; errors are named `operations.<n>.<field>`.

    In a path `$0` is the id of the record that operation 0 made or changed.
    """
    who, given = caller(), body()
    operations = given.get("operations") if isinstance(given, dict) else None
    if not isinstance(operations, list) or not 1 <= len(operations) <= MOST:
        raise Invalid({"operations": [gettext("Give from 1 to %(most)s operations.", most=MOST)]})
    items = once(who, lambda work: _run_all(who, work, operations),
                 lambda made: [_answer(who, each) for each in made])
    return json_response({"results": items})


def _run_all(who: Caller, work: Work, operations: Sequence[Any]) -> list[Any]:
    _lock_in_order(work, operations)
    made: list[Any] = []
    for index, operation in enumerate(operations):
        made.append(_run(who, work, index, operation, made))
    return made


def _lock_in_order(work: Work, operations: Sequence[Any]) -> None:
    """Lock the records that are named, so that two batches which name the same ones crosswise never wait for each
    other. What is wrong with an operation is said when its turn comes."""
    named: dict[str, set[int]] = {}
    for operation in operations:
        found = _place(operation.get("path")) if isinstance(operation, Mapping) else None
        if found is not None and (found["id"] or "").isdecimal():
            named.setdefault(found["entity"], set()).add(int(found["id"]))
    for path in sorted(named):
        if (entity := work.site.registry.by_path.get(path)) is not None:
            work.site.database.lock_rows(entity.model, sorted(named[path]), exclusive=True)


def _place(path: object) -> re.Match[str] | None:
    return _PATH.fullmatch(str(path or "").removeprefix("/api/v1/").strip("/"))


def _run(who: Caller, work: Work, index: int, operation: Any, earlier: Sequence[Any]) -> Any:
    try:
        made = _dispatch(who, work, operation, earlier)
        work.flush()
        return made
    except peewee.IntegrityError as error:
        raise _named(index, explained(who.site, error)) from error
    except PluginFailed:
        raise
    except TrastiendaError as error:
        raise _named(index, error) from error


def _named(index: int, error: TrastiendaError) -> TrastiendaError:
    """The same refusal, its fields below `operations.<index>`."""
    named = {f"operations.{index}.{path}".rstrip("."): texts for path, texts in error.errors.items()}
    wrapped = Invalid(named, gettext("operation %(number)s: %(message)s", number=index, message=error))
    wrapped.status, wrapped.title = error.status, error.title
    return wrapped


def _dispatch(who: Caller, work: Work, operation: Any, earlier: Sequence[Any]) -> Any:
    if not isinstance(operation, Mapping) or set(operation) - {"method", "path", "body", "if_match"}:
        raise Invalid({"": [gettext("Give an object with method, path, body and if_match.")]})
    found = _place(operation.get("path"))
    if found is None:
        raise Invalid({"path": [gettext("Not an address of a record.")]})
    entity, payload = entity_at(found["entity"]), operation.get("body")
    identity = _identity(found["id"], entity, earlier) if found["id"] else None
    match (operation.get("method"), identity, found["action"]):
        case ("POST", None, None):
            return entity, write.create(work, entity, write.shape(who.site, who.actor, entity, payload))
        case ("POST", int(), str(action)):
            version = expected_version(str(operation["if_match"])) if operation.get("if_match") else None
            return entity, write.act(work, entity, identity, action, payload, version=version)
        case ("PATCH", int(), None):
            version = expected_version(str(operation.get("if_match") or ""))
            values = write.shape(who.site, who.actor, entity, payload, partial=True)
            return entity, write.update(work, entity, identity, values, version=version)
        case ("DELETE", int(), None):
            write.delete(work, entity, identity, version=expected_version(str(operation.get("if_match") or "")))
            return None
        case _:
            raise Invalid({"method": [gettext("POST, PATCH or DELETE, as the address has it.")]})


def _identity(text: str, entity: CompiledEntity, earlier: Sequence[Any]) -> int:
    """A record's id, or `$<n>` for that of operation n's; raises Invalid where that was none of this entity."""
    if not text.startswith("$"):
        return int(text)
    index = int(text[1:])
    made = earlier[index] if index < len(earlier) else None
    if made is None or made[0] is not entity:
        raise Invalid({"path": [gettext("No operation before this one has %(id)s as its record.", id=text)]})
    return int(made[1].id)


def _answer(who: Caller, made: Sequence[Any] | None) -> dict[str, Any]:
    return {"deleted": True} if made is None else _shown(who, made[0], made[1])
