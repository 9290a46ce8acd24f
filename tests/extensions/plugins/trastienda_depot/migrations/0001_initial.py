from trastienda.migrations import Check, Column, CreateTable, Index, TableShape

operations = [
    CreateTable(
        TableShape(
            "depot_item",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=20),
                Column("name", "text", length=60),
                Column("kind", "text", length=20),
                Column("weight", "bigint"),
                Column("state", "text", length=20),
            ],
            indexes=[
                Index("depot_item_state_idx", ["state"]),
                Index("depot_item_company_id_code_key", ["company_id", "code"], unique=True),
            ],
            checks=[
                Check("depot_item_kind_check", "\"kind\" IN ('goods', 'service')"),
                Check("depot_item_state_check", "\"state\" IN ('open', 'closed')"),
            ],
        ),
    ),
]
