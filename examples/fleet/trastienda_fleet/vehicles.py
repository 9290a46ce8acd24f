"""Vehicles, by their number plate."""

from collections.abc import Iterator

from peewee import CharField, DateField, IntegerField

from trastienda import ChoiceField, Fault, Record, Refusal, Service, StateField, Work
from trastienda import gettext as _


class Vehicle(Record):
    plate = CharField(12, verbose_name="Number plate")
    name = CharField(80, verbose_name="Name")
    fuel = ChoiceField("diesel", "petrol", "electric", default="diesel", verbose_name="Runs on")
    odometer = IntegerField(default=0, verbose_name="Odometer", help_text="In km, at the end of the latest trip")
    bought_on = DateField(null=True, verbose_name="Bought on")
    sold_on = DateField(null=True, verbose_name="Sold on")
    state = StateField("in_use", "sold")

    class Meta:
        indexes = ((("company", "plate"), True),)


class VehicleSold(Refusal):
    def __init__(self, vehicle: Vehicle) -> None:
        super().__init__(_("{plate} is sold").format(plate=vehicle.plate))
        self.vehicle = vehicle


def vehicle_faults(vehicle: Vehicle) -> Iterator[Fault]:
    if not vehicle.plate.replace(" ", "").replace("-", "").isalnum():
        yield Fault(Vehicle.plate, _("A number plate has letters and digits"))
    if vehicle.bought_on and vehicle.sold_on and vehicle.sold_on < vehicle.bought_on:
        yield Fault(Vehicle.sold_on, _("Sold before it was bought"))


def sell(work: Work, vehicle: Vehicle) -> None:
    vehicle.sold_on = work.today


def _find(work: Work, *, plate: str) -> Vehicle | None:
    return work.find(Vehicle, plate)


find_vehicle = Service("fleet.vehicle/1", _find)
