"""What an import is asked for, and what comes of it."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import BadQuery
from ..languages import gettext
from .compiled import CompiledEntity

#: Told (phase, rows done, rows in all or None): "check" reads the file, "apply" writes.
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
