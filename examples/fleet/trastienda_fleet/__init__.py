"""A vehicle fleet: who drives what, how far, and what it costs. What it has, at a glance."""

from trastienda import Bars, Computed, Entity, Extension, Panel, Plugin, Report, Transition

from .costs import CostRow, costs
from .drivers import DriverCard, driver_actions, driver_faults, has_licence
from .panels import fleet_panel, party_panel, vehicle_panel
from .refuelling import Refuelling, refuelling_faults
from .roles import roles
from .trips import Trip, drive, trip_faults
from .vehicles import Vehicle, find_vehicle, sell, vehicle_faults

__all__ = ["DriverCard", "Refuelling", "Trip", "Vehicle", "find_vehicle", "plugin"]

plugin = Plugin(
    "fleet",
    label="Fleet",
    description="Vehicles, trips and fuel",
    when={
        "accounting": "trastienda_fleet.with_accounting",
        "hr": "trastienda_fleet.with_hr",
        "inventory": "trastienda_fleet.with_inventory",
    },
    entities=[
        Entity(
            "fleet.vehicle", Vehicle, key=Vehicle.plate, title=Vehicle.name,
            search=[Vehicle.plate, Vehicle.name], rules=[vehicle_faults], readonly=[Vehicle.odometer, Vehicle.sold_on],
            actions=[Transition("sell", "in_use", "sold", sell, confirm=True)],
        ),
        Entity(
            "fleet.trip", Trip, order=[-Trip.date], search=[Trip.purpose], rules=[trip_faults],
            computed=[Computed("distance", Trip.end - Trip.start, like=Trip.end)],
        ),
        Entity(
            "fleet.refuelling", Refuelling, order=[-Refuelling.date], rules=[refuelling_faults],
            actions=[Transition("book", "draft", "booked")],
        ),
    ],
    extensions=[
        Extension(
            "contacts.party", DriverCard, label="Driver", rules=[driver_faults], actions=driver_actions,
            computed=[Computed("may_drive", has_licence, like=DriverCard.own_car)],
            personal=[DriverCard.licence, DriverCard.licence_until, DriverCard.preferred_vehicle, DriverCard.own_car],
        )
    ],
    reports=[
        Report("fleet.costs", costs, row=CostRow, label="Costs of the fleet", totals=["distance", "litres", "cost"],
               chart=Bars("vehicle", ["cost"]))
    ],
    panels=[
        Panel("fleet.overview", fleet_panel, label="Fleet"),
        Panel("fleet.vehicle-figures", vehicle_panel, label="This year", on="fleet.vehicle", permission="fleet.trip"),
        Panel("fleet.driver", party_panel, label="Trips", on="contacts.party", permission="fleet.trip"),
    ],
    services=[find_vehicle],
    subscribers=[drive],
    roles=roles,
)  # fmt: skip
