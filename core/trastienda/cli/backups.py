"""`trastienda backup` and `restore`: all of an installation's data in one archive."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ..backup import Manifest, make_backup, read_backup, restore_backup
from ..upgrade import unrun
from .context import Context


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(context: Context, file: Path) -> None:
    """Write all data to FILE, while the server is used. A folder gets a file that is named by the time.

    The archive has the database, the attached files, and a manifest by which `restore` checks both. It is
    written aside and appears when it is whole. Keep it as safe as the database.
    """
    if file.is_dir():
        file /= f"trastienda-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip"
    manifest = make_backup(context.site(), file, report=_report)
    click.echo(f"{file}: {_described(manifest)}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only check the archive, and whether this installation can take it")
@click.pass_obj
def restore(context: Context, file: Path, dry_run: bool) -> None:
    """Fill an empty database, and the folder of files, from a backup; then check what is there."""
    site = context.site()
    if dry_run:
        click.echo(f"{file} is whole: {_described(read_backup(site, file, report=_report))}")
        return
    manifest = restore_backup(site, file, report=_report)
    click.echo(f"Restored {_described(manifest)}")
    for fault in unrun(site):
        click.echo(f"note: {fault}", err=True)


def _report(step: str) -> None:
    click.echo(f"  {step}", err=True)


def _described(manifest: Manifest) -> str:
    return (f"{len(manifest.tables)} tables with {manifest.rows} rows and {len(manifest.files)} files, "
            f"made at {manifest.made_at} by version {manifest.version}")
