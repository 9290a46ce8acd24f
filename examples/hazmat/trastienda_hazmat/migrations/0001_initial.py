from trastienda.migrations import Check, Column, CreateTable, TableShape

operations = [
    CreateTable(
        TableShape(
            "hazmat_dangerous_goods",
            [
                Column("product_id", "bigint", references="inventory_product.id", on_delete="CASCADE"),
                Column("un_number", "text", length=4),
                Column("hazard_class", "text", length=20),
                Column("net_mass", "bigint", null=True),
                Column("limited_quantity", "boolean"),
            ],
            primary_key=["product_id"],
            checks=[
                Check(
                    "hazmat_dangerous_goods_hazard_class_check",
                    "\"hazard_class\" IN ('1', '2', '3', '4.1', '4.2', '4.3', '5.1', '5.2', '6.1', '6.2', '7', '8', '9')",
                ),
            ],
        ),
    ),
]
