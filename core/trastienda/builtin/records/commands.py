"""`trastienda records ...`"""

from __future__ import annotations

import click

from ...cli.context import Context
from ...cli.options import on_behalf
from ...entities import write
from . import attachments


@click.command()
@click.pass_obj
def sweep(context: Context) -> None:
    """Remove the content of files that no record has any more, a day after the last one went."""
    with context.ready_site().active() as site:
        count = attachments.sweep(site)
    click.echo(f"{count} files removed.")


@click.command("undo-import")
@click.argument("batch", type=click.IntRange(min=1))
@on_behalf
@click.pass_obj
def undo_import(context: Context, batch: int, user: str | None, company: str | None) -> None:
    """Take back the import BATCH, as numbered in the list of imports: all of it, or nothing and why not."""
    with context.ready_site().active() as site:
        actor, where = context.actor(user, company)
        entity = site.registry.entities["records.import"]
        site.write(actor, where, lambda work: write.act(work, entity, batch, "undo", {}))
    click.echo(f"Import {batch} is undone.")
