"""The OpenAPI 3.1 document of a site: made once, from the registry and from the schemas that requests are held to."""

from __future__ import annotations

from importlib.metadata import version
from weakref import WeakKeyDictionary

from ...languages import speaking
from ...registry import Registry
from ...site import Site
from . import audit, common, entities, others, privacy, reports, settings
from .schemas import Schemas

__all__ = ["document"]

_made: WeakKeyDictionary[Site, tuple[Registry, dict[str, object]]] = WeakKeyDictionary()


def document(site: Site) -> dict[str, object]:
    """Every address that the site serves, in English whatever the reader's language; not to be changed."""
    registry = site.registry
    if site not in _made or _made[site][0] is not registry:
        with speaking("en"):
            _made[site] = registry, _make(site)
    return _made[site][1]


def _make(site: Site) -> dict[str, object]:
    schemas = Schemas(site)
    paths: dict[str, object] = {}
    for _, entity in sorted(site.registry.by_path.items()):
        paths.update(entities.paths_of(entity, schemas, site))
    paths.update(reports.paths_of(site, schemas))
    paths.update(settings.paths_of(site, schemas))
    paths.update(audit.paths_of())
    paths.update(privacy.paths_of(site))
    paths.update(others.paths_of(site, schemas))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Trastienda", "version": version("trastienda"), "description": common.INTRODUCTION},
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "tags": [
            *(
                {"name": entity.name, "description": str(entity.plural)}
                for _, entity in sorted(site.registry.by_path.items())
            ),
            *reports.tags_of(site),
            settings.TAG,
            audit.TAG,
            privacy.TAG,
            *others.tags_of(site),
        ],
        "paths": paths,
        "components": {
            "securitySchemes": common.SECURITY,
            "parameters": common.PARAMETERS,
            "headers": common.HEADERS,
            "responses": common.RESPONSES,
            "schemas": {**common.SCHEMAS, **schemas.made()},
        },
    }
