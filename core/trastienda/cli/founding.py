"""`trastienda init` and `trastienda demo`: a company, its first user, and what the plugins add to both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from ..entities.parameters import Parameter, load_parameters, parameters_of
from ..errors import Refusal
from ..isolation import blaming
from ..security.actor import Actor
from ..site import Site
from ..storage.models import Company, User
from ..upgrade import upgrade
from ..work import Work
from .context import Context
from .options import ask_password
from .serving import serve_site
from .users import service

DEMO = {
    "code": "DEMO",
    "name": "Distribuciones Alameda, S.L.",
    "currency": "EUR",
    "country": "ES",
    "time_zone": "Europe/Madrid",
    "language": "es",
}
DEMO_USER, DEMO_PASSWORD = "admin", "trastienda"
ADMINISTRATOR = "admin"

SetUp = Callable[[Work], object]


class Init(click.Command):
    """Its options are those of the function, and what the plugins ask of a new company."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        own = super().get_params(ctx)
        context = ctx.find_object(Context)
        if context is None:
            return own
        return [*own[:-1], *(_option(each) for each in questions(context.site())), own[-1]]


@click.command(cls=Init)
@click.option("--company", "code", prompt="Company's code", help="A short code")
@click.option("--name", prompt="Company's name", help="As it is written on paper")
@click.option("--currency", default="EUR", show_default=True, metavar="CODE", help="ISO 4217")
@click.option("--country", default="", metavar="CODE", help="ISO 3166-1, two letters")
@click.option(
    "--language",
    default="en",
    show_default=True,
    type=click.Choice(["en", "es"]),
    help="Of the company's own texts",
)
@click.option("--time-zone", default="UTC", show_default=True, metavar="NAME", help="As in Europe/Madrid")
@click.option("--user", default="admin", show_default=True, metavar="NAME", help="The first user, an administrator")
@click.option("--password", metavar="TEXT", help="Of the first user; asked for where it is not given")
@click.pass_obj
def init(
    context: Context,
    /,
    code: str,
    name: str,
    currency: str,
    country: str,
    language: str,
    time_zone: str,
    user: str,
    password: str | None,
    **answers: str | None,
) -> None:
    """Make the database, a company, and the first user. Run again, it adds a company."""
    site = context.site()
    upgrade(site, report=lambda title: click.echo(f"  {title}", err=True))
    with site.active():
        if Company.select().where(Company.code == code).exists():
            raise Refusal(f"There is a company {code} already")
        if not User.select().exists():
            password = password or ask_password(f"Password of {user}")
        company = Company(
            code=code, name=name, currency=currency, country=country, language=language, time_zone=time_zone
        )
        given = {key: value for key, value in answers.items() if value is not None}
        found(site, company, user=user, password=password, steps=list(first_runs(site, given)))
    click.echo(f"{name} is there.", err=True)


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("trastienda-demo"),
    show_default=True,
    metavar="DIR",
    help="Where it is made, and found again",
)
@click.option("--port", type=click.IntRange(0, 65535), metavar="N", help="[default: the setting bind]")
@click.option("--no-serve", is_flag=True, help="Only make it")
@click.pass_obj
def demo(context: Context, data: Path, port: int | None, no_serve: bool) -> None:
    """Make a sample company, unless DIR has it already, and serve it."""
    context.override(data=data, bind=f"127.0.0.1:{port}" if port is not None else None)
    site = context.site()
    console = Console(stderr=True)
    with console.status("Making the sample company"):
        upgrade(site, report=lambda title: None)
        with site.active():
            make_demo(site)
    click.echo(f"Sign in as {DEMO_USER} with the password {DEMO_PASSWORD}")
    click.echo(f"With the same one, see what others see: {', '.join(sign_ins(site))}")
    if not no_serve:
        serve_site(site)


def make_demo(site: Site) -> None:
    """The sample company with its user and all plugins' data, whole or not at all. Inside an active site."""
    if Company.select().where(Company.code == DEMO["code"]).exists():
        return
    if Company.select().exists():
        raise Refusal("The database has other companies: name another directory with --data")
    steps = [_blamed(plugin, setup.demo) for plugin, setup in site.registry.setups if setup.demo is not None]
    found(site, Company(**DEMO), user=DEMO_USER, password=DEMO_PASSWORD, steps=[partial(_sign_ups, site), *steps])


def sign_ins(site: Site) -> dict[str, list[str]]:
    """The other users of the sample company, with their roles."""
    found: dict[str, list[str]] = {}
    for _, setup in site.registry.setups:
        for name, roles in setup.sign_ins.items():
            found.setdefault(name, []).extend(roles)
    return dict(sorted(found.items()))


def _sign_ups(site: Site, work: Work) -> None:
    for name, roles in sign_ins(site).items():
        service(site, "identity.add-user/1")(work, name=name, password=DEMO_PASSWORD, roles=roles)


def found(site: Site, company: Company, *, user: str, password: str | None, steps: Sequence[SetUp]) -> None:
    """Make the company, its user unless there is any, and run the steps in it: one transaction."""
    system = Actor.system("cli")

    def body(work: Work) -> None:
        work.add(company)
        if not User.select().exists():
            site.write(
                system,
                company,
                lambda inner: service(site, "identity.add-user/1")(
                    inner, name=user, password=password, roles=[ADMINISTRATOR]
                ),
            )
        for step in steps:
            site.write(system, company, step)

    site.write(system, Company(), body)


def questions(site: Site) -> Iterator[Parameter]:
    """What the plugins ask of a new company: the keyword-only parameters of their `first_run`."""
    for _, setup in site.registry.setups:
        if setup.first_run is not None:
            yield from parameters_of(setup.first_run)


def first_runs(site: Site, answers: Mapping[str, str]) -> Iterator[SetUp]:
    for plugin, setup in site.registry.setups:
        if setup.first_run is not None:
            yield _blamed(plugin, _answered(setup.first_run, answers))


def _blamed(plugin: str, step: SetUp) -> SetUp:
    def run(work: Work) -> object:
        with blaming(plugin, "setup"):
            return step(work)

    return run


def _answered(run: Callable[..., object], answers: Mapping[str, str]) -> SetUp:
    mine = {each.name: answers[each.argument] for each in parameters_of(run) if each.argument in answers}
    return lambda work: run(work, **load_parameters(work, run, mine))


def _option(question: Parameter) -> click.Option:
    kind: Any = click.Choice(question.options) if question.options else str
    return click.Option(
        [f"--{question.name.replace('_', '-')}", question.argument],
        type=kind,
        required=question.required,
        help=question.label,
    )
