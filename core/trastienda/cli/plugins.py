"""`trastienda plugins`: what is installed, whether it fits together, and migrations for authors."""

from __future__ import annotations

import re
from pathlib import Path

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from ..errors import NotFound
from ..plugins import examine_plugins
from ..site import Site
from ..storage.migration_drafts import write_draft
from ..storage.migrations import read_history
from ..upgrade import CORE, history_folder, models_of
from .context import Context
from .purging import purge_plugin
from .scaffold import new


@click.group()
def plugins() -> None:
    """What is installed, and whether it fits together."""


plugins.add_command(new)
plugins.add_command(purge_plugin)


@plugins.command("list")
@click.pass_obj
def list_plugins(context: Context) -> None:
    """All that are installed: those that are on in the order of loading, then the others."""
    table = Table("Plugin", "Version", "Status", "Distribution", "Needs", "Glue with", box=SIMPLE, pad_edge=False)
    for each in examine_plugins(context.settings()).plugins:
        table.add_row(
            each.name,
            each.version,
            each.status,
            each.distribution,
            ", ".join(each.requires),
            ", ".join(each.glue),
        )
    Console(soft_wrap=True).print(table)


@plugins.command()
@click.pass_obj
def check(context: Context) -> None:
    """Find all that would keep the site from starting, and start nothing."""
    site = context.ready_site()
    on = sum(each.status == "on" for each in site.loaded.plugins)
    click.echo(f"{on} plugins fit together, and the database fits them.")


@plugins.command()
@click.argument("name")
@click.option("--name", "slug", default="", metavar="WORDS", help="What it does [default: initial, or changes]")
@click.pass_obj
def migration(context: Context, name: str, slug: str) -> None:
    """Draft the migration that brings the tables of NAME to its models, for you to read and mend.

    NAME is a plugin, `core`, or for a plugin's glue `plugin+other`.
    """
    site = context.site()
    folder = migrations_folder(site, name)
    history = read_history(name, folder)
    words = slug or ("changes" if history.migrations else "initial")
    path = write_draft(folder, history, models_of(site, name), re.sub(r"\W+", "_", words.strip().lower()))
    click.echo(path if path is not None else f"The migrations of {name} say what its models say.", err=path is None)


def migrations_folder(site: Site, name: str) -> Path:
    """Where a history's files are; raises NotFound for what is not on."""
    if name == CORE:
        return Path(__file__).parent.parent / "migrations"
    for each in site.loaded.plugins:
        if each.module and name in (each.name, *(f"{each.name}+{other}" for other in each.glue)):
            return history_folder(each.module, name)
    raise NotFound(f"No plugin {name} is on")
