from trastienda.migrations import Column, CreateTable, Index, TableShape

operations = [
    CreateTable(
        TableShape(
            "fleet_spare_part",
            [
                Column("product_id", "bigint", references="inventory_product.id", on_delete="CASCADE"),
                Column("fits_id", "bigint", null=True, references="fleet_vehicle.id", on_delete="SET NULL"),
                Column("lasts", "integer", null=True),
            ],
            primary_key=["product_id"],
            indexes=[Index("fleet_spare_part_fits_id_idx", ["fits_id"])],
        ),
    ),
]
