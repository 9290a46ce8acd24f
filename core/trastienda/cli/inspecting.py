"""`trastienda doctor`, `openapi` and `shell`: a look at the site from inside."""

from __future__ import annotations

import code
import sqlite3
from collections.abc import Iterator
from functools import partial
from typing import Any

import click
import orjson
import peewee

from ..entities.declarations import Tally
from ..errors import TrastiendaError
from ..isolation import PluginFailed, blaming, checked
from ..plugin import Check
from ..security.actor import Actor
from ..security.audit import verify
from ..settings.keys import SEALING
from ..site import Site
from ..storage.models import Company
from ..storage.sealing import unreadable
from ..upgrade import all_models, unrun
from ..work import Work
from .context import Context

#: Releases of SQLite in which resetting the write-ahead log could corrupt it, by the notes of 3.51.3.
WAL_RESET_FIXED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))


class Unwell(TrastiendaError):
    """What `doctor` found."""


@click.command()
@click.pass_obj
def doctor(context: Context) -> None:
    """Look for what is wrong with the data and the installation; changes nothing."""
    site = context.site()
    for text in advice(site):
        click.echo(f"note: {text}")
    count = 0
    for subject, problem in findings(site):
        click.echo(f"{subject}: {problem}")
        count += 1
    if count:
        raise Unwell(f"{count} {'finding' if count == 1 else 'findings'}.")
    click.echo("All is well.")


@click.command()
@click.pass_obj
def openapi(context: Context) -> None:
    """Print the description of the REST API, OpenAPI 3.1."""
    from ..api.openapi import document  # the other commands start sooner without it

    click.echo(orjson.dumps(document(context.site()), option=orjson.OPT_INDENT_2))


@click.command()
@click.pass_obj
def shell(context: Context) -> None:
    """Python with `site`, `Company` and `Actor`; the site's database is the current one."""
    with context.ready_site().active() as site:
        names: dict[str, Any] = {"site": site, "Company": Company, "Actor": Actor}
        code.interact(local=names, banner="site.write(Actor.system('cli'), site.company('CODE'), lambda work: ...)")


def findings(site: Site) -> Iterator[tuple[str, str]]:
    """(of what, what is wrong); what needs the tables is left out without them."""
    faults = list(unrun(site))
    yield from ((fault.plugin, f"{fault.cause}; {fault.cure}") for fault in faults)
    if faults:
        return
    with site.active():
        for broken in verify(site.database)[2]:
            yield "audit", f"transaction {broken.seal} of chain {broken.chain}: {broken.what}"
        yield from sealed_with_other_keys(site)
        for owner, tally in site.registry.tallies:
            yield from ((owner, text) for text in differences(tally))
        for company in Company.select().order_by(Company.code):
            yield from _checked(site, company)


def sealed_with_other_keys(site: Site) -> Iterator[tuple[str, str]]:
    """Secrets in the database that this installation cannot read."""
    there = bool(site.settings.sealing_keys(False))
    for column, count in unreadable(site.database, all_models(site)):
        cure = "put the key that sealed them into" if there else "it is missing; put back"
        yield "secrets", f"{count} of {column} cannot be read: {cure} {site.settings.data / SEALING}"


def advice(site: Site) -> Iterator[str]:
    """What could be better about the installation, though nothing is wrong with it yet."""
    if site.database.dialect == "sqlite":
        if not is_safe(sqlite3.sqlite_version_info):
            yield (
                f"SQLite {sqlite3.sqlite_version} may corrupt a database when it resets the write-ahead "
                "log; 3.51.3, 3.50.7 and 3.44.6 do not"
            )
    elif site.settings.database_owner is None:
        yield (
            "the server's role may change tables and drop triggers; name another role in database_owner, for "
            "migrate to use"
        )


def is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this release of SQLite has the correction, in its own series or a later one."""
    return version >= WAL_RESET_FIXED[-1] or any(
        version[:2] == fixed[:2] and version >= fixed for fixed in WAL_RESET_FIXED
    )


def _checked(site: Site, company: Company) -> Iterator[tuple[str, str]]:
    for owner, check in site.registry.checks:
        subject = f"{owner}, {check.name}, {company.code}"
        try:
            found = site.read(Actor.system("doctor"), company, partial(_answers, owner, check))
        except PluginFailed as error:
            found = [f"{error}: {error.__cause__}"]
        yield from ((subject, text) for text in found)


def _answers(owner: str, check: Check, work: Work) -> list[str]:
    with blaming(owner, f"check {check.name}"):
        return [checked(text, str) for text in checked(check.run(work), list | tuple)]


def differences(tally: Tally) -> Iterator[str]:
    """Where the running sums are not what their source comes to; a row of nothing may be missing."""
    table = tally.model._meta.table_name
    width = len(tally.key)
    kept = _sums(tally.model.select(*tally.key, *tally.sums), width)
    true = _sums(tally.source(), width)
    for key in sorted(kept.keys() | true.keys(), key=repr):
        if kept.get(key) != true.get(key):
            names = ", ".join(f"{field.name} {value}" for field, value in zip(tally.key, key, strict=True))
            yield f"{table}, {names}: {_shown(kept.get(key))} is kept, {_shown(true.get(key))} is true"


def _sums(query: peewee.ModelSelect[Any], width: int) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    return {row[:width]: row[width:] for row in query.tuples().iterator() if any(row[width:])}


def _shown(sums: tuple[Any, ...] | None) -> str:
    return "nothing" if sums is None else " and ".join(map(str, sums))
