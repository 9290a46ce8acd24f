from trastienda.migrations import Check, Column, CreateTable, Index, TableShape

operations = [
    CreateTable(
        TableShape(
            "trouble_thing",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=60),
                Column("state", "text", length=20),
            ],
            indexes=[
                Index("trouble_thing_state_idx", ["state"]),
                Index("trouble_thing_company_id_code_key", ["company_id", "code"], unique=True),
            ],
            checks=[Check("trouble_thing_state_check", "\"state\" IN ('open', 'closed')")],
        ),
    ),
]
