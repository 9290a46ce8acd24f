from trastienda.migrations import Check, Column, CreateTable, Index, TableShape

operations = [
    CreateTable(
        TableShape(
            "delivery_mail",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("to", "text", length=254),
                Column("subject", "text", length=200),
                Column("text", "text"),
                Column("html", "text", null=True),
                Column("created_at", "datetime"),
                Column("sent_at", "datetime", null=True),
                Column("job_id", "bigint", null=True, references="core_job.id", on_delete="SET NULL"),
            ],
            indexes=[
                Index("delivery_mail_company_id_idx", ["company_id"]),
                Index("delivery_mail_job_id_idx", ["job_id"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "delivery_webhook",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("name", "text", length=80),
                Column("url", "text", length=500),
                Column("events", "text", length=400),
                Column("owner_id", "bigint", null=True, references="core_user.id", on_delete="SET NULL"),
                Column("active", "boolean"),
                Column("secret", "text"),
            ],
            indexes=[
                Index("delivery_webhook_company_id_idx", ["company_id"]),
                Index("delivery_webhook_owner_id_idx", ["owner_id"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "delivery_webhook_delivery",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("webhook_id", "bigint", references="delivery_webhook.id", on_delete="CASCADE"),
                Column("message", "text", length=40),
                Column("entity", "text", length=80),
                Column("record", "bigint"),
                Column("action", "text", length=40),
                Column("created_at", "datetime"),
                Column("delivered_at", "datetime", null=True),
                Column("status", "integer", null=True),
                Column("error", "text", length=500),
                Column("job_id", "bigint", null=True, references="core_job.id", on_delete="SET NULL"),
            ],
            indexes=[
                Index("delivery_webhook_delivery_company_id_idx", ["company_id"]),
                Index("delivery_webhook_delivery_message_key", ["message"], unique=True),
                Index("delivery_webhook_delivery_job_id_idx", ["job_id"]),
                Index("delivery_webhook_delivery_webhook_id_id_idx", ["webhook_id", "id"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "delivery_notification",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("user_id", "bigint", references="core_user.id", on_delete="CASCADE"),
                Column("subject", "text", length=200),
                Column("text", "text"),
                Column("entity", "text", length=80, null=True),
                Column("record", "bigint", null=True),
                Column("created_at", "datetime"),
                Column("read_at", "datetime", null=True),
            ],
            indexes=[
                Index("delivery_notification_company_id_idx", ["company_id"]),
                Index(
                    "delivery_notification_user_id_company_id_read_at_idx",
                    ["user_id", "company_id", "read_at"],
                ),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "delivery_report_mail",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("owner_id", "bigint", null=True, references="core_user.id", on_delete="CASCADE"),
                Column("report", "text", length=120),
                Column("parameters", "text"),
                Column("every", "text", length=20),
                Column("format", "text", length=20),
                Column("next_on", "date", null=True),
                Column("sent_at", "datetime", null=True),
                Column("trouble", "text"),
            ],
            indexes=[
                Index("delivery_report_mail_owner_id_idx", ["owner_id"]),
                Index("delivery_report_mail_company_id_next_on_idx", ["company_id", "next_on"]),
            ],
            checks=[
                Check("delivery_report_mail_every_check", "\"every\" IN ('day', 'week', 'month')"),
                Check("delivery_report_mail_format_check", "\"format\" IN ('pdf', 'xlsx', 'csv')"),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "delivery_mail_attachment",
            [
                Column("id", "id"),
                Column("mail_id", "bigint", references="delivery_mail.id", on_delete="CASCADE"),
                Column("name", "text", length=200),
                Column("mimetype", "text", length=100),
                Column("content", "bytes"),
            ],
            indexes=[Index("delivery_mail_attachment_mail_id_idx", ["mail_id"])],
        ),
    ),
]
