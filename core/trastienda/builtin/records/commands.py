"""`trastienda records ...`"""

from __future__ import annotations

import click

from ...cli.context import Context
from . import attachments


@click.command()
@click.pass_obj
def sweep(context: Context) -> None:
    """Remove the content of files that no record has any more, a day after the last one went."""
    count = attachments.sweep(context.ready_site())
    click.echo(f"{count} files removed.")
