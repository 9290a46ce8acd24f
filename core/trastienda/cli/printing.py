"""`trastienda print`: a record's document as a file."""

from __future__ import annotations

from pathlib import Path

import click

from ..entities.compiled import CompiledEntity
from ..entities.read import one_by_key
from ..errors import NotFound
from ..languages import speaking
from ..prints.run import printed
from ..security.actor import Actor
from ..site import Site
from ..storage.models import Company
from .context import Context
from .files import find_entity
from .options import OUTPUT, on_behalf, write_out


@click.command("print")
@click.argument("entity")
@click.argument("record")
@click.argument("name")
@click.option("--format", "form", default="pdf", show_default=True, metavar="FORMAT")
@click.option("-o", "--output", type=OUTPUT, metavar="FILE", help="[default: standard output]")
@click.option("--language", metavar="CODE", help="[default: the user's, or the company's]")
@on_behalf
@click.pass_obj
def print_(
    context: Context,
    entity: str,
    record: str,
    name: str,
    form: str,
    output: Path | None,
    language: str | None,
    user: str | None,
    company: str | None,
) -> None:
    """Print a document of a record; RECORD is its key, or # and its id ('#12'), or its id where records have no key."""
    with context.ready_site().active() as site:
        actor, where = context.actor(user, company)
        found = find_entity(site, entity)
        identity = identity_of(site, actor, where, found, record)
        with speaking(language or actor.language or where.language):
            made = printed(site, actor, where, found, identity, name, wanted=form)
    write_out(output, [made.data], for_terminals=False)


def identity_of(site: Site, actor: Actor, company: Company, entity: CompiledEntity, record: str) -> int:
    """The id of the record that a command line names. A key wins over an id that looks like it."""
    number = record.removeprefix("#") if record.startswith("#") or entity.key is None else ""
    if not (number.isascii() and number.isdecimal()):
        number = ""
    if entity.key is None:
        if not number:
            raise NotFound(f"{entity.plural} have no key: name the record by its id")
        return int(number)
    try:
        return int(one_by_key(site, actor, company, entity, record)["id"])
    except NotFound:
        if not number:
            raise
        return int(number)
