"""Roles that administrators make: from the rows that say so to the same values that plugins declare."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ..entities.declarations import Grant, Role
from ..storage.models import StoredGrant, StoredRole
from ..storage.rows import fetch

if TYPE_CHECKING:
    from ..site import Site


def editions(site: Site, names: Sequence[str]) -> frozenset[str]:
    """`name@version` of the roles of these names that there are, each known to the site's permissions afterwards.

    An edition never changes, so every process may remember it for ever: a change of a role is another edition, and
    the next request of whoever holds it asks for that one.
    """
    if not names:
        return frozenset()
    marks = ", ".join("?" * len(names))
    found = {f"{role.name}@{role.version}": role
             for role in fetch(site.database, StoredRole, f'"name" IN ({marks})', list(names))}
    for edition, role in found.items():
        if edition not in site.permissions.stored:
            grants = fetch(site.database, StoredGrant, '"role_id" = ?', [role.id], tail=' ORDER BY "id"')
            site.permissions.stored[edition] = role_of(role, grants, site.permissions.roles)
    return frozenset(found)


def role_of(role: StoredRole, grants: Iterable[StoredGrant], shipped: Mapping[str, Role]) -> Role:
    """As a plugin would have declared it."""
    return Role(role.name, [each for grant in grants for each in grants_of(grant, shipped)], label=role.label)


def grants_of(stored: StoredGrant, shipped: Mapping[str, Role]) -> Iterator[Grant]:
    """One for all rows; else one for each row filter that the named role has on what this grant is on."""
    verbs = tuple(stored.verbs.split())
    if not stored.rows:
        yield Grant(stored.target, verbs)
        return
    seen = set()
    for grant in shipped[stored.rows].grants if stored.rows in shipped else ():
        on = narrower(grant.on, stored.target)
        if grant.where is not None and on and (on, grant.where) not in seen:
            seen.add((on, grant.where))
            yield Grant(on, verbs, where=grant.where)


def narrower(one: str, other: str) -> str:
    """The one of two patterns that lies within the other; nothing where neither does."""
    if fnmatchcase(one, other):
        return one
    return other if fnmatchcase(other, one) else ""


def copied(role: Role, known: Iterable[str]) -> list[StoredGrant]:
    """A role's grants as rows, to begin another role with; those on what is not here are left out."""
    names = list(known)
    return [StoredGrant(target=grant.on, verbs=" ".join(grant.verbs), rows=role.name if grant.where is not None else "")
            for grant in role.grants if any(fnmatchcase(name, grant.on) for name in names)]
