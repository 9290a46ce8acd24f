"""A record of an entity through every door: made, read, listed, changed, exported, imported, shown, its history."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ..cli.context import Context
from ..cli.files import export
from ..entities.compiled import Column, CompiledEntity
from ..site import Site
from .sites import COMPANY
from .values import Maker, Values

FORMATS = ("csv", "xlsx", "jsonl")


class DoorFault(AssertionError):
    """A door that answers otherwise than it should."""


class RoundTrips:
    """`api` and `browser` are clients that may do everything."""

    def __init__(self, site: Site, api: FlaskClient, browser: FlaskClient, values: Values) -> None:
        self.site = site
        self.api = api
        self.browser = browser
        self.maker = Maker(site, values, lambda entity: int(self._record(entity)[1]["id"]))
        self._made: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}

    def problems(self, entity: CompiledEntity) -> Iterator[str]:
        """What goes wrong, a sentence each; after the first that stops the trip there is no other."""
        try:
            if entity.declared.writable and self.maker.values.get(entity.name, {}) is not None:
                self._whole_trip(entity)
            else:
                self._reading(entity)
        except DoorFault as fault:
            yield f"{entity.name}: {fault}"

    def _whole_trip(self, entity: CompiledEntity) -> None:
        sent, made = self._record(entity)
        path = f"{entity.path}/{made['id']}"
        _compare(entity, sent, made, "POST")
        _compare(entity, made, self._ask("GET", path).json, "GET of what POST made")
        self._reading(entity, made)
        version = {"If-Match": f'"{made["version"]}"'}
        again = {name: value for name, value in sent.items() if name not in entity.lines}
        patched = self._ask("PATCH", path, json=again, headers=version).json
        _compare(entity, sent, patched, "PATCH with the same values")
        patched = self._batch(entity, path, again, patched)
        actions = [each["action"] for each in self._ask("GET", f"{path}/history").json["items"]]
        if "create" not in actions:
            raise DoorFault(f"its history does not tell of its creation, but of {actions}")
        self._exchange(entity, patched)

    def _batch(self, entity: CompiledEntity, path: str, values: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
        """The same change by a batch, and none of it where a second operation is refused."""
        change = {"method": "PATCH", "path": path, "body": values, "if_match": f'"{now["version"]}"'}
        answer = self.api.post("/api/v1/batch", json={"operations": [change, {**change, "if_match": '"999999"'}]})
        if answer.status_code != 412 or self._ask("GET", path).json["version"] != now["version"]:
            raise DoorFault(f"a batch whose second operation is stale answers {answer.status_code}: {answer.text}")
        answer = self.api.post("/api/v1/batch", json={"operations": [change]})
        if answer.status_code != 200:
            raise DoorFault(f"batch with {change} answers {answer.status_code}: {answer.text}")
        made: dict[str, Any] = (answer.json or {})["results"][0]
        _compare(entity, now, made, "batch with the same values")
        return made

    def _command(self, entity: CompiledEntity) -> None:
        """The command line puts out what the API does, and takes it."""
        context = Context()
        context._site = self.site
        for name in FORMATS:
            if name == "xlsx":
                continue  # has the moment of its making in it
            api = self._ask("GET", f"{entity.path}/export", query_string={"format": name}).data
            done = CliRunner().invoke(export, [entity.name, "--format", name, "--company", COMPANY], obj=context)
            if done.exit_code or done.stdout_bytes != api:
                raise DoorFault(f"trastienda export {entity.name} --format {name} exits {done.exit_code} with another "
                                f"file than the API: {done.output[:300]}")  # fmt: skip

    def _record(self, entity: CompiledEntity) -> tuple[dict[str, Any], dict[str, Any]]:
        """One record of each entity serves all that refer to it: what was sent for it, and what was answered."""
        if entity.name not in self._made:
            self._made[entity.name] = self._create(entity)
        return self._made[entity.name]

    def _create(self, entity: CompiledEntity) -> tuple[dict[str, Any], dict[str, Any]]:
        """With all its fields; where a rule refuses made-up ones, without those that it names or without any."""
        sent = self.maker.payload(entity)
        answer = self._send(entity, sent)
        if answer.status_code == 422:
            refused = {name.partition(".")[0] for name in (answer.json or {}).get("errors", {})}
            needed = self.maker.payload(entity, optional=False)
            sent = {name: value for name, value in sent.items() if name in needed or name not in refused}
            answer = self._send(entity, sent)
            if answer.status_code == 422:
                sent, answer = needed, self._send(entity, needed)
        if answer.status_code != 201:
            hint = "give the contract `values` that its rules accept"
            raise DoorFault(f"POST of {sent} answers {answer.status_code}: {answer.text} ({hint})")
        return sent, answer.json or {}

    def _send(self, entity: CompiledEntity, payload: dict[str, Any]) -> TestResponse:
        return self.api.post(f"/api/v1/{entity.path}", json=payload)

    def _reading(self, entity: CompiledEntity, made: dict[str, Any] | None = None) -> None:
        """The list by each column, the files, the screens."""
        for name, column in entity.columns.items():
            self._ask("GET", entity.path, query_string={"sort": f"-{name}"})
            value = _plain(column.of(made)) if made is not None else None
            if made is None or isinstance(value, dict | list) or column.kind == "json":
                continue
            if column.kind == "ref" and value is not None and not isinstance(column.of(made).get("key"), str):
                continue  # a target without a key is filtered by its id, under another name
            wanted = {f"{name}__isnull": "true"} if value is None else {name: _text(value)}
            found = self._ask("GET", entity.path, query_string={**wanted, "limit": 200}).json["items"]
            if made["id"] not in [each["id"] for each in found]:
                raise DoorFault(f"the list does not find it by {wanted}")
        for format in FORMATS:
            self._ask("GET", f"{entity.path}/export", query_string={"format": format})
        self._command(entity)
        pages = [entity.path, *([f"{entity.path}/{made['id']}", f"{entity.path}/new"] if made else [])]
        for page in pages:
            answer = self.browser.get(f"/{page}")
            if answer.status_code != 200:
                raise DoorFault(f"the screen /{page} answers {answer.status_code}")

    def _exchange(self, entity: CompiledEntity, record: dict[str, Any]) -> None:
        """What an export holds, an import takes; where it may be deleted, it comes back as it was."""
        files = {name: self._ask("GET", f"{entity.path}/export", query_string={"format": name}) for name in FORMATS}
        head = {"If-Match": f'"{record["version"]}"'}
        deleted = self.api.delete(f"/api/v1/{entity.path}/{record['id']}", headers=head).status_code == 204
        if deleted or entity.key is not None:  # without a key every row of a file is a new record
            for name in FORMATS if not entity.lines else ["jsonl"]:
                self._import(entity, files[name].data, name, dry_run=True)
        if not deleted:
            return
        result = self._import(entity, files["jsonl"].data, "jsonl", dry_run=False)
        if not result["created"]:
            raise DoorFault(f"an import of its own export makes nothing: {result}")
        newest = {"sort": "-id", "limit": 200, "include": ",".join(entity.lines)}
        items = self._ask("GET", entity.path, query_string=newest).json["items"]
        key = entity.key.name if entity.key else None
        back = next((each for each in items if key is None or each[key] == record[key]), None)
        if back is None:
            raise DoorFault("an import of its own export does not bring it back")
        self._made[entity.name] = ({}, back)
        own = {name: record[name] for name, column in entity.columns.items() if not column.readonly and name in record}
        own |= {"ext": record["ext"]} if entity.extensions else {}
        _compare(entity, own, back, "import of its export")

    def _import(self, entity: CompiledEntity, data: bytes, format: str, *, dry_run: bool) -> dict[str, Any]:
        answer = self.api.post(
            f"/api/v1/{entity.path}/import",
            query_string={"dry_run": str(dry_run).lower()},
            data={"file": (io.BytesIO(data), f"own.{format}")},
        )
        if answer.status_code != 200:
            raise DoorFault(f"it does not take its own {format} export: {answer.text}")
        return answer.json or {}

    def _ask(self, method: str, path: str, **kwargs: Any) -> Any:
        answer = self.api.open(f"/api/v1/{path}", method=method, **kwargs)
        answer.get_data()  # a stream that is not read to its end keeps its snapshot
        if answer.status_code != 200:
            raise DoorFault(f"{method} {path} {kwargs or ''} answers {answer.status_code}: {answer.text[:500]}")
        return answer


def _compare(entity: CompiledEntity, sent: dict[str, Any], found: dict[str, Any], how: str) -> None:
    """Every value that was sent and is a column's, an extension's included."""
    for name, column in entity.columns.items():
        value, other = column.of(sent), column.of(found)
        if not _is_said(column, sent):
            continue
        if _same(column, value) != _same(column, other) and not (isinstance(value, int) and isinstance(other, dict)):
            raise DoorFault(f"{how}: {name} was {value!r} and is {other!r}")


def _is_said(column: Column, item: Any) -> bool:
    for step in column.path:
        if not isinstance(item, dict) or step not in item:
            return False
        item = item[step]
    return True


def _same(column: Column, value: Any) -> Any:
    value = _plain(value)
    return Decimal(value) if column.kind in ("money", "quantity", "rate") and value is not None else value


def _plain(value: Any) -> Any:
    return value.get("key", value.get("id")) if isinstance(value, dict) else value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
