"""The addresses that say what roles there are, and what somebody may do, and why."""
from __future__ import annotations

from typing import Any

from ...entities.declarations import Grant, Role
from ...errors import Forbidden
from ...languages import gettext, lazy_gettext
from ...plugin import Route
from ...reports.declarations import Ref
from ...security.actor import Actor
from ...security.rights import rights_of
from ...storage.models import User
from ...work import Work

#: Whoever has any role may ask this about himself.
EVERYONE = Role("identity.everyone", [Grant("identity.my-rights", ["run"])],
                label=lazy_gettext("Everybody, about himself"),
                everyone=True)


def actor_of(work: Work, user: User) -> Actor:
    """The user as he would act in the work's company; raises Forbidden where he has no role in it."""
    return work.site.actor(user, work.company, via=work.actor.via)


def described(work: Work, actor: Actor) -> dict[str, Any]:
    found = rights_of(work.site, actor)
    return {
        "user": actor.name, "company": work.company.code, "roles": sorted(actor.roles),
        "rights": [{"on": each.on, "verb": each.verb, "all_rows": each.all_rows,
                    "by": [{"role": ground.role, "rows": ground.rows} for ground in each.grounds]}
                   for each in found.rights],
        "hidden": found.hidden}


def my_rights(work: Work) -> dict[str, Any]:
    """What the caller may do in the company, and by which role."""
    return described(work, work.actor)


def rights(work: Work, *, user: Ref[User]) -> dict[str, Any]:
    """What a user may do in the company, and by which role."""
    who = work.get(User, user)
    if not who.active:
        raise Forbidden(gettext("%(user)s is disabled: he may do nothing", user=who.name))
    return described(work, actor_of(work, who))


def shipped_roles(work: Work) -> dict[str, Any]:
    """The roles that the installed plugins bring, with what they grant."""
    return {"items": [
        {"name": role.name, "label": gettext(role.label) if role.label else role.name, "everyone": role.everyone,
         "grants": [{"on": grant.on, "verbs": list(grant.verbs), "rows": role.name if grant.where else ""}
                    for grant in role.grants]}
        for _, role in sorted(work.site.permissions.roles.items())]}


routes = [
    Route("my-rights", my_rights, permission="identity.my-rights"),
    Route("rights", rights, permission="identity.rights"),
    Route("shipped-roles", shipped_roles, permission="identity.shipped-roles"),
]
