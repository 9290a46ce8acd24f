from trastienda.migrations import Column, CreateTable, Index, TableShape

operations = [
    CreateTable(
        TableShape(
            "inventory_category_accounts",
            [
                Column("category_id", "bigint", references="inventory_category.id", on_delete="CASCADE"),
                Column(
                    "stock_id",
                    "bigint",
                    null=True,
                    references="accounting_account.id",
                    on_delete="RESTRICT",
                ),
                Column(
                    "change_in_stock_id",
                    "bigint",
                    null=True,
                    references="accounting_account.id",
                    on_delete="RESTRICT",
                ),
                Column(
                    "cost_of_goods_id",
                    "bigint",
                    null=True,
                    references="accounting_account.id",
                    on_delete="RESTRICT",
                ),
            ],
            primary_key=["category_id"],
            indexes=[
                Index("inventory_category_accounts_stock_id_idx", ["stock_id"]),
                Index("inventory_category_accounts_change_in_stock_id_idx", ["change_in_stock_id"]),
                Index("inventory_category_accounts_cost_of_goods_id_idx", ["cost_of_goods_id"]),
            ],
        ),
    ),
]
