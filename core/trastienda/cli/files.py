"""`trastienda import` and `trastienda export`: an entity's records from files and into them."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ..entities.compiled import CompiledEntity
from ..entities.exporting import export as export_entity
from ..entities.importing import MOST_ERRORS, Options, Result, import_file
from ..entities.importing import Progress as Report
from ..entities.query import parse_query
from ..errors import NotFound, TrastiendaError
from ..site import Site
from .context import Context
from .options import OUTPUT, on_behalf, pairs, write_out

PHASES = {"check": "Checking", "apply": "Writing"}


class ImportRefused(TrastiendaError):
    """Nothing was written; every error found, with its row and column."""

    def __init__(self, result: Result) -> None:
        lines = [f"row {each.row}{f', {each.column}' if each.column else ''}: {each.message}" for each in result.errors]
        count = len(result.errors)
        total = f"The first {count}" if count == MOST_ERRORS else count
        lines.append(f"{total} {'error' if count == 1 else 'errors'}; nothing was written.")
        super().__init__("\n".join(lines))


@click.command("import")
@click.argument("entity")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing")
@click.option("--post", is_flag=True, help="Run the action `post` on what is made")
@click.option("--action", metavar="NAME", help="Run this action on what is made")
@click.option("--create-missing", is_flag=True, help="Make what the file refers to and isn't there, where it can be")
@click.option(
    "-m",
    "--map",
    "mapping",
    multiple=True,
    callback=pairs,
    metavar="HEADER=FIELD",
    help="Which field a column is; - for none. May be repeated",
)
@on_behalf
@click.pass_obj
def import_(
    context: Context,
    entity: str,
    file: BinaryIO,
    dry_run: bool,
    post: bool,
    action: str | None,
    create_missing: bool,
    mapping: list[tuple[str, str]],
    user: str | None,
    company: str | None,
) -> None:
    """Import FILE (CSV, XLSX, JSON Lines, plain or gzipped; - is standard input): all or nothing.

    ENTITY is as in `accounting.entry` or `accounting/entries`.
    """
    if post and action not in (None, "post"):
        raise click.UsageError("--post and --action name different actions")
    options = Options(
        dry_run=dry_run,
        action="post" if post else action,
        create_missing=create_missing,
        mapping=dict(mapping),
    )
    with context.ready_site().active() as site, progress_bar() as progress:
        actor, where = context.actor(user, company)
        result = import_file(
            site,
            actor,
            where,
            find_entity(site, entity),
            file,
            name=Path(getattr(file, "name", "")).name,
            options=options,
            progress=progress,
        )
    if result.errors:
        raise ImportRefused(result)
    click.echo(summary(result, options.action))


@click.command("export")
@click.argument("entity")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "xlsx", "jsonl"]),
    default="csv",
    show_default=True,
    help="Of the file",
)
@click.option("-o", "--output", type=OUTPUT, metavar="FILE", help="[default: standard output]")
@click.option(
    "-f",
    "--filter",
    "filters",
    multiple=True,
    callback=pairs,
    metavar="NAME=VALUE",
    help="As in a list's address: date__gte=2026-01-01, sort=-date, include=lines. May be repeated",
)
@on_behalf
@click.pass_obj
def export(
    context: Context,
    entity: str,
    form: str,
    output: Path | None,
    filters: list[tuple[str, str]],
    user: str | None,
    company: str | None,
) -> None:
    """Export what a list shows. ENTITY is as in `accounting.entry` or `accounting/entries`."""
    with context.ready_site().active() as site:
        actor, where = context.actor(user, company)
        found = find_entity(site, entity)
        query = parse_query(site, actor, found, filters)
        chunks = export_entity(site, actor, where, found, query, form).chunks
        write_out(output, chunks, for_terminals=form != "xlsx")


def find_entity(site: Site, name: str) -> CompiledEntity:
    """By its name (`accounting.entry`) or its path (`accounting/entries`); raises NotFound."""
    entity = site.registry.entities.get(name) or site.registry.by_path.get(name.strip("/").replace(".", "/"))
    if entity is None:
        known = [*site.registry.entities, *site.registry.by_path]
        near = difflib.get_close_matches(name, known, n=1)
        raise NotFound(f"No entity {name}" + (f"; did you mean {near[0]}?" if near else ""))
    return entity


@contextmanager
def progress_bar() -> Iterator[Report]:
    """On standard error, and only where that is a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        tasks = {phase: progress.add_task(text, total=None) for phase, text in PHASES.items()}
        yield lambda phase, done, total: progress.update(tasks[phase], completed=done, total=total)


def summary(result: Result, action: str | None) -> str:
    parts = [f"{result.created} created", f"{result.updated} updated"]
    if action is not None:
        parts.append(f"{action} run on {result.acted}")
    parts += [f"{count} {name} made as well" for name, count in sorted(result.made.items())]
    return f"{result.rows} rows: {', '.join(parts)}" + (" (dry run: nothing was written)." if result.dry_run else ".")
