"""`trastienda migrate`: the tables as the plugins need them."""

from __future__ import annotations

import click

from ..upgrade import upgrade
from .context import Context


@click.command()
@click.pass_obj
def migrate(context: Context) -> None:
    """Run the migrations that are pending; each is whole or not at all, and a broken run is run again."""
    done = upgrade(context.site(), report=lambda title: click.echo(f"  {title}", err=True))
    click.echo(f"{len(done)} {'migration' if len(done) == 1 else 'migrations'} run." if done else "Nothing to do.")
