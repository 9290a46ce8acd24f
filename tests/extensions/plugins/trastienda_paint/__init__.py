"""One stranger that extends the depot's items."""

from collections.abc import Iterator
from decimal import Decimal

from peewee import CharField, ForeignKeyField, IntegerField
from trastienda_depot import Item

from trastienda import (
    Action,
    Computed,
    Entity,
    Extension,
    Extra,
    Fault,
    Figure,
    Grant,
    MoneyField,
    Panel,
    Plugin,
    QuantityField,
    Record,
    Role,
    Work,
)


class Brand(Record):
    code = CharField(20)

    class Meta:
        indexes = ((("company", "code"), True),)


class Paint(Extra):
    item = ForeignKeyField(Item, primary_key=True, on_delete="CASCADE")
    colour = CharField(20)
    coats = IntegerField(default=1)
    weight = QuantityField(null=True)
    brand = ForeignKeyField(Brand, null=True)
    price = MoneyField(default=Decimal(0))
    recipe = CharField(40, default="")
    applied = IntegerField(default=0)


def rules(paint: Paint) -> Iterator[Fault]:
    if paint.colour == "broken":
        raise KeyError("a detail")
    if paint.coats > 9:
        yield Fault(Paint.coats, "Nobody sees more than nine coats")
    if paint.item.kind == "service":
        yield Fault(Paint.colour, "A service has no colour")


def apply(work: Work, item: Item, *, times: int = 1) -> None:
    paint = item.extra_of(Paint)
    paint.applied += 1 // (times > 0) * times


def strip(work: Work, item: Item) -> None:
    item.remove_extra(Paint)


def coats(work: Work, item: Item) -> list[Figure]:
    return [Figure("Coats", item.extra_of(Paint).coats)] if item.has_extra(Paint) else []


plugin = Plugin(
    "paint",
    label="Paint",
    entities=[Entity("paint.brand", Brand, key=Brand.code)],
    extensions=[
        Extension(
            "depot.item", Paint, rules=[rules], readonly=[Paint.applied], private={Paint.recipe: "paint.read-recipe"},
            computed=[Computed("area", Paint.coats * 2, like=Paint.coats)],
            actions=[Action("apply", apply), Action("strip", strip, states=["open"])],
        )
    ],
    panels=[Panel("paint.coats", coats, on="depot.item", permission="depot.item")],
    roles=[Role("paint.painter", [Grant("depot.item", ["read", "create", "update", "import", "paint.apply"])])],
)  # fmt: skip
