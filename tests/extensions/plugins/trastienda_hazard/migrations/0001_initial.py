from trastienda.migrations import Column, CreateTable, TableShape

operations = [
    CreateTable(
        TableShape(
            "hazard_hazard",
            [
                Column("item_id", "bigint", references="depot_item.id", on_delete="CASCADE"),
                Column("un_number", "text", length=4, null=True),
                Column("weight", "bigint", null=True),
                Column("checked_on", "date", null=True),
            ],
            primary_key=["item_id"],
        ),
    ),
]
