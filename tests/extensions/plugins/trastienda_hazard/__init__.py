"""Another stranger that extends the depot's items, with a field of the same name; neither knows of the other."""

from peewee import CharField, DateField, ForeignKeyField
from trastienda_depot import Item

from trastienda import Action, Extension, Extra, Plugin, QuantityField, Work


class Hazard(Extra):
    item = ForeignKeyField(Item, primary_key=True, on_delete="CASCADE")
    un_number = CharField(4, null=True)
    weight = QuantityField(null=True)
    checked_on = DateField(null=True)


def check(work: Work, item: Item) -> None:
    item.extra_of(Hazard).checked_on = work.today


plugin = Plugin("hazard", extensions=[Extension("depot.item", Hazard, label="Dangerous goods",
                                                actions=[Action("apply", check)])])  # fmt: skip
