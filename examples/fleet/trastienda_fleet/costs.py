"""What each vehicle drove, drank and cost."""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from peewee import fn

from trastienda import Money, Quantity, Ref, Work, total

from .refuelling import Refuelling
from .trips import Trip
from .vehicles import Vehicle


class CostRow(NamedTuple):
    vehicle: Ref[Vehicle]
    distance: int
    litres: Quantity
    cost: Money
    cost_per_100_km: Money | None


def costs(work: Work, *, from_: date | None = None, to: date | None = None) -> Iterator[CostRow]:
    """Between two days, both included."""
    trips = work.select(Trip, Trip.vehicle, fn.SUM(Trip.end - Trip.start))
    driven = dict(work.rows(_between(trips, Trip, from_, to)))
    tanks = work.select(Refuelling, Refuelling.vehicle, total(Refuelling.litres), total(Refuelling.cost))
    fuel = {vehicle: sums for vehicle, *sums in work.rows(_between(tanks, Refuelling, from_, to))}
    for vehicle in work.select(Vehicle).order_by(Vehicle.plate):
        litres, cost = fuel.get(vehicle.id, (Decimal(0), Decimal(0)))
        distance = int(driven.get(vehicle.id, 0))
        yield CostRow(Ref(vehicle.id), distance, litres, cost, per_100_km(cost, distance))


def _between(query: Any, model: type[Trip] | type[Refuelling], from_: date | None, to: date | None) -> Any:
    for bound in ([model.date >= from_] if from_ else []) + ([model.date <= to] if to else []):
        query = query.where(bound)
    return query.group_by(model.vehicle)


def per_100_km(cost: Decimal, distance: int) -> Decimal | None:
    """To the cent, half up; None where nothing was driven."""
    return (cost * 100 / distance).quantize(Decimal("0.01"), ROUND_HALF_UP) if distance else None
