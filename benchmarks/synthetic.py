"""Plugins made up to be many: each an installed package with ten entities and one of everything else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ENTITIES = 10

HEAD = '''"""Made up."""
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from peewee import CharField, DateField, ForeignKeyField

from trastienda import (
    Action, Bars, Child, Computed, Entity, Fault, Figure, Grant, InTransaction, Lines, Money, MoneyField, Panel,
    Plugin, Record, Report, Role, Route, Service, StateField, Transition, Work, created, total,
)


@dataclass(frozen=True)
class Settings:
    prefix: str = "X"


class SumRow(NamedTuple):
    code: str
    amount: Money

'''
ENTITY = '''
class Thing{i}(Record):
    code = CharField(20)
    name = CharField(80, default="")
    amount = MoneyField(default=Decimal(0))
    day = DateField(null=True)
    other = ForeignKeyField({target}, null=True)
    state = StateField("draft", "done")

    class Meta:
        table_name = "{name}_thing{i}"
        indexes = ((("company", "code"), True),)


class Part{i}(Child):
    thing = ForeignKeyField(Thing{i}, on_delete="CASCADE")
    text = CharField(80, default="")

    class Meta:
        table_name = "{name}_part{i}"


def rule{i}(thing: Thing{i}) -> Iterator[Fault]:
    if thing.amount < 0:
        yield Fault(Thing{i}.amount, "Not below nothing")


def act{i}(work: Work, thing: Thing{i}, *, by: Money) -> None:
    thing.amount += by


def note{i}(work: Work, thing: Thing{i}) -> None:
    thing.name = thing.name or thing.code


def sums{i}(work: Work) -> Iterator[SumRow]:
    query = work.select(Thing{i}, Thing{i}.code, total(Thing{i}.amount)).group_by(Thing{i}.code)
    yield from (SumRow(*row) for row in work.rows(query))


def panel{i}(work: Work, thing: Thing{i}) -> list[Figure]:
    return [Figure("Amount", thing.amount)]

'''
DECLARED = '''        Entity("{name}.thing{i}", Thing{i}, key=Thing{i}.code, title=Thing{i}.name,
               search=[Thing{i}.code], rules=[rule{i}], lines=[Lines(Part{i}.thing, name="parts")],
               computed=[Computed("twice", Thing{i}.amount + Thing{i}.amount, like=Thing{i}.amount)],
               actions=[Transition("finish", "draft", "done"), Action("act", act{i})]),
'''
TAIL = '''

def count(work: Work) -> dict[str, int]:
    return {{"things": work.select(Thing0).count()}}


plugin = Plugin(
    "{name}", label="{name}",
    entities=[
{entities}    ],
    reports=[
        Report(f"{name}.sums{{i}}", run, row=SumRow, totals=["amount"], chart=Bars("code", ["amount"]))
        for i, run in enumerate([{runs}])
    ],
    panels=[{panels}],
    subscribers=[{subscribers}],
    services=[Service("{name}.count/1", count)],
    routes=[Route("count", count, permission="{name}.thing0")],
    roles=[Role("{name}.all", [Grant("{name}.*")])],
    settings=[Settings],
)
'''


def source(name: str, entities: int = ENTITIES) -> str:
    """The plugin's one module."""
    each = range(entities)
    return "".join([
        HEAD,
        *(ENTITY.format(i=i, name=name, target=f"Thing{i - 1}" if i else '"self"') for i in each),
        TAIL.format(
            name=name,
            entities="".join(DECLARED.format(i=i, name=name) for i in each),
            runs=", ".join(f"sums{i}" for i in each),
            panels=", ".join(f'Panel("{name}.panel{i}", panel{i}, on="{name}.thing{i}")' for i in each),
            subscribers=", ".join(f"InTransaction(created(Thing{i}), note{i})" for i in each),
        ),
    ])  # fmt: skip


def install(into: Path, count: int) -> Iterator[str]:
    """Write so many of them with their metadata; `into` on the path has them installed."""
    for number in range(count):
        name = f"many{number:02}"
        package = into / f"trastienda_{name}"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(source(name))
        info = into / f"trastienda_{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: trastienda-{name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[trastienda.plugins]\n{name} = trastienda_{name}:plugin\n")
        yield name
