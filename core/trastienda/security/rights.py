"""What somebody may do, and why: the same question that every door asks, answered with its grounds."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .vocabulary import vocabulary

if TYPE_CHECKING:
    from ..site import Site
    from .actor import Actor


@dataclass(frozen=True)
class Ground:
    """A role that allows it; `rows` is empty where it allows it on all rows, else what selects them."""

    role: str
    rows: str = ""


@dataclass(frozen=True)
class Right:
    """That the actor may do `verb` on `on`, and by which roles."""

    on: str
    verb: str
    grounds: tuple[Ground, ...]

    @property
    def all_rows(self) -> bool:
        return any(not ground.rows for ground in self.grounds)


@dataclass(frozen=True)
class Rights:
    """Everything that he may do; `hidden` are the columns that he may not see of what he may read, with the verb
    that each would need."""

    rights: tuple[Right, ...]
    hidden: dict[str, dict[str, str]]


def rights_of(site: Site, actor: Actor) -> Rights:
    permissions = site.permissions
    rights = []
    for on, verbs in vocabulary(site.registry).items():
        for verb in verbs:
            if permissions.of(actor, on, verb):
                grounds = [_ground(site, actor, role, on, getattr(grant.where, "__name__", ""))
                           for role, grant in permissions.grounds(actor, on, verb)]
                rights.append(Right(on, verb, tuple(dict.fromkeys(grounds))))
    return Rights(tuple(rights), dict(_hidden(site, actor)))


def _ground(site: Site, actor: Actor, role: str, on: str, where: str) -> Ground:
    parts = [where if where != "<lambda>" else f"{role}: {on}"] if where else []
    if on in site.permissions.limits and role in actor.local:
        parts.append("of this company")
    return Ground(role, ", ".join(parts))


def _hidden(site: Site, actor: Actor) -> list[tuple[str, dict[str, str]]]:
    found = []
    for name, entity in sorted(site.registry.entities.items()):
        if site.permissions.of(actor, entity.guard, "read"):
            columns = {column.name: column.permission for column in entity.columns.values()
                       if not site.permissions.may_see(actor, entity, column)}
            if columns:
                found.append((name, columns))
    return found
