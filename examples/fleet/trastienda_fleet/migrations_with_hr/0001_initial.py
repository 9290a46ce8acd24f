from trastienda.migrations import Column, CreateTable, Index, TableShape

operations = [
    CreateTable(
        TableShape(
            "fleet_company_car",
            [
                Column("employee_id", "bigint", references="hr_employee.id", on_delete="CASCADE"),
                Column(
                    "vehicle_id",
                    "bigint",
                    null=True,
                    references="fleet_vehicle.id",
                    on_delete="RESTRICT",
                ),
                Column("since", "date", null=True),
            ],
            primary_key=["employee_id"],
            indexes=[Index("fleet_company_car_vehicle_id_idx", ["vehicle_id"])],
        ),
    ),
]
