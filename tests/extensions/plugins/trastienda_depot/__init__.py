"""The owner of an entity that others extend; it knows nothing of them."""

from decimal import Decimal

from peewee import CharField

from trastienda import ChoiceField, Entity, Plugin, QuantityField, Record, StateField, Transition


class Item(Record):
    code = CharField(20)
    name = CharField(60, default="")
    kind = ChoiceField("goods", "service", default="goods")
    weight = QuantityField(default=Decimal(0))
    state = StateField("open", "closed")

    class Meta:
        indexes = ((("company", "code"), True),)


plugin = Plugin(
    "depot",
    entities=[Entity("depot.item", Item, key=Item.code, title=Item.name, search=[Item.code],
                     actions=[Transition("close", "open", "closed")])],
)  # fmt: skip
