from trastienda.migrations import Column, CreateTable, Index, TableShape

operations = [
    CreateTable(
        TableShape(
            "paint_brand",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=20),
            ],
            indexes=[Index("paint_brand_company_id_code_key", ["company_id", "code"], unique=True)],
        ),
    ),
    CreateTable(
        TableShape(
            "paint_paint",
            [
                Column("item_id", "bigint", references="depot_item.id", on_delete="CASCADE"),
                Column("colour", "text", length=20),
                Column("coats", "integer"),
                Column("weight", "bigint", null=True),
                Column("brand_id", "bigint", null=True, references="paint_brand.id"),
                Column("price", "bigint"),
                Column("recipe", "text", length=40),
                Column("applied", "integer"),
            ],
            primary_key=["item_id"],
            indexes=[Index("paint_paint_brand_id_idx", ["brand_id"])],
        ),
    ),
]
