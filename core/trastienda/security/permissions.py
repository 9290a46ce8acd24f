"""What an actor may do: the union of the grants of the roles that he holds, narrowed by his token's scopes."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import reduce
from operator import or_

import peewee

from ..entities.compiled import Column, CompiledEntity
from ..entities.declarations import Grant, Role
from ..errors import Forbidden
from ..isolation import blaming, checked
from ..languages import gettext, lazy_gettext
from .actor import Actor

ADMIN = Role("admin", [Grant("*")], label=lazy_gettext("Administrator"))
AUDITOR = Role("auditor", [Grant("*", ["read", "run", "export", "read-private"])], label=lazy_gettext("Auditor"))


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

    def __init__(self, roles: Mapping[str, Role]) -> None:
        self.roles = roles
        self._plain: dict[tuple[frozenset[str], tuple[str, ...] | None, str, str], Permission] = {}

    def of(self, actor: Actor, on: str, verb: str) -> Permission:
        """May the actor do `verb` on an entity or report?"""
        question = (actor.roles, actor.scopes, on, verb)
        if (known := self._plain.get(question)) is not None:
            return known
        if actor.scopes is not None and not any(fnmatchcase(on, scope) for scope in actor.scopes):
            return self._plain.setdefault(question, NO)
        grants = [grant for grant in self.grants(actor) if covers(grant, on, verb)]
        if any(grant.where is None for grant in grants):
            return self._plain.setdefault(question, YES)
        if not grants:
            return self._plain.setdefault(question, NO)
        return Permission(True, reduce(or_, (_rows(grant.where, actor) for grant in grants if grant.where)))

    def grants(self, actor: Actor) -> Sequence[Grant]:
        everyones = {name for name, role in self.roles.items() if role.everyone}
        return [grant for name in sorted(actor.roles | everyones) if (role := self.roles.get(name))
                for grant in role.grants]

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


