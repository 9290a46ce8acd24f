"""A small plugin that has one of everything that the command line shows."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import click
from peewee import CharField, ForeignKeyField, IntegerField, ModelSelect, fn

from trastienda import (
    Block,
    Check,
    Company,
    Document,
    Entity,
    Field,
    Plugin,
    Print,
    Record,
    Refusal,
    Report,
    Row,
    Setup,
    StateField,
    Tally,
    Transition,
    Work,
)
from trastienda.cli.context import Context


class Guest(Record):
    code = CharField(20)
    name = CharField(80, default="")
    nights = IntegerField(default=0)
    state = StateField("expected", "arrived")

    class Meta:
        indexes = ((("company", "code"), True),)


class NightsSold(Row):
    company = ForeignKeyField(Company, unique=True)
    nights = IntegerField(default=0)


class GuestRow(NamedTuple):
    code: str
    nights: int


class NobodyStays(Refusal):
    """A guest without nights cannot arrive."""


def arrive(work: Work, guest: Guest) -> None:
    if not guest.nights:
        raise NobodyStays(f"{guest.code} stays for no night")
    work.tally(NightsSold, {"company": work.company.id}, nights=guest.nights)


def nights_sold() -> "ModelSelect[Guest]":
    arrived = Guest.select(Guest.company, fn.SUM(Guest.nights)).where(Guest.state == "arrived")
    return arrived.group_by(Guest.company)


def guests(work: Work, *, least: int = 0) -> Iterator[GuestRow]:
    for guest in work.select(Guest).where(Guest.nights >= least).order_by(Guest.code):
        yield GuestRow(guest.code, guest.nights)


def nameless(work: Work) -> Sequence[str]:
    return [f"{guest.code} has no name" for guest in work.select(Guest).where(Guest.name == "")]


def first_run(work: Work, *, host: str = "") -> None:
    if host:
        work.add(Guest(code="HOST", name=host))


def demo(work: Work) -> None:
    work.add_all([(Guest(code=code, name=code.title(), nights=3), ()) for code in ("ANA", "BEA")])


@click.command()
@click.pass_obj
def count(context: Context) -> None:
    """Count the guests of all companies."""
    with context.ready_site().active():
        click.echo(Guest.select().count())


plugin = Plugin(
    "guesthouse",
    entities=[
        Entity(
            "guesthouse.guest",
            Guest,
            key=Guest.code,
            title=Guest.name,
            search=[Guest.name],
            actions=[Transition("post", "expected", "arrived", arrive)],
        )
    ],
    tallies=[Tally(NightsSold, nights_sold, key=[NightsSold.company], sums=[NightsSold.nights])],
    prints=[
        Print(
            "key-card",
            "guesthouse.guest",
            lambda work, guest: Document("Key card", [Block("", [Field("Guest", guest.name)])], number=guest.code),
        )
    ],
    reports=[Report("guesthouse.guests", guests, row=GuestRow, totals=["nights"])],
    checks=[Check("names", nameless)],
    setup=Setup(first_run=first_run, demo=demo, sign_ins={"porter": ["auditor"]}),
    commands=[count],
)
