from trastienda.migrations import Check, Column, CreateTable, Index, TableShape

operations = [
    CreateTable(
        TableShape(
            "core_company",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("code", "text", length=20),
                Column("name", "text", length=120),
                Column("currency", "text", length=3),
                Column("country", "text", length=2),
                Column("time_zone", "text", length=40),
                Column("language", "text", length=5),
            ],
            indexes=[Index("core_company_code_key", ["code"], unique=True)],
        ),
    ),
    CreateTable(
        TableShape(
            "core_user",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("name", "text", length=60),
                Column("full_name", "text", length=120),
                Column("email", "text", length=254),
                Column("password_hash", "text", length=200, null=True),
                Column("active", "boolean"),
                Column("language", "text", length=5),
                Column("default_company_id", "bigint", null=True, references="core_company.id"),
            ],
            indexes=[
                Index("core_user_name_key", ["name"], unique=True),
                Index("core_user_default_company_id_idx", ["default_company_id"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "core_role_assignment",
            [
                Column("id", "id"),
                Column("company_id", "bigint", null=True, references="core_company.id", on_delete="RESTRICT"),
                Column("user_id", "bigint", references="core_user.id", on_delete="CASCADE"),
                Column("role", "text", length=80),
                Column(
                    "in_company_id",
                    "bigint",
                    null=True,
                    references="core_company.id",
                    on_delete="CASCADE",
                ),
            ],
            indexes=[
                Index("core_role_assignment_user_id_idx", ["user_id"]),
                Index("core_role_assignment_in_company_id_idx", ["in_company_id"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "core_stored_role",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("name", "text", length=60),
                Column("label", "text", length=120),
            ],
            indexes=[Index("core_stored_role_name_key", ["name"], unique=True)],
        ),
    ),
    CreateTable(
        TableShape(
            "core_stored_grant",
            [
                Column("id", "id"),
                Column("company_id", "bigint", null=True, references="core_company.id", on_delete="RESTRICT"),
                Column("role_id", "bigint", references="core_stored_role.id", on_delete="CASCADE"),
                Column("target", "text", length=120),
                Column("verbs", "text", length=400),
                Column("rows", "text", length=80),
            ],
            indexes=[Index("core_stored_grant_role_id_idx", ["role_id"])],
        ),
    ),
    CreateTable(
        TableShape(
            "core_counter",
            [
                Column("company_id", "bigint", references="core_company.id", on_delete="CASCADE"),
                Column("series", "text", length=120),
                Column("value", "bigint"),
            ],
            primary_key=["company_id", "series"],
        ),
    ),
    CreateTable(
        TableShape(
            "core_setting",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("name", "text", length=120),
                Column("value", "text"),
            ],
            indexes=[Index("core_setting_company_id_name_key", ["company_id", "name"], unique=True)],
        ),
    ),
    CreateTable(
        TableShape(
            "core_picture",
            [
                Column("company_id", "bigint", references="core_company.id", on_delete="CASCADE"),
                Column("digest", "text", length=64),
                Column("content", "bytes"),
            ],
            primary_key=["company_id", "digest"],
        ),
    ),
    CreateTable(
        TableShape(
            "core_answer",
            [
                Column("user", "bigint"),
                Column("company", "bigint"),
                Column("route", "text", length=300),
                Column("key", "text", length=200),
                Column("body", "text", length=64),
                Column("answer", "text"),
                Column("at", "datetime"),
            ],
            primary_key=["user", "company", "route", "key"],
            indexes=[Index("core_answer_at_idx", ["at"])],
        ),
    ),
    CreateTable(
        TableShape(
            "core_external_id",
            [
                Column("company", "bigint"),
                Column("entity", "text", length=80),
                Column("name", "text", length=200),
                Column("record", "bigint"),
            ],
            primary_key=["company", "entity", "name"],
        ),
    ),
    CreateTable(
        TableShape(
            "core_audit_record",
            [
                Column("id", "id"),
                Column("batch", "text", length=32),
                Column("chain", "bigint"),
                Column("at", "datetime"),
                Column("user", "bigint", null=True),
                Column("actor", "text", length=120),
                Column("via", "text", length=200),
                Column("entity", "text", length=80),
                Column("record", "bigint"),
                Column("key", "text", length=200, null=True),
                Column("action", "text", length=40),
                Column("changes", "text"),
                Column("salts", "bytes"),
                Column("digest", "text", length=64),
            ],
            indexes=[
                Index("core_audit_record_batch_idx", ["batch"]),
                Index("core_audit_record_entity_record_id_idx", ["entity", "record", "id"]),
                Index("core_audit_record_chain_id_idx", ["chain", "id"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "core_audit_seal",
            [
                Column("id", "id"),
                Column("chain", "bigint"),
                Column("number", "bigint"),
                Column("batch", "text", length=32),
                Column("at", "datetime"),
                Column("rows", "integer"),
                Column("content", "text", length=64),
                Column("digest", "text", length=64),
            ],
            indexes=[
                Index("core_audit_seal_chain_number_key", ["chain", "number"], unique=True),
                Index("core_audit_seal_batch_chain_key", ["batch", "chain"], unique=True),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "core_job",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("name", "text", length=120),
                Column("event", "text", length=160, null=True),
                Column("state", "text", length=20),
                Column("parameters", "text"),
                Column("key", "text", length=200, null=True),
                Column("lane", "text", length=200, null=True),
                Column("scheduled", "boolean"),
                Column("priority", "text", length=20),
                Column("run_at", "datetime"),
                Column("attempts", "integer"),
                Column("done", "bigint"),
                Column("total", "bigint", null=True),
                Column("message", "text"),
                Column("result", "text", null=True),
                Column(
                    "requested_by_id",
                    "bigint",
                    null=True,
                    references="core_user.id",
                    on_delete="SET NULL",
                ),
                Column("created_at", "datetime"),
                Column("started_at", "datetime", null=True),
                Column("ended_at", "datetime", null=True),
                Column("worker", "text", length=40, null=True),
                Column("lease_until", "datetime", null=True),
            ],
            indexes=[
                Index("core_job_requested_by_id_idx", ["requested_by_id"]),
                Index("core_job_state_run_at_idx", ["state", "run_at"]),
                Index("core_job_company_id_name_key_key", ["company_id", "name", "key"], unique=True),
                Index("core_job_lane_id_idx", ["lane", "id"]),
            ],
            checks=[
                Check(
                    "core_job_state_check",
                    "\"state\" IN ('queued', 'running', 'done', 'failed', 'parked', 'cancelled')",
                ),
                Check("core_job_priority_check", "\"priority\" IN ('interactive', 'normal', 'background')"),
            ],
        ),
    ),
]
