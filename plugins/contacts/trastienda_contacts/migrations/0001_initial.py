from trastienda.migrations import Check, Column, CreateTable, Index, TableShape

operations = [
    CreateTable(
        TableShape(
            "contacts_party",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=20),
                Column("name", "text", length=160),
                Column("is_company", "boolean"),
                Column("country", "text", length=2),
                Column("tax_id", "text", length=30),
                Column("email", "text", length=254),
                Column("phone", "text", length=40),
                Column("website", "text", length=254),
                Column("language", "text", length=5),
                Column("notes", "text"),
                Column("active", "boolean"),
                Column(
                    "merged_into_id",
                    "bigint",
                    null=True,
                    references="contacts_party.id",
                    on_delete="RESTRICT",
                ),
            ],
            indexes=[
                Index("contacts_party_tax_id_idx", ["tax_id"]),
                Index("contacts_party_merged_into_id_idx", ["merged_into_id"]),
                Index("contacts_party_company_id_code_key", ["company_id", "code"], unique=True),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "contacts_party_role",
            [
                Column("id", "id"),
                Column("company_id", "bigint", null=True, references="core_company.id", on_delete="RESTRICT"),
                Column("party_id", "bigint", references="contacts_party.id", on_delete="CASCADE"),
                Column("role", "text", length=20),
            ],
            indexes=[Index("contacts_party_role_party_id_role_key", ["party_id", "role"], unique=True)],
            checks=[
                Check("contacts_party_role_role_check", "\"role\" IN ('customer', 'supplier', 'employee')"),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "contacts_address",
            [
                Column("id", "id"),
                Column("company_id", "bigint", null=True, references="core_company.id", on_delete="RESTRICT"),
                Column("party_id", "bigint", references="contacts_party.id", on_delete="CASCADE"),
                Column("kind", "text", length=20),
                Column("street", "text", length=200),
                Column("postal_code", "text", length=16),
                Column("city", "text", length=80),
                Column("region", "text", length=80),
                Column("country", "text", length=2),
            ],
            indexes=[Index("contacts_address_party_id_idx", ["party_id"])],
            checks=[
                Check(
                    "contacts_address_kind_check",
                    "\"kind\" IN ('main', 'invoices', 'deliveries', 'other')",
                ),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "contacts_bank_account",
            [
                Column("id", "id"),
                Column("company_id", "bigint", null=True, references="core_company.id", on_delete="RESTRICT"),
                Column("party_id", "bigint", references="contacts_party.id", on_delete="CASCADE"),
                Column("iban", "text", length=42),
                Column("bic", "text", length=11),
                Column("holder", "text", length=120),
            ],
            indexes=[Index("contacts_bank_account_party_id_idx", ["party_id"])],
        ),
    ),
]
