"""Where the pages are. Kept apart, so that presenters need no request to link."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from ...entities.compiled import CompiledEntity

HOME = "/"
SIGN_IN = "/sign-in"
PLUGINS = "/plugins"
ADMINISTRATION = "/administration"
FIRST_RUN = "/first-run"


def with_query(path: str, parameters: Iterable[tuple[str, str]]) -> str:
    query = urlencode([(name, value) for name, value in parameters if value != ""])
    return f"{path}?{query}" if query else path


def listing(entity: CompiledEntity, parameters: Iterable[tuple[str, str]] = ()) -> str:
    return with_query(f"/{entity.path}", parameters)


def shape(entity: CompiledEntity, shape: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
    """The records as a `board`, a `calendar` or a `tree`; the list without a shape."""
    return with_query(f"/{entity.path}/{shape}" if shape else f"/{entity.path}", parameters)


def new(entity: CompiledEntity) -> str:
    return f"/{entity.path}/new"


def copy(entity: CompiledEntity, identity: int) -> str:
    return f"/{entity.path}/new?copy={identity}"


def record(entity: CompiledEntity, identity: int) -> str:
    return f"/{entity.path}/{identity}"


def action(entity: CompiledEntity, identity: int, name: str) -> str:
    return f"/{entity.path}/{identity}/actions/{name}"


def delete(entity: CompiledEntity, identity: int) -> str:
    return f"/{entity.path}/{identity}/delete"


def bulk(entity: CompiledEntity, parameters: Iterable[tuple[str, str]] = ()) -> str:
    return with_query(f"/{entity.path}/bulk", parameters)


def preview(entity: CompiledEntity, identity: int) -> str:
    return f"/{entity.path}/{identity}/preview"


def conditions(entity: CompiledEntity, parameters: Iterable[tuple[str, str]] = ()) -> str:
    return with_query(f"/{entity.path}/conditions", parameters)


def import_progress(entity: CompiledEntity, job: int) -> str:
    return f"/{entity.path}/import/{job}"


def keep_view(entity: CompiledEntity, parameters: Iterable[tuple[str, str]] = ()) -> str:
    return with_query(f"/{entity.path}/views", parameters)


def drop_view(entity: CompiledEntity, view: int) -> str:
    return f"/{entity.path}/views/{view}/delete"


def importing(entity: CompiledEntity) -> str:
    return f"/{entity.path}/import"


def quick(entity: CompiledEntity) -> str:
    return f"/{entity.path}/quick"


def lookup(entity: CompiledEntity, offers: Iterable[tuple[str, str]] = ()) -> str:
    return with_query(f"/{entity.path}/lookup", offers)


def export(entity: CompiledEntity, format: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
    return with_query(f"/api/v1/{entity.path}/export", [*parameters, ("format", format)])


def document(entity: CompiledEntity, identity: int, name: str) -> str:
    return f"/api/v1/{entity.path}/{identity}/print/{name}"


def report_mail(name: str) -> str:
    return f"/reports/{name}/mail"


def report(name: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
    return with_query(f"/reports/{name}", parameters)


def report_file(name: str, format: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
    return with_query(f"/api/v1/reports/{name}", [*parameters, ("format", format)])
