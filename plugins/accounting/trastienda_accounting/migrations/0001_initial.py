from trastienda.migrations import Check, Column, CreateTable, Index, TableShape

operations = [
    CreateTable(
        TableShape(
            "accounting_account",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=20),
                Column("name", "text", length=200),
                Column("kind", "text", length=20),
                Column(
                    "parent_id",
                    "bigint",
                    null=True,
                    references="accounting_account.id",
                    on_delete="RESTRICT",
                ),
                Column("postable", "boolean"),
                Column("active", "boolean"),
                Column("currency", "text", length=3, null=True),
                Column("description", "text"),
            ],
            indexes=[
                Index("accounting_account_kind_idx", ["kind"]),
                Index("accounting_account_parent_id_idx", ["parent_id"]),
                Index("accounting_account_company_id_code_key", ["company_id", "code"], unique=True),
            ],
            checks=[
                Check(
                    "accounting_account_kind_check",
                    "\"kind\" IN ('asset', 'liability', 'equity', 'income', 'expense')",
                ),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "accounting_journal",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=10),
                Column("name", "text", length=80),
                Column("kind", "text", length=20),
                Column("active", "boolean"),
            ],
            indexes=[Index("accounting_journal_company_id_code_key", ["company_id", "code"], unique=True)],
            checks=[
                Check(
                    "accounting_journal_kind_check",
                    "\"kind\" IN ('general', 'sales', 'purchases', 'bank', 'cash', 'payroll', 'stock', 'opening', 'closing')",
                ),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "accounting_fiscal_year",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=10),
                Column("name", "text", length=80),
                Column("starts_on", "date"),
                Column("ends_on", "date"),
                Column("state", "text", length=20),
            ],
            indexes=[
                Index("accounting_fiscal_year_state_idx", ["state"]),
                Index("accounting_fiscal_year_company_id_code_key", ["company_id", "code"], unique=True),
                Index(
                    "accounting_fiscal_year_company_id_starts_on_key",
                    ["company_id", "starts_on"],
                    unique=True,
                ),
            ],
            checks=[Check("accounting_fiscal_year_state_check", "\"state\" IN ('open', 'closed')")],
        ),
    ),
    CreateTable(
        TableShape(
            "accounting_period",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=10),
                Column("name", "text", length=80),
                Column(
                    "fiscal_year_id",
                    "bigint",
                    references="accounting_fiscal_year.id",
                    on_delete="RESTRICT",
                ),
                Column("starts_on", "date"),
                Column("ends_on", "date"),
                Column("state", "text", length=20),
            ],
            indexes=[
                Index("accounting_period_fiscal_year_id_idx", ["fiscal_year_id"]),
                Index("accounting_period_state_idx", ["state"]),
                Index("accounting_period_company_id_code_key", ["company_id", "code"], unique=True),
                Index("accounting_period_company_id_starts_on_key", ["company_id", "starts_on"], unique=True),
            ],
            checks=[Check("accounting_period_state_check", "\"state\" IN ('open', 'soft-closed', 'closed')")],
        ),
    ),
    CreateTable(
        TableShape(
            "accounting_dimension",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=20),
                Column("name", "text", length=80),
                Column("active", "boolean"),
            ],
            indexes=[Index("accounting_dimension_company_id_code_key", ["company_id", "code"], unique=True)],
        ),
    ),
    CreateTable(
        TableShape(
            "accounting_dimension_value",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("dimension_id", "bigint", references="accounting_dimension.id", on_delete="RESTRICT"),
                Column("code", "text", length=20),
                Column("name", "text", length=80),
                Column("active", "boolean"),
            ],
            indexes=[
                Index("accounting_dimension_value_company_id_idx", ["company_id"]),
                Index(
                    "accounting_dimension_value_dimension_id_code_key",
                    ["dimension_id", "code"],
                    unique=True,
                ),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "accounting_dimension_set",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("text", "text", length=400),
            ],
            indexes=[
                Index("accounting_dimension_set_company_id_text_key", ["company_id", "text"], unique=True),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "accounting_dimension_set_member",
            [
                Column("id", "id"),
                Column("company_id", "bigint", null=True, references="core_company.id", on_delete="RESTRICT"),
                Column(
                    "dimension_set_id",
                    "bigint",
                    references="accounting_dimension_set.id",
                    on_delete="CASCADE",
                ),
                Column("dimension_id", "bigint", references="accounting_dimension.id", on_delete="RESTRICT"),
                Column(
                    "value_id",
                    "bigint",
                    references="accounting_dimension_value.id",
                    on_delete="RESTRICT",
                ),
            ],
            indexes=[
                Index("accounting_dimension_set_member_dimension_id_idx", ["dimension_id"]),
                Index("accounting_dimension_set_member_value_id_idx", ["value_id"]),
                Index(
                    "accounting_dimension_set_member_dimension_set_id_dimen_a13cae9c",
                    ["dimension_set_id", "dimension_id"],
                    unique=True,
                ),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "accounting_journal_entry",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("reference", "text", length=60),
                Column("date", "date"),
                Column("journal_id", "bigint", references="accounting_journal.id", on_delete="RESTRICT"),
                Column("description", "text", length=200),
                Column("number", "text", length=40, null=True),
                Column("amount", "bigint"),
                Column("state", "text", length=20),
                Column("source", "text", length=80, null=True),
                Column(
                    "reverses_id",
                    "bigint",
                    null=True,
                    references="accounting_journal_entry.id",
                    on_delete="RESTRICT",
                ),
                Column(
                    "reversed_by_id",
                    "bigint",
                    null=True,
                    references="accounting_journal_entry.id",
                    on_delete="RESTRICT",
                ),
            ],
            indexes=[
                Index("accounting_journal_entry_journal_id_idx", ["journal_id"]),
                Index("accounting_journal_entry_reverses_id_key", ["reverses_id"], unique=True),
                Index("accounting_journal_entry_reversed_by_id_key", ["reversed_by_id"], unique=True),
                Index(
                    "accounting_journal_entry_company_id_source_key",
                    ["company_id", "source"],
                    unique=True,
                ),
                Index(
                    "accounting_journal_entry_company_id_number_key",
                    ["company_id", "number"],
                    unique=True,
                ),
                Index("accounting_journal_entry_company_id_date_id_idx", ["company_id", "date", "id"]),
                Index(
                    "accounting_journal_entry_company_id_state_date_id_idx",
                    ["company_id", "state", "date", "id"],
                ),
                Index("accounting_journal_entry_company_id_reference_idx", ["company_id", "reference"]),
            ],
            checks=[
                Check("accounting_journal_entry_state_check", "\"state\" IN ('draft', 'posted', 'reversed')"),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "accounting_posting",
            [
                Column("id", "id"),
                Column("company_id", "bigint", null=True, references="core_company.id", on_delete="RESTRICT"),
                Column("entry_id", "bigint", references="accounting_journal_entry.id", on_delete="CASCADE"),
                Column("date", "date"),
                Column("account_id", "bigint", references="accounting_account.id", on_delete="RESTRICT"),
                Column("debit", "bigint"),
                Column("credit", "bigint"),
                Column("party_id", "bigint", null=True, references="contacts_party.id", on_delete="RESTRICT"),
                Column("description", "text", length=200),
                Column("due_date", "date", null=True),
                Column("currency", "text", length=3, null=True),
                Column("amount_currency", "bigint", null=True),
                Column(
                    "dimensions_id",
                    "bigint",
                    null=True,
                    references="accounting_dimension_set.id",
                    on_delete="RESTRICT",
                ),
            ],
            indexes=[
                Index("accounting_posting_entry_id_idx", ["entry_id"]),
                Index("accounting_posting_dimensions_id_idx", ["dimensions_id"]),
                Index("accounting_posting_company_id_date_id_idx", ["company_id", "date", "id"]),
                Index("accounting_posting_account_id_date_idx", ["account_id", "date"]),
                Index("accounting_posting_account_id_due_date_idx", ["account_id", "due_date"]),
                Index("accounting_posting_party_id_date_idx", ["party_id", "date"]),
            ],
            checks=[Check("posting_one_side", "debit >= 0 AND credit >= 0 AND (debit = 0) <> (credit = 0)")],
        ),
    ),
    CreateTable(
        TableShape(
            "accounting_day_balance",
            [
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("account_id", "bigint", references="accounting_account.id", on_delete="RESTRICT"),
                Column("date", "date"),
                Column("debit", "bigint"),
                Column("credit", "bigint"),
            ],
            primary_key=["company_id", "account_id", "date"],
            indexes=[
                Index("accounting_day_balance_account_id_idx", ["account_id"]),
                Index("accounting_day_balance_company_id_date_idx", ["company_id", "date"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "accounting_period_balance",
            [
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("account_id", "bigint", references="accounting_account.id", on_delete="RESTRICT"),
                Column("period_id", "bigint", references="accounting_period.id", on_delete="RESTRICT"),
                Column("debit", "bigint"),
                Column("credit", "bigint"),
            ],
            primary_key=["company_id", "account_id", "period_id"],
            indexes=[
                Index("accounting_period_balance_account_id_idx", ["account_id"]),
                Index("accounting_period_balance_period_id_idx", ["period_id"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "accounting_party_balance",
            [
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("account_id", "bigint", references="accounting_account.id", on_delete="RESTRICT"),
                Column("party_id", "bigint", references="contacts_party.id", on_delete="RESTRICT"),
                Column("debit", "bigint"),
                Column("credit", "bigint"),
            ],
            primary_key=["company_id", "account_id", "party_id"],
            indexes=[
                Index("accounting_party_balance_account_id_idx", ["account_id"]),
                Index("accounting_party_balance_party_id_idx", ["party_id"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "accounting_company_chart",
            [
                Column("company_id", "bigint", references="core_company.id", on_delete="CASCADE"),
                Column("chart", "text", length=40),
            ],
            primary_key=["company_id"],
        ),
    ),
]
