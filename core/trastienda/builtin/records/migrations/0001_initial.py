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
    CreateTable(
        TableShape(
            "records_attachment",
            [
                Column("id", "id"),
                Column("company_id", "bigint", null=True, references="core_company.id", on_delete="CASCADE"),
                Column("entity", "text", length=80),
                Column("record", "bigint"),
                Column("name", "text", length=200),
                Column("mimetype", "text", length=100),
                Column("size", "bigint"),
                Column("digest", "text", length=64),
                Column("user_id", "bigint", null=True, references="core_user.id", on_delete="SET NULL"),
                Column("by", "text", length=120),
                Column("at", "datetime"),
            ],
            indexes=[
                Index("records_attachment_company_id_idx", ["company_id"]),
                Index("records_attachment_digest_idx", ["digest"]),
                Index("records_attachment_user_id_idx", ["user_id"]),
                Index("records_attachment_entity_record_idx", ["entity", "record"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "records_comment",
            [
                Column("id", "id"),
                Column("company_id", "bigint", null=True, references="core_company.id", on_delete="CASCADE"),
                Column("entity", "text", length=80),
                Column("record", "bigint"),
                Column("text", "text"),
                Column("mentions", "text"),
                Column("user_id", "bigint", null=True, references="core_user.id", on_delete="SET NULL"),
                Column("by", "text", length=120),
                Column("at", "datetime"),
                Column("edited_at", "datetime", null=True),
            ],
            indexes=[
                Index("records_comment_company_id_idx", ["company_id"]),
                Index("records_comment_user_id_idx", ["user_id"]),
                Index("records_comment_entity_record_id_idx", ["entity", "record", "id"]),
            ],
        ),
    ),
]
