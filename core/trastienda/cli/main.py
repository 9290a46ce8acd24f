"""The entry point and its options."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from .. import __version__
from . import (
    auditing,
    backups,
    company_settings,
    database,
    files,
    founding,
    inspecting,
    keys,
    plugins,
    printing,
    reporting,
    serving,
    users,
    working,
)
from .context import Context
from .group import Commands


def calm_collector() -> None:
    """Records make many objects and few cycles: looking for cycles as often as usual takes a fifth of an import."""
    gc.set_threshold(50_000, 20, 100)


@click.group("trastienda", cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Settings file [default: trastienda.toml, if there is one]",
)
@click.option("--safe-mode", is_flag=True, help="With the bundled plugins alone, read-only, for administrators")
@click.version_option(__version__, prog_name="trastienda")
@click.pass_context
def main(ctx: click.Context, config: Path | None, safe_mode: bool) -> None:
    """A back-office server assembled from plugins."""
    calm_collector()
    context = ctx.ensure_object(Context)
    context.config = config
    ctx.call_on_close(context.close)
    context.override(safe_mode=safe_mode or None)


for command in (
    founding.demo,
    founding.init,
    serving.serve,
    working.worker,
    database.migrate,
    backups.backup,
    backups.restore,
    plugins.plugins,
    users.user,
    users.token,
    files.import_,
    files.export,
    reporting.report,
    printing.print_,
    company_settings.settings,
    auditing.audit,
    keys.keys,
    inspecting.doctor,
    inspecting.openapi,
    inspecting.shell,
):
    main.add_command(command)
