"""Trips: who drove which vehicle from one reading of its odometer to the next."""

from collections.abc import Iterator

from peewee import CharField, DateField, ForeignKeyField, IntegerField

from trastienda import Fault, InTransaction, Record, Work, created
from trastienda import gettext as _
from trastienda_contacts import Party

from .vehicles import Vehicle, VehicleSold


class Trip(Record):
    vehicle = ForeignKeyField(Vehicle, on_delete="RESTRICT", verbose_name="Vehicle")
    driver = ForeignKeyField(Party, null=True, on_delete="RESTRICT", verbose_name="Driver")
    date = DateField(index=True, verbose_name="Date")
    start = IntegerField(verbose_name="Start", help_text="Odometer in km")
    end = IntegerField(verbose_name="End", help_text="Odometer in km")
    purpose = CharField(120, default="", verbose_name="Purpose")


def trip_faults(trip: Trip) -> Iterator[Fault]:
    if trip.start < 0:
        yield Fault(Trip.start, _("An odometer is never negative"))
    if trip.end < trip.start:
        yield Fault(Trip.end, _("A trip does not turn the odometer back"))


def _drive(work: Work, trip: Trip) -> None:
    """The vehicle has come to where the trip ended; one that is sold drives no more."""
    vehicle = work.lock(work.get(Vehicle, trip.__data__["vehicle"]))
    if vehicle.state == "sold":
        raise VehicleSold(vehicle)
    vehicle.odometer = max(vehicle.odometer, trip.end)


drive = InTransaction(created(Trip), _drive)
