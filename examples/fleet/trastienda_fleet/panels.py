"""What is worth a glance: on the start page, beside a vehicle, beside a party."""

from collections.abc import Iterator
from datetime import timedelta

from peewee import fn

from trastienda import Excerpt, Figure, Link, Rows, ToDo, Work
from trastienda import gettext as _
from trastienda_contacts import Party

from .costs import CostRow, costs, per_100_km
from .drivers import DriverCard
from .refuelling import Refuelling
from .trips import Trip
from .vehicles import Vehicle

Part = Figure | ToDo | Rows | Excerpt
#: A licence that ends within these days is to be seen to.
SOON = timedelta(days=60)


def fleet_panel(work: Work) -> Iterator[Part]:
    """What waits, then what the year has cost."""
    drafts = work.select(Refuelling).where(Refuelling.state == "draft").count()
    if drafts:
        yield ToDo(_("Fuel to book"), Link("fleet.refuelling", {"state": "draft"}), count=drafts)
    soon = work.today + SOON
    ending = work.select(Party).join(DriverCard, on=DriverCard.party == Party.id)
    count = ending.where(DriverCard.licence_until <= soon).count()
    if count:
        where = {"ext.fleet.licence_until__lte": soon}
        yield ToDo(_("Licences that end soon"), Link("contacts.party", where), count=count, due=soon)
    yield Excerpt("fleet.costs", {"from": work.today.replace(month=1, day=1), "to": work.today})


def vehicle_panel(work: Work, vehicle: Vehicle) -> Iterator[Part]:
    """Since the first of January."""
    since = work.today.replace(month=1, day=1)
    row: CostRow = next(each for each in costs(work, from_=since) if each.vehicle == vehicle.id)
    yield Figure(_("Distance"), row.distance, note="km", link=Link("fleet.trip", {"vehicle": vehicle.plate}))
    yield Figure(_("Cost"), row.cost, link=Link("fleet.refuelling", {"vehicle": vehicle.plate}))
    yield Figure(_("Cost per 100 km"), per_100_km(row.cost, row.distance))


def party_panel(work: Work, party: Party) -> Iterator[Part]:
    """Nothing for whoever never drove."""
    query = work.select(Trip, fn.COUNT(Trip.id), fn.SUM(Trip.end - Trip.start), fn.MAX(Trip.date))
    ((trips, distance, last),) = work.rows(query.where(Trip.driver == party.id))
    if trips:
        yield Figure(_("Trips"), trips, link=Link("fleet.trip", {"driver": party.code}))
        yield Figure(_("Distance"), int(distance), note="km")
        yield Figure(_("Last trip"), last)
