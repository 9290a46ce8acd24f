"""Fuel, and what it cost; once it is booked it belongs to the books, where there are any."""

from collections.abc import Iterator

from peewee import DateField, ForeignKeyField

from trastienda import Fault, MoneyField, QuantityField, Record, StateField
from trastienda import gettext as _
from trastienda_contacts import Party

from .vehicles import Vehicle


class Refuelling(Record):
    vehicle = ForeignKeyField(Vehicle, on_delete="RESTRICT", verbose_name="Vehicle")
    date = DateField(index=True, verbose_name="Date")
    litres = QuantityField(verbose_name="Litres", help_text="Of an electric vehicle: kWh")
    cost = MoneyField(verbose_name="Cost")
    supplier = ForeignKeyField(Party, null=True, on_delete="RESTRICT", verbose_name="Supplier")
    state = StateField("draft", "booked")


def refuelling_faults(refuelling: Refuelling) -> Iterator[Fault]:
    if refuelling.litres <= 0:
        yield Fault(Refuelling.litres, _("Fuel is more than nothing"))
    if refuelling.cost < 0:
        yield Fault(Refuelling.cost, _("A cost is not negative"))
