"""`trastienda plugins purge`: take a plugin's data out, after saying what that is."""

from __future__ import annotations

import click

from ..purge import Purge, PurgeBlocked, plan_purge, purge
from .context import Context


@click.command("purge")
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Only say what would go, and what stands in the way")
@click.option("--yes", is_flag=True, help="Do not ask")
@click.pass_obj
def purge_plugin(context: Context, name: str, dry_run: bool, yes: bool) -> None:
    """Drop the tables of NAME (of its glue as well, or of `plugin+other` alone) and its traces elsewhere.

    What was audited stays audited. While the plugin is on, `trastienda migrate` makes its tables anew, empty.
    """
    site = context.site()
    with site.active():
        planned = plan_purge(site, name)
    for line in described(planned):
        click.echo(line)
    if planned.blockers:
        raise PurgeBlocked(name, planned.blockers)
    if not dry_run and (yes or click.confirm("Drop all this, for good?", abort=True)):
        purge(site, name)
        click.echo(f"The data of {name} is gone.", err=True)


def described(planned: Purge) -> list[str]:
    """What would go, a line each."""
    counted = [
        ("settings", planned.settings),
        ("role assignments", planned.roles),
        ("number series", planned.counters),
        ("migrations to run again", planned.migrations),
    ]
    return [
        *(f"table {table}: {rows} rows" for table, rows in planned.tables),
        *(f"{what}: {number}" for what, number in counted if number),
        "kept: the audit; tokens keep their scopes, which then give nothing",
    ]
