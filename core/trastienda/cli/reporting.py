"""`trastienda report`: a report on the terminal, or in a file of any format."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from ..errors import BadQuery
from ..languages import speaking
from ..reports.run import render, run_report
from ..reports.table import Table, to_csv, to_json
from ..reports.text import to_text
from ..site import Site
from .context import Context
from .options import OUTPUT, on_behalf, pairs, write_out


@click.command()
@click.argument("name")
@click.option(
    "-p",
    "--parameter",
    "parameters",
    multiple=True,
    callback=pairs,
    metavar="NAME=VALUE",
    help="May be repeated",
)
@click.option(
    "--format",
    "form",
    default="table",
    show_default=True,
    metavar="FORMAT",
    help="table, csv, json, or what plugins add (xlsx, pdf)",
)
@click.option(
    "-o",
    "--output",
    type=OUTPUT,
    metavar="FILE",
    help="[default: standard output]",
)
@click.option("--language", metavar="CODE", help="[default: the user's, or the company's]")
@on_behalf
@click.pass_obj
def report(
    context: Context,
    name: str,
    parameters: list[tuple[str, str]],
    form: str,
    output: Path | None,
    language: str | None,
    user: str | None,
    company: str | None,
) -> None:
    """Run a report; NAME is as in `accounting.trial-balance`."""
    with context.ready_site().active() as site:
        actor, where = context.actor(user, company)
        speech = language or actor.language or where.language
        with speaking(speech):
            table = run_report(site, actor, where, name, dict(parameters), headed=form in site.registry.formats)
            data = _rendered(site, table, form, speech, on_terminal=output is None and sys.stdout.isatty())
    write_out(output, [data], for_terminals=form not in site.registry.formats)


def _rendered(site: Site, table: Table, form: str, language: str, *, on_terminal: bool) -> bytes:
    match form:
        case "table":
            width = shutil.get_terminal_size().columns if on_terminal else None
            return to_text(table, language, width=width).encode()
        case "csv":
            return to_csv(table)
        case "json":
            return to_json(table)
    if form not in site.registry.formats:
        raise BadQuery("--format", f"one of table, csv, json, {', '.join(sorted(site.registry.formats))}")
    return render(site, table, form, language)
