"""`trastienda audit`: whether the log of changes is whole, and its head, by which a cut tail is noticed."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TextIO

import click

from ..errors import TrastiendaError
from ..security.audit import Broken, Head, heads, verify
from .context import Context


class AuditBroken(TrastiendaError):
    """The log is not as it was written."""


@click.group()
def audit() -> None:
    """Whether the log of changes is whole."""


@audit.command("verify")
@click.option(
    "--heads",
    "file",
    type=click.File("r", encoding="utf-8"),
    metavar="FILE",
    help="What `audit head` printed earlier: the log must still contain it",
)
@click.pass_obj
def verify_log(context: Context, file: TextIO | None) -> None:
    """Recompute every digest; name the first bad row of each chain.

    A database whose triggers are missing is looked at all the same: whoever changes rows drops them first.
    """
    known = read_heads(file) if file is not None else []
    with context.site().active() as site:
        rows, erased, broken = verify(site.database, heads=known)
    if broken:
        raise AuditBroken("\n".join(map(_described, broken)))
    click.echo(f"{rows} rows are as they were written, {erased} values erased.")


@audit.command()
@click.pass_obj
def head(context: Context) -> None:
    """Print where each chain ends, a JSON object a line, to be kept on another machine."""
    with context.ready_site().active():
        for each in heads():
            click.echo(json.dumps(asdict(each)))


def read_heads(file: TextIO) -> list[Head]:
    try:
        return [Head(**json.loads(line)) for line in file if line.strip()]
    except (ValueError, TypeError) as error:
        raise click.BadParameter(f"not what `audit head` prints: {error}", param_hint="--heads") from error


def _described(broken: Broken) -> str:
    chain = f"company {broken.chain}" if broken.chain else "what all companies share"
    row = f", row {broken.record}" if broken.record is not None else ""
    return f"{chain}, transaction {broken.seal}{row}: {broken.what}"
