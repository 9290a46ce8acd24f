"""Options that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

OUTPUT = click.Path(path_type=Path, dir_okay=False)
F = TypeVar("F", bound=Callable[..., Any])


def on_behalf(function: F) -> F:
    """--user and --company."""
    function = click.option("--company", metavar="CODE", help="In this company [default: the user's, or the only one]")(
        function
    )
    return click.option("--user", metavar="NAME", help="On behalf of this user [default: the installation itself]")(
        function
    )


def pairs(_context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, str]]:
    """The callback of a repeated `name=value`."""
    split = []
    for each in values:
        name, equals, value = each.partition("=")
        if not name or not equals:
            raise click.BadParameter(f"{each!r} is not NAME=VALUE", param=parameter)
        split.append((name, value))
    return split


def write_out(path: Path | None, chunks: Iterable[bytes], *, for_terminals: bool) -> None:
    """To a file, else to standard output; what is nothing for a terminal is not printed on one."""
    if path is not None:
        with path.open("wb") as file:
            file.writelines(chunks)
    elif not for_terminals and sys.stdout.isatty():
        raise click.UsageError("That format is nothing for a terminal: name a file with --output")
    else:
        sys.stdout.buffer.writelines(chunks)
        sys.stdout.buffer.flush()


def ask_password(prompt: str) -> str:
    """Typed twice on the terminal; without one, it must be an option."""
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask for a password on: give it as an option")
    return str(click.prompt(prompt, hide_input=True, confirmation_prompt=True, err=True))
