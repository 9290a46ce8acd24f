from trastienda.migrations import Column, CreateTable, Index, TableShape

operations = [
    CreateTable(
        TableShape(
            "identity_token",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("user_id", "bigint", references="core_user.id", on_delete="CASCADE"),
                Column("name", "text", length=80),
                Column("digest", "text", length=64),
                Column("scopes", "text", length=400),
                Column("expires_on", "date", null=True),
                Column("revoked", "boolean"),
            ],
            indexes=[
                Index("identity_token_user_id_idx", ["user_id"]),
                Index("identity_token_digest_key", ["digest"], unique=True),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "identity_account",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("user_id", "bigint", references="core_user.id", on_delete="CASCADE"),
                Column("issuer", "text", length=300),
                Column("subject", "text", length=255),
            ],
            indexes=[
                Index("identity_account_user_id_idx", ["user_id"]),
                Index("identity_account_issuer_subject_key", ["issuer", "subject"], unique=True),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "identity_token_use",
            [
                Column("token_id", "bigint", references="identity_token.id", on_delete="CASCADE"),
                Column("last_used_at", "datetime"),
            ],
            primary_key=["token_id"],
        ),
    ),
    CreateTable(
        TableShape(
            "identity_session",
            [
                Column("digest", "text", length=64),
                Column("user_id", "bigint", references="core_user.id", on_delete="CASCADE"),
                Column("started_at", "datetime"),
                Column("seen_at", "datetime"),
                Column("address", "text", length=60),
                Column("agent", "text", length=200),
                Column("stage", "text", length=10),
            ],
            primary_key=["digest"],
            indexes=[Index("identity_session_user_id_idx", ["user_id"])],
        ),
    ),
    CreateTable(
        TableShape(
            "identity_attempt",
            [
                Column("subject", "text", length=200),
                Column("failures", "integer"),
                Column("last_at", "datetime"),
            ],
            primary_key=["subject"],
        ),
    ),
    CreateTable(
        TableShape(
            "identity_second_factor",
            [
                Column("user_id", "bigint", references="core_user.id", on_delete="CASCADE"),
                Column("secret", "text"),
                Column("confirmed", "boolean"),
                Column("last_step", "bigint"),
            ],
            primary_key=["user_id"],
        ),
    ),
    CreateTable(
        TableShape(
            "identity_recovery_code",
            [
                Column("id", "id"),
                Column("user_id", "bigint", references="core_user.id", on_delete="CASCADE"),
                Column("digest", "text", length=64),
                Column("used_at", "datetime", null=True),
            ],
            indexes=[Index("identity_recovery_code_user_id_idx", ["user_id"])],
        ),
    ),
    CreateTable(
        TableShape(
            "identity_password_reset",
            [
                Column("digest", "text", length=64),
                Column("user_id", "bigint", references="core_user.id", on_delete="CASCADE"),
                Column("expires_at", "datetime"),
            ],
            primary_key=["digest"],
            indexes=[Index("identity_password_reset_user_id_idx", ["user_id"])],
        ),
    ),
    CreateTable(
        TableShape(
            "identity_arrival",
            [
                Column("digest", "text", length=64),
                Column("at", "datetime"),
            ],
            primary_key=["digest"],
        ),
    ),
]
