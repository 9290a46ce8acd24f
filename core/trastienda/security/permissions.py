"""What an actor may do: the union of the grants of the roles that he holds, narrowed by his token's scopes."""
from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import reduce
from operator import and_, or_
from typing import Any, TypeAlias

import peewee

from ..entities.compiled import Column, CompiledEntity
from ..entities.declarations import Grant, Role
from ..errors import Forbidden
from ..isolation import blaming, checked
from ..languages import gettext, lazy_gettext
from .actor import Actor

ADMIN = Role("admin", [Grant("*")], label=lazy_gettext("Administrator"))
AUDITOR = Role("auditor", [Grant("*", ["read", "run", "export", "read-private"])], label=lazy_gettext("Auditor"))


LOOKING = frozenset({"read", "export", "run"})
Limit: TypeAlias = "Callable[[Actor], peewee.Node]"


@dataclass(frozen=True)
class Permission:
    """The answer to "may he?": not at all, wholly (no `where`), or within the rows that `where` selects."""

    allowed: bool
    where: peewee.Node | None = None

    def __bool__(self) -> bool:
        return self.allowed


NO = Permission(False)
YES = Permission(True)


class Permissions:
    """Answers from the registry's roles; one object a site."""

    def __init__(self, roles: Mapping[str, Role], limits: Mapping[str, Limit],
                 central: Collection[str] = ()) -> None:
        """`limits` says which rows of a shared entity a role reaches that is held in one company alone; of `central`
        ones it writes none."""
        self.central = frozenset(central)
        self.roles = roles
        self.limits = limits
        self.stored: dict[str, Role] = {}
        self._everyones = frozenset(name for name, role in roles.items() if role.everyone)
        self._plain: dict[tuple[tuple[object, ...], str, str], Permission] = {}

    def of(self, actor: Actor, on: str, verb: str) -> Permission:
        """May the actor do `verb` on an entity or report?"""
        question = (actor.standing, on, verb)
        if (known := self._plain.get(question)) is not None:
            return known
        if actor.scopes is not None and not any(fnmatchcase(on, scope) for scope in actor.scopes):
            return self._plain.setdefault(question, NO)
        found = list(self.grounds(actor, on, verb))
        limit = self.limits.get(on)
        local = actor.local if limit is not None else frozenset()
        if any(grant.where is None and role not in local for role, grant in found):
            return self._plain.setdefault(question, YES)
        if not found:
            return self._plain.setdefault(question, NO)
        reached = [self._reached(actor, grant, limit if role in local else None) for role, grant in found]
        return Permission(True, reduce(or_, reached))

    def grounds(self, actor: Actor, on: str, verb: str) -> Iterator[tuple[str, Grant]]:
        """The grants that count for it, with their roles."""
        aside = actor.local if on in self.central and verb not in LOOKING else frozenset()
        return ((role, grant) for role, grant in self.grants(actor) if role not in aside and covers(grant, on, verb))

    @staticmethod
    def _reached(actor: Actor, grant: Grant, limit: Limit | None) -> Any:
        parts = [_rows(where, actor) for where in (grant.where, limit) if where is not None]
        return reduce(and_, parts)

    def grants(self, actor: Actor) -> Sequence[tuple[str, Grant]]:
        """All that he has, each with the name of the role that gives it."""
        editions = {edition.rpartition("@")[0]: self.stored[edition] for edition in actor.editions}
        return [(name, grant) for name in sorted(actor.roles | self._everyones)
                if (role := self.roles.get(name) or editions.get(name)) for grant in role.grants]

    def within(self, actor: Actor, name: str) -> peewee.Node | None:
        """The rows of a limited entity that exist for the actor at all, whatever he may do; None for all rows."""
        limit = self.limits.get(name)
        if limit is None or not actor.roles or actor.roles - actor.local - self._everyones:
            return None
        return _rows(limit, actor)

    def require(self, actor: Actor, on: str, verb: str) -> Permission:
        """As `of`, but a no is raised."""
        permission = self.of(actor, on, verb)
        if not permission:
            raise Forbidden(gettext("%(actor)s may not %(verb)s %(on)s", actor=actor.name, verb=verb, on=on))
        return permission

    def may_see(self, actor: Actor, entity: CompiledEntity, column: Column) -> bool:
        return not column.permission or bool(self.of(actor, entity.guard, column.permission))

    def visible(self, actor: Actor, entity: CompiledEntity) -> Mapping[str, Column]:
        """The columns that the actor may read."""
        if not any(column.permission for column in entity.columns.values()):
            return entity.columns
        return {name: column for name, column in entity.columns.items() if self.may_see(actor, entity, column)}


def _rows(where: Callable[[Actor], peewee.Node], actor: Actor) -> peewee.Node:
    """The rows that a grant reaches; a filter that breaks reaches none, and is named by its package."""
    package = where.__module__.partition(".")[0].removeprefix("trastienda_")
    with blaming(package, f"row filter {where.__name__}"):
        return checked(where(actor), peewee.Node)


def covers(grant: Grant, on: str, verb: str) -> bool:
    return fnmatchcase(on, grant.on) and any(each in ("*", verb) for each in grant.verbs)


