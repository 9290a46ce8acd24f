"""`trastienda user` and `trastienda token`: who may sign in, and by which keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from ..errors import NotFound
from ..site import Site
from ..storage.models import RoleAssignment, StoredRole
from ..work import Work
from .context import Context, find_user
from .options import ask_password


def service(site: Site, name: str) -> Any:
    """A function that a bundled plugin offers by its versioned name."""
    return site.registry.services[name]


@click.group()
def user() -> None:
    """Who may sign in, and in which roles."""


@user.command()
@click.argument("name")
@click.option("--role", "roles", multiple=True, metavar="ROLE", help="May be repeated")
@click.option("--company", metavar="CODE", help="The roles hold in this company alone")
@click.option("--full-name", default="", metavar="TEXT", help="As others see it")
@click.option("--email", default="", metavar="ADDRESS", help="An address")
@click.option("--password", metavar="TEXT", help="Asked for where it is not given")
@click.pass_obj
def add(
    context: Context,
    name: str,
    roles: tuple[str, ...],
    company: str | None,
    full_name: str,
    email: str,
    password: str | None,
) -> None:
    """Add a user."""
    secret = password or ask_password(f"Password of {name}")
    with context.ready_site().active() as site:
        actor, carrier = context.administrator()
        within = site.company(company) if company else None
        site.write(
            actor,
            carrier,
            lambda work: service(site, "identity.add-user/1")(
                work,
                name=name,
                password=secret,
                roles=list(roles),
                full_name=full_name,
                email=email,
                company=within,
            ),
        )


@user.command()
@click.argument("name")
@click.option("--set", "secret", metavar="TEXT", help="The new password; asked for where it is not given")
@click.pass_obj
def password(context: Context, name: str, secret: str | None) -> None:
    """Set a user's password; his sessions end."""
    _act(context, name, "set-password", password=secret or ask_password(f"Password of {name}"))


@user.command()
@click.argument("name")
@click.pass_obj
def disable(context: Context, name: str) -> None:
    """Keep a user from signing in; his sessions end, and his tokens no longer work."""
    _act(context, name, "disable")


@user.command()
@click.argument("name")
@click.pass_obj
def enable(context: Context, name: str) -> None:
    """Let a disabled user sign in again."""
    _act(context, name, "enable")


@user.command()
@click.argument("name")
@click.argument("role")
@click.option("--company", metavar="CODE", help="In this company alone [default: in all]")
@click.option("--remove", is_flag=True, help="Take the role away")
@click.pass_obj
def role(context: Context, name: str, role: str, company: str | None, remove: bool) -> None:
    """Give a user a role, or take it away."""
    with context.ready_site().active() as site:
        known = [name for name, each in site.permissions.roles.items() if not each.everyone]
        known += [each.name for each in StoredRole.select(StoredRole.name)]
        if not remove and role not in known:
            raise NotFound(f"No role {role}; there are {', '.join(sorted(known))}")
        actor, carrier = context.administrator()
        within = site.company(company).id if company else None
        site.write(actor, carrier, lambda work: _change_role(work, name, role, within, remove=remove))


@click.group()
def token() -> None:
    """Keys by which programs use the API."""


@token.command()
@click.option("--user", "name", required=True, metavar="NAME", help="Whose rights it has")
@click.option("--name", "purpose", default="command line", show_default=True, metavar="TEXT", help="What it is for")
@click.option("--scopes", default="", metavar="PATTERNS", help="Such as 'accounting.*' [default: all]")
@click.option(
    "--expires", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="The last day it is good [default: none]"
)
@click.pass_obj
def create(context: Context, name: str, purpose: str, scopes: str, expires: datetime | None) -> None:
    """Make a token and print it; it is shown this once."""
    with context.ready_site().active() as site:
        actor, carrier = context.administrator()
        owner = find_user(name)
        click.echo(
            site.write(
                actor,
                carrier,
                lambda work: service(site, "identity.add-token/1")(
                    work, user=owner, name=purpose, scopes=scopes, expires_on=expires.date() if expires else None
                ),
            )
        )


def _act(context: Context, name: str, action: str, **parameters: object) -> None:
    with context.ready_site().active() as site:
        actor, carrier = context.administrator()
        site.write(actor, carrier, lambda work: work.act(work.lock(find_user(name)), action, **parameters))


def _change_role(work: Work, name: str, role: str, company: int | None, *, remove: bool) -> None:
    held = work.lock(find_user(name))
    lines = held.lines_of(RoleAssignment)
    same = [each for each in lines if each.role == role and each.__data__.get("in_company") == company]
    if remove and not same:
        raise NotFound(f"{name} does not hold the role {role} there")
    if remove:
        lines[:] = [each for each in lines if each not in same]
    elif not same:
        lines.append(RoleAssignment(role=role, in_company=company))
