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
            "records_custom_field",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("entity", "text", length=80),
                Column("name", "text", length=40),
                Column("label", "text", length=80),
                Column("kind", "text", length=20),
                Column("options", "text"),
                Column("target", "text", length=80),
                Column("required", "boolean"),
                Column("default", "text", length=200),
                Column("unique", "boolean"),
                Column("searched", "boolean"),
                Column("help", "text", length=200),
                Column("active", "boolean"),
            ],
            indexes=[Index("records_custom_field_entity_name_key", ["entity", "name"], unique=True)],
            checks=[
                Check(
                    "records_custom_field_kind_check",
                    "\"kind\" IN ('text', 'longtext', 'integer', 'number', 'money', 'date', 'boolean', 'choice', 'reference')",
                ),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "records_custom_field_wording",
            [
                Column("id", "id"),
                Column("company_id", "bigint", null=True, references="core_company.id", on_delete="RESTRICT"),
                Column("field_id", "bigint", references="records_custom_field.id", on_delete="CASCADE"),
                Column("language", "text", length=20),
                Column("label", "text", length=80),
                Column("help", "text", length=200),
            ],
            indexes=[Index("records_custom_field_wording_field_id_idx", ["field_id"])],
            checks=[Check("records_custom_field_wording_language_check", "\"language\" IN ('en', 'es')")],
        ),
    ),
    CreateTable(
        TableShape(
            "records_import_batch",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("entity", "text", length=80),
                Column("file", "text", length=200),
                Column("digest", "text", length=64),
                Column("at", "datetime"),
                Column("user_id", "bigint", null=True, references="core_user.id", on_delete="SET NULL"),
                Column("rows", "integer"),
                Column("created", "integer"),
                Column("updated", "integer"),
                Column("batch", "text", length=32),
                Column("state", "text", length=20),
            ],
            indexes=[
                Index("records_import_batch_company_id_idx", ["company_id"]),
                Index("records_import_batch_user_id_idx", ["user_id"]),
                Index("records_import_batch_batch_idx", ["batch"]),
                Index("records_import_batch_state_idx", ["state"]),
            ],
            checks=[Check("records_import_batch_state_check", "\"state\" IN ('done', 'undone')")],
        ),
    ),
    CreateTable(
        TableShape(
            "records_import_mapping",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("owner_id", "bigint", null=True, references="core_user.id", on_delete="SET NULL"),
                Column("entity", "text", length=80),
                Column("name", "text", length=80),
            ],
            indexes=[
                Index("records_import_mapping_owner_id_idx", ["owner_id"]),
                Index(
                    "records_import_mapping_company_id_entity_name_key",
                    ["company_id", "entity", "name"],
                    unique=True,
                ),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "records_mapped_column",
            [
                Column("id", "id"),
                Column("company_id", "bigint", null=True, references="core_company.id", on_delete="RESTRICT"),
                Column("mapping_id", "bigint", references="records_import_mapping.id", on_delete="CASCADE"),
                Column("header", "text", length=200),
                Column("column", "text", length=120),
            ],
            indexes=[Index("records_mapped_column_mapping_id_idx", ["mapping_id"])],
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
    CreateTable(
        TableShape(
            "records_import_file",
            [
                Column("id", "id"),
                Column("company_id", "bigint", references="core_company.id", on_delete="CASCADE"),
                Column("entity", "text", length=80),
                Column("name", "text", length=200),
                Column("digest", "text", length=64),
                Column("options", "text"),
                Column("scopes", "text", null=True),
                Column("at", "datetime"),
                Column("result", "text", null=True),
            ],
            indexes=[
                Index("records_import_file_company_id_idx", ["company_id"]),
                Index("records_import_file_digest_idx", ["digest"]),
                Index("records_import_file_at_idx", ["at"]),
            ],
        ),
    ),
]
