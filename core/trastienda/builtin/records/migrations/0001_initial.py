from trastienda.migrations import Check, Column, CreateTable, Index, TableShape

operations = [
    CreateTable(
        TableShape(
            "records_saved_view",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("owner_id", "bigint", null=True, references="core_user.id", on_delete="CASCADE"),
                Column("entity", "text", length=80),
                Column("name", "text", length=80),
                Column("query", "text"),
                Column("columns", "text"),
                Column("shared_with", "text", length=20),
                Column("role", "text", length=80),
                Column("is_default", "boolean"),
            ],
            indexes=[
                Index("records_saved_view_owner_id_idx", ["owner_id"]),
                Index(
                    "records_saved_view_company_id_entity_owner_id_name_key",
                    ["company_id", "entity", "owner_id", "name"],
                    unique=True,
                ),
            ],
            checks=[
                Check(
                    "records_saved_view_shared_with_check",
                    "\"shared_with\" IN ('me', 'role', 'everyone')",
                ),
            ],
        ),
    ),
]
