"""`trastienda settings`: what holds in a company, and changing it."""

from __future__ import annotations

import json

import click

from ..entities import company_settings
from .context import Context
from .options import on_behalf, pairs


@click.group()
def settings() -> None:
    """What a company has set."""


@settings.command("list")
@on_behalf
@click.pass_obj
def list_settings(context: Context, user: str | None, company: str | None) -> None:
    """Print each as NAME=VALUE, the value as JSON."""
    with context.ready_site().active() as site:
        actor, chosen = context.actor(user, company)
        work = site.work(actor, chosen)
        for each in company_settings.all_held(work, company_settings.visible(work)):
            for name, value in company_settings.shown(work, each).items():
                click.echo(f"{each.form.name}.{name}={json.dumps(value, ensure_ascii=False)}")


@settings.command("set")
@click.argument("given", metavar="NAME=VALUE...", nargs=-1, required=True, callback=pairs)
@on_behalf
@click.pass_obj
def set_settings(context: Context, given: list[tuple[str, str]], user: str | None, company: str | None) -> None:
    """Change some, such as hr.payroll-bank.iban=ES91...; NAME= takes one back to its default."""
    wanted: dict[str, dict[str, str | None]] = {}
    for name, value in given:
        form, _, field = name.rpartition(".")
        wanted.setdefault(form, {})[field] = value or None
    with context.ready_site().active() as site:
        actor, chosen = context.actor(user, company)
        site.write(actor, chosen, lambda work: company_settings.change(work, wanted, version=None))
