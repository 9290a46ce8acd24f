"""Nobody gives, takes or redefines more than he has himself, nor acts upon a user who has more."""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

import peewee

from ...entities.declarations import Fault, Grant, Role
from ...errors import Forbidden, Refusal
from ...languages import gettext
from ...security.actor import Actor
from ...security.audit import AuditRecord
from ...security.stored_roles import grants_of, role_of
from ...security.vocabulary import BESIDE, ENTITY_VERBS, vocabulary
from ...storage.models import Company, RoleAssignment, StoredGrant, StoredRole, User
from ...work import Work
from .models import Account, Token, TokenUse

#: Verbs that may be granted whether or not anything here asks for them.
ANYWHERE = {"*", "run", "read-private", *ENTITY_VERBS, *BESIDE}
NAME = re.compile(r"[a-z][a-z0-9-]{1,59}")


# -- who exists for whom
def users_here(actor: Actor) -> peewee.Node:
    """Whoever has a role in the actor's company, or in all."""
    here = (RoleAssignment.in_company == actor.company) | RoleAssignment.in_company.is_null()
    return User.id.in_(RoleAssignment.select(RoleAssignment.user).where(here))


def tokens_here(actor: Actor) -> peewee.Node:
    """Theirs."""
    return Token.user.in_(User.select(User.id).where(users_here(actor)))


def last_use() -> peewee.Node:
    """When a token last opened something."""
    stamp = TokenUse.select(TokenUse.last_used_at).where(TokenUse.token == Token.id)
    return peewee.fn.COALESCE(stamp, peewee.SQL("NULL"))  # a query alone is no expression that could be compared


def accounts_here(actor: Actor) -> peewee.Node:
    """Theirs at providers."""
    return Account.user.in_(User.select(User.id).where(users_here(actor)))


def companies_here(actor: Actor) -> peewee.Node:
    """Those in which he has a role himself."""
    return Company.id.in_(RoleAssignment.select(RoleAssignment.in_company).where(
        RoleAssignment.user == actor.user, RoleAssignment.in_company.is_null(False)))


# -- what one has
def own_grants(work: Work, company: int | None) -> list[Grant]:
    """The actor's grants in a company, or those that he has in all."""
    if work.actor.user is None:
        return [grant for _, grant in work.site.permissions.grants(work.actor)]
    where = RoleAssignment.in_company.is_null()
    if company is not None:
        where |= RoleAssignment.in_company == company
    held = work.rows(RoleAssignment.select(RoleAssignment.role).where(RoleAssignment.user == work.actor.user, where))
    return [grant for (name,) in held if (role := find_role(work, name)) is not None for grant in role.grants]


def find_role(work: Work, name: str) -> Role | None:
    """A shipped role, else a stored one as it is in this transaction."""
    if (shipped := work.site.permissions.roles.get(name)) is not None:
        return shipped
    stored = StoredRole.get_or_none(StoredRole.name == name)
    return role_of(stored, stored.lines_of(StoredGrant), work.site.permissions.roles) if stored is not None else None


def roles_to_give(work: Work) -> list[tuple[str, str]]:
    """Those that the actor may give in his company: the plugins', then what administrators made, with their labels."""
    shipped = sorted(each.name for each in work.site.permissions.roles.values() if not each.everyone)
    own = [name for (name,) in work.rows(StoredRole.select(StoredRole.name).order_by(StoredRole.name))]
    known = [role for name in (*shipped, *own) if (role := find_role(work, name)) is not None]
    return [(role.name, f"{gettext(role.label)} ({role.name})" if role.label else role.name)
            for role in known if within_authority(work, role.grants, work.company.id)]


def within_authority(work: Work, grants: Iterable[Grant], company: int | None) -> bool:
    """Whether the actor has each of these himself, in that company (in all for None) and within his token's scopes."""
    own = own_grants(work, company)
    scopes = work.actor.scopes
    return all(any(_contains(mine, grant) for mine in own)
               and (scopes is None or any(fnmatchcase(grant.on, scope) for scope in scopes)) for grant in grants)


def _contains(mine: Grant, other: Grant) -> bool:
    verbs = "*" in mine.verbs or set(other.verbs) <= set(mine.verbs)
    return verbs and fnmatchcase(other.on, mine.on) and mine.where in (None, other.where)


# -- the checks of entities
def check_user(work: Work, user: User) -> Iterator[Fault]:
    """Roles that exist, given and taken by those alone who have as much."""
    lines = user.lines_of(RoleAssignment)
    stored = user.__dict__["_stored_lines"][RoleAssignment]
    before = {(line["role"], line["in_company"]) for line in stored.values()}
    now = {(line.role, line.__data__.get("in_company")): line for line in lines}
    for name, company in now.keys() - before:
        line, role = now[name, company], find_role(work, name)
        if role is None:
            yield Fault(RoleAssignment.role, gettext("There is no role %(name)s.", name=name), line=line)
        elif not within_authority(work, role.grants, company):
            yield Fault(RoleAssignment.role, gettext("You may not give what you do not have."), line=line)
    for name, company in before - now.keys():
        role = find_role(work, name)
        if role is not None and not within_authority(work, role.grants, company):
            yield Fault(RoleAssignment.user, gettext("You may not take what you do not have."))
    if not user.__data__.get("id"):
        return
    yield from () if may_act_on(work, user) else [Fault(None, gettext("This user may do more than you."))]


def may_act_on(work: Work, user: User) -> bool:
    """Whether the actor has all that the user has. Everybody may act on himself, but not by a token that was given
    less than he has: it would get itself the rest."""
    if user.id == work.actor.user and work.actor.scopes is None:
        return True
    user.lines_of(RoleAssignment)
    stored = user.__dict__["_stored_lines"][RoleAssignment].values()
    roles = [(find_role(work, line["role"]), line["in_company"]) for line in stored]
    return all(within_authority(work, role.grants, company) for role, company in roles if role is not None)


def require_authority(work: Work, user: User) -> None:
    """For actions upon a user; raises Forbidden."""
    if not may_act_on(work, user):
        raise Forbidden(gettext("This user may do more than you."))


def check_role(work: Work, role: StoredRole) -> Iterator[Fault]:
    """A name of its own, grants that mean something here, and nothing that whoever makes it has not."""
    shipped = work.site.permissions.roles
    lines = role.lines_of(StoredGrant)
    stored = role.__dict__["_stored_lines"][StoredGrant]
    former = [grant for data in stored.values() for grant in grants_of(StoredGrant(**data), shipped)]
    if not within_authority(work, former, None):
        yield Fault(None, gettext("This role grants more than you have."))
    if not NAME.fullmatch(role.name) or role.name in shipped:
        yield Fault(StoredRole.name, gettext("Small letters, digits and dashes; not the name of a plugin's role."))
    known = vocabulary(work.site.registry)
    for line in lines:
        covered = [name for name in known if fnmatchcase(name, line.target)]
        if not covered:
            yield Fault(StoredGrant.target, gettext("There is nothing of that name here."), line=line)
        unknown = set(line.verbs.split()) - ANYWHERE - {verb for name in covered for verb in known[name]}
        if covered and (unknown or not line.verbs.split()):
            said = gettext("Nothing asks for %(verbs)s there.", verbs=", ".join(sorted(unknown)))
            yield Fault(StoredGrant.verbs, said, line=line)
        made = list(grants_of(line, shipped))
        if line.rows and not made:
            said = gettext("There is no such role, or it has no rows of its own there.")
            yield Fault(StoredGrant.rows, said, line=line)
        elif not within_authority(work, made, None):
            yield Fault(StoredGrant.target, gettext("You may not give what you do not have."), line=line)


def refuse_deletion(work: Work, user: User) -> None:
    """A user with more rights stays, and so does everybody whom the log of changes names."""
    require_authority(work, user)
    if AuditRecord.select().where(AuditRecord.user == user.id).exists():
        raise Refusal(gettext("%(user)s has changed records: disable him instead", user=user.name))


def refuse_role_in_use(work: Work, role: StoredRole) -> None:
    if RoleAssignment.select().where(RoleAssignment.role == role.name).exists():
        raise Refusal(gettext("There are users with this role"))
    for fault in check_role(work, role):
        if fault.field is None:
            raise Forbidden(fault.message)
