"""`trastienda keys`: those that seal secrets in the database."""

from __future__ import annotations

import click

from ..errors import Refusal
from ..settings.keys import SEALING, keep_sealing_keys, new_sealing_key
from ..storage.sealing import seal_anew
from ..upgrade import all_models
from .context import Context


@click.group()
def keys() -> None:
    """Keys that seal secrets in the database, such as the seeds of second factors."""


@keys.command()
def new() -> None:
    """Print a new key, for the setting `encryption_keys`. Changes nothing."""
    click.echo(new_sealing_key())


@keys.command()
@click.option("--forget", is_flag=True, help="Drop the former keys; backups made before then keep secrets unread")
@click.pass_obj
def rotate(context: Context, forget: bool) -> None:
    """Seal all secrets anew: with a key that is made and put first in the data directory's file, or, where the
    setting `encryption_keys` names keys, with its first. Servers that run go on."""
    site = context.ready_site()
    data, configured = site.settings.data, site.settings.encryption_keys is not None
    if configured and forget:
        raise Refusal("The keys are in encryption_keys: rotate, then take the former ones out of it")
    if not configured:
        keep_sealing_keys(data, [new_sealing_key(), *site.settings.sealing_keys(True)])
    with site.active(), site.database.write():
        count = seal_anew(site.database, all_models(site))
    if forget:
        keep_sealing_keys(data, site.settings.sealing_keys(True)[:1])
    where = "the first of encryption_keys" if configured else f"a new key in {data / SEALING}"
    click.echo(f"{count} {'secret' if count == 1 else 'secrets'} sealed with {where}.")
