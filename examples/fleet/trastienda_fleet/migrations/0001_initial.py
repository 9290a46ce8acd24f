from trastienda.migrations import Check, Column, CreateTable, Index, TableShape

operations = [
    CreateTable(
        TableShape(
            "fleet_vehicle",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("plate", "text", length=12),
                Column("name", "text", length=80),
                Column("fuel", "text", length=20),
                Column("odometer", "integer"),
                Column("bought_on", "date", null=True),
                Column("sold_on", "date", null=True),
                Column("state", "text", length=20),
            ],
            indexes=[
                Index("fleet_vehicle_state_idx", ["state"]),
                Index("fleet_vehicle_company_id_plate_key", ["company_id", "plate"], unique=True),
            ],
            checks=[
                Check("fleet_vehicle_fuel_check", "\"fuel\" IN ('diesel', 'petrol', 'electric')"),
                Check("fleet_vehicle_state_check", "\"state\" IN ('in_use', 'sold')"),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "fleet_trip",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("vehicle_id", "bigint", references="fleet_vehicle.id", on_delete="RESTRICT"),
                Column(
                    "driver_id",
                    "bigint",
                    null=True,
                    references="contacts_party.id",
                    on_delete="RESTRICT",
                ),
                Column("date", "date"),
                Column("start", "integer"),
                Column("end", "integer"),
                Column("purpose", "text", length=120),
            ],
            indexes=[
                Index("fleet_trip_company_id_idx", ["company_id"]),
                Index("fleet_trip_vehicle_id_idx", ["vehicle_id"]),
                Index("fleet_trip_driver_id_idx", ["driver_id"]),
                Index("fleet_trip_date_idx", ["date"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "fleet_refuelling",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("vehicle_id", "bigint", references="fleet_vehicle.id", on_delete="RESTRICT"),
                Column("date", "date"),
                Column("litres", "bigint"),
                Column("cost", "bigint"),
                Column(
                    "supplier_id",
                    "bigint",
                    null=True,
                    references="contacts_party.id",
                    on_delete="RESTRICT",
                ),
                Column("state", "text", length=20),
            ],
            indexes=[
                Index("fleet_refuelling_company_id_idx", ["company_id"]),
                Index("fleet_refuelling_vehicle_id_idx", ["vehicle_id"]),
                Index("fleet_refuelling_date_idx", ["date"]),
                Index("fleet_refuelling_supplier_id_idx", ["supplier_id"]),
                Index("fleet_refuelling_state_idx", ["state"]),
            ],
            checks=[Check("fleet_refuelling_state_check", "\"state\" IN ('draft', 'booked')")],
        ),
    ),
    CreateTable(
        TableShape(
            "fleet_driver_card",
            [
                Column("party_id", "bigint", references="contacts_party.id", on_delete="CASCADE"),
                Column("licence", "text", length=20),
                Column("licence_until", "date", null=True),
                Column(
                    "preferred_vehicle_id",
                    "bigint",
                    null=True,
                    references="fleet_vehicle.id",
                    on_delete="SET NULL",
                ),
                Column("own_car", "boolean"),
            ],
            primary_key=["party_id"],
            indexes=[Index("fleet_driver_card_preferred_vehicle_id_idx", ["preferred_vehicle_id"])],
        ),
    ),
]
