"""The group of all commands: it has the plugins' too, and explains a refusal instead of failing."""

from __future__ import annotations

from typing import Any

import click
import peewee

from ..errors import Invalid, TrastiendaError
from ..faults import StartupFaults
from ..plugins import installed_plugins
from .context import Context


class Commands(click.Group):
    """Exit status: 0 success, 1 a refusal, 2 wrong usage."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except TrastiendaError as error:
            click.echo(explanation(error), err=True)
        except peewee.DatabaseError as error:
            if (place := _place_of(error)) is not None:
                click.echo(f"{place.filename}: {place.strerror}", err=True)
                return ctx.exit(1)
            if type(error) not in (peewee.OperationalError, peewee.DatabaseError):
                raise  # a statement that is wrong, not a database that cannot be used
            click.echo(f"The database refuses: {error}".rstrip(), err=True)
        except OSError as error:
            if error.filename is None:
                raise  # a broken pipe, which click ends quietly
            click.echo(f"{error.filename}: {error.strerror}", err=True)
        return ctx.exit(1)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The core's own, else a plugin's; the plugins are loaded for nothing less."""
        context = ctx.ensure_object(Context)
        own = super().get_command(ctx, name)
        if own is not None or name not in installed_plugins(context.settings()):
            return own
        return _plugin_groups(context).get(name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Those of plugins are left out while the site cannot start: `plugins check` says why."""
        try:
            groups = _plugin_groups(ctx.ensure_object(Context))
        except TrastiendaError:
            groups = {}
        return sorted({*super().list_commands(ctx), *groups})


def _place_of(error: BaseException | None) -> OSError | None:
    """Of a database that cannot be opened, what the system says of its file."""
    while error is not None and not isinstance(error, OSError):
        error = error.__cause__ or error.__context__
    return error


def explanation(error: TrastiendaError) -> str:
    """For people: what is wrong, line by line where more than one thing is."""
    if isinstance(error, StartupFaults):
        count = len(error.faults)
        return f"{error}\n\n{count} {'fault' if count == 1 else 'faults'}: the site cannot start."
    if isinstance(error, Invalid):
        lines = [f"{path}: {text}" if path else text for path, texts in error.errors.items() for text in texts]
        return "\n".join(lines) or str(error)
    return str(error) or error.title


def _plugin_groups(context: Context) -> dict[str, click.Group]:
    groups: dict[str, click.Group] = {}
    for owner, command in context.site().registry.commands:
        name = owner.partition("+")[0]
        group = groups.setdefault(name, click.Group(name, help=f"Commands of the plugin {name}."))
        group.add_command(command)
    return groups
