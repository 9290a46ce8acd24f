"""What can be granted: every name that permissions are asked for, and the verbs that are asked of each."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..plugin import Route

if TYPE_CHECKING:
    from ..registry import Registry

ENTITY_VERBS = ("read", "create", "update", "delete", "export", "import")
#: Of what people say beside a record.
BESIDE = ("comment", "moderate")
#: What is neither an entity nor a report, and no plugin's.
OTHERS = {"privacy": ("export", "erase"), "audit": ("read", "export"), "settings.installation": ("read",)}


def vocabulary(registry: Registry) -> dict[str, tuple[str, ...]]:
    """Verbs by name, the common ones first."""
    found: dict[str, dict[str, None]] = {name: {"run": None} for name in registry.reports}
    for entity in registry.entities.values():
        own = found.setdefault(entity.guard, dict.fromkeys(ENTITY_VERBS))
        if entity.version is not None:
            own.update(dict.fromkeys(BESIDE))
        own.update((action.permission or action.name, None) for action in entity.actions.values())
        own.update((each.permission, None) for _, each in registry.prints.get(entity.name, {}).values())
        own.update((column.permission, None) for column in entity.columns.values() if column.permission)
    for each in registry.settings.values():
        found[each.guard] = {"read": None, "update": None}
    for _, route in registry.routes:
        if isinstance(route, Route) and not route.on_record:
            found.setdefault(route.permission, {}).update((route.verb_of(each), None) for each in route.methods)
    for name, (_, job) in registry.jobs.items():
        if job.on_request:
            found.setdefault(name, {})["start"] = None
    for panels in registry.panels.values():
        for _, panel in panels:
            if (name := panel.permission or panel.name) not in registry.entities:
                found.setdefault(name, {})["run"] = None
    found.update((name, dict.fromkeys(verbs)) for name, verbs in OTHERS.items())
    return {name: tuple(verbs) for name, verbs in sorted(found.items())}
