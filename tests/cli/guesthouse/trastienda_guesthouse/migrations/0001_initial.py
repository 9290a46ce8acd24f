from trastienda.migrations import Check, Column, CreateTable, Index, TableShape

operations = [
    CreateTable(
        TableShape(
            "guesthouse_guest",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=20),
                Column("name", "text", length=80),
                Column("nights", "integer"),
                Column("state", "text", length=20),
            ],
            indexes=[
                Index("guesthouse_guest_state_idx", ["state"]),
                Index("guesthouse_guest_company_id_code_key", ["company_id", "code"], unique=True),
            ],
            checks=[Check("guesthouse_guest_state_check", "\"state\" IN ('expected', 'arrived')")],
        ),
    ),
    CreateTable(
        TableShape(
            "guesthouse_nights_sold",
            [
                Column("id", "id"),
                Column("company_id", "bigint", references="core_company.id"),
                Column("nights", "integer"),
            ],
            indexes=[Index("guesthouse_nights_sold_company_id_key", ["company_id"], unique=True)],
        ),
    ),
]
