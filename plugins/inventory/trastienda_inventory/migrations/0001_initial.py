from trastienda.migrations import Check, Column, CreateTable, Index, TableShape

operations = [
    CreateTable(
        TableShape(
            "inventory_warehouse",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=20),
                Column("name", "text", length=120),
            ],
            indexes=[Index("inventory_warehouse_company_id_code_key", ["company_id", "code"], unique=True)],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_location",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=30),
                Column("name", "text", length=120),
                Column(
                    "parent_id",
                    "bigint",
                    null=True,
                    references="inventory_location.id",
                    on_delete="RESTRICT",
                ),
                Column(
                    "warehouse_id",
                    "bigint",
                    null=True,
                    references="inventory_warehouse.id",
                    on_delete="RESTRICT",
                ),
                Column("kind", "text", length=20),
                Column("allow_negative", "boolean"),
            ],
            indexes=[
                Index("inventory_location_parent_id_idx", ["parent_id"]),
                Index("inventory_location_warehouse_id_idx", ["warehouse_id"]),
                Index("inventory_location_company_id_code_key", ["company_id", "code"], unique=True),
            ],
            checks=[
                Check(
                    "inventory_location_kind_check",
                    "\"kind\" IN ('internal', 'supplier', 'customer', 'transit', 'loss', 'view')",
                ),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_picking",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("number", "text", length=30, null=True),
                Column("kind", "text", length=20),
                Column("date", "date"),
                Column("party_id", "bigint", null=True, references="contacts_party.id", on_delete="RESTRICT"),
                Column("reference", "text", length=60),
                Column(
                    "from_location_id",
                    "bigint",
                    null=True,
                    references="inventory_location.id",
                    on_delete="RESTRICT",
                ),
                Column(
                    "to_location_id",
                    "bigint",
                    null=True,
                    references="inventory_location.id",
                    on_delete="RESTRICT",
                ),
                Column(
                    "back_order_of_id",
                    "bigint",
                    null=True,
                    references="inventory_picking.id",
                    on_delete="RESTRICT",
                ),
                Column("state", "text", length=20),
            ],
            indexes=[
                Index("inventory_picking_date_idx", ["date"]),
                Index("inventory_picking_party_id_idx", ["party_id"]),
                Index("inventory_picking_from_location_id_idx", ["from_location_id"]),
                Index("inventory_picking_to_location_id_idx", ["to_location_id"]),
                Index("inventory_picking_back_order_of_id_idx", ["back_order_of_id"]),
                Index("inventory_picking_state_idx", ["state"]),
                Index("inventory_picking_company_id_number_key", ["company_id", "number"], unique=True),
            ],
            checks=[
                Check("inventory_picking_kind_check", "\"kind\" IN ('receipt', 'delivery', 'transfer')"),
                Check("inventory_picking_state_check", "\"state\" IN ('draft', 'done', 'cancelled')"),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_stock_count",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=30),
                Column("date", "date"),
                Column("location_id", "bigint", references="inventory_location.id", on_delete="RESTRICT"),
                Column(
                    "loss_location_id",
                    "bigint",
                    null=True,
                    references="inventory_location.id",
                    on_delete="RESTRICT",
                ),
                Column("state", "text", length=20),
            ],
            indexes=[
                Index("inventory_stock_count_location_id_idx", ["location_id"]),
                Index("inventory_stock_count_loss_location_id_idx", ["loss_location_id"]),
                Index("inventory_stock_count_state_idx", ["state"]),
                Index("inventory_stock_count_company_id_code_key", ["company_id", "code"], unique=True),
            ],
            checks=[
                Check(
                    "inventory_stock_count_state_check",
                    "\"state\" IN ('draft', 'counting', 'posted', 'cancelled')",
                ),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_category",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=20),
                Column("name", "text", length=120),
                Column(
                    "parent_id",
                    "bigint",
                    null=True,
                    references="inventory_category.id",
                    on_delete="RESTRICT",
                ),
                Column("valuation", "text", length=20, null=True),
            ],
            indexes=[
                Index("inventory_category_parent_id_idx", ["parent_id"]),
                Index("inventory_category_company_id_code_key", ["company_id", "code"], unique=True),
            ],
            checks=[
                Check(
                    "inventory_category_valuation_check",
                    "\"valuation\" IN ('average', 'fifo', 'standard')",
                ),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_unit",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=12),
                Column("name", "text", length=60),
                Column("kind", "text", length=20),
                Column("numerator", "bigint"),
                Column("denominator", "bigint"),
            ],
            indexes=[Index("inventory_unit_company_id_code_key", ["company_id", "code"], unique=True)],
            checks=[
                Check(
                    "inventory_unit_kind_check",
                    "\"kind\" IN ('count', 'weight', 'volume', 'length', 'area', 'time')",
                ),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_product",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=40),
                Column("name", "text", length=160),
                Column("kind", "text", length=20),
                Column("unit_id", "bigint", references="inventory_unit.id", on_delete="RESTRICT"),
                Column(
                    "category_id",
                    "bigint",
                    null=True,
                    references="inventory_category.id",
                    on_delete="RESTRICT",
                ),
                Column("barcode", "text", length=14),
                Column("tracking", "text", length=20),
                Column("standard_cost", "bigint"),
                Column(
                    "variant_of_id",
                    "bigint",
                    null=True,
                    references="inventory_product.id",
                    on_delete="RESTRICT",
                ),
                Column("active", "boolean"),
            ],
            indexes=[
                Index("inventory_product_unit_id_idx", ["unit_id"]),
                Index("inventory_product_category_id_idx", ["category_id"]),
                Index("inventory_product_barcode_idx", ["barcode"]),
                Index("inventory_product_variant_of_id_idx", ["variant_of_id"]),
                Index("inventory_product_company_id_code_key", ["company_id", "code"], unique=True),
            ],
            checks=[
                Check("inventory_product_kind_check", "\"kind\" IN ('goods', 'service')"),
                Check("inventory_product_tracking_check", "\"tracking\" IN ('none', 'lot', 'serial')"),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_product_attribute",
            [
                Column("id", "id"),
                Column("company_id", "bigint", null=True, references="core_company.id", on_delete="RESTRICT"),
                Column("product_id", "bigint", references="inventory_product.id", on_delete="CASCADE"),
                Column("attribute", "text", length=40),
                Column("value", "text", length=80),
            ],
            indexes=[
                Index(
                    "inventory_product_attribute_product_id_attribute_key",
                    ["product_id", "attribute"],
                    unique=True,
                ),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_supplier_price",
            [
                Column("id", "id"),
                Column("company_id", "bigint", null=True, references="core_company.id", on_delete="RESTRICT"),
                Column("product_id", "bigint", references="inventory_product.id", on_delete="CASCADE"),
                Column("supplier_id", "bigint", references="contacts_party.id", on_delete="RESTRICT"),
                Column("supplier_code", "text", length=40),
                Column("minimum", "bigint"),
                Column("price", "bigint"),
                Column("lead_days", "integer"),
            ],
            indexes=[
                Index("inventory_supplier_price_product_id_idx", ["product_id"]),
                Index("inventory_supplier_price_supplier_id_idx", ["supplier_id"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_lot",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("code", "text", length=40),
                Column("name", "text", length=120),
                Column("product_id", "bigint", references="inventory_product.id", on_delete="RESTRICT"),
                Column("expires_on", "date", null=True),
            ],
            indexes=[
                Index("inventory_lot_product_id_idx", ["product_id"]),
                Index("inventory_lot_expires_on_idx", ["expires_on"]),
                Index("inventory_lot_company_id_code_key", ["company_id", "code"], unique=True),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_move",
            [
                Column("id", "id"),
                Column("version", "integer"),
                Column("search_text", "text"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("reference", "text", length=60),
                Column("date", "date"),
                Column("product_id", "bigint", references="inventory_product.id", on_delete="RESTRICT"),
                Column("quantity", "bigint"),
                Column("unit_id", "bigint", null=True, references="inventory_unit.id", on_delete="RESTRICT"),
                Column(
                    "from_location_id",
                    "bigint",
                    references="inventory_location.id",
                    on_delete="RESTRICT",
                ),
                Column("to_location_id", "bigint", references="inventory_location.id", on_delete="RESTRICT"),
                Column("lot_id", "bigint", null=True, references="inventory_lot.id", on_delete="RESTRICT"),
                Column("unit_cost", "bigint", null=True),
                Column("unit_price", "bigint", null=True),
                Column(
                    "picking_id",
                    "bigint",
                    null=True,
                    references="inventory_picking.id",
                    on_delete="RESTRICT",
                ),
                Column(
                    "returns_id",
                    "bigint",
                    null=True,
                    references="inventory_move.id",
                    on_delete="RESTRICT",
                ),
                Column(
                    "back_order_of_id",
                    "bigint",
                    null=True,
                    references="inventory_move.id",
                    on_delete="RESTRICT",
                ),
                Column("stock_quantity", "bigint", null=True),
                Column("value", "bigint", null=True),
                Column("state", "text", length=20),
            ],
            indexes=[
                Index("inventory_move_reference_idx", ["reference"]),
                Index("inventory_move_product_id_idx", ["product_id"]),
                Index("inventory_move_unit_id_idx", ["unit_id"]),
                Index("inventory_move_from_location_id_idx", ["from_location_id"]),
                Index("inventory_move_to_location_id_idx", ["to_location_id"]),
                Index("inventory_move_lot_id_idx", ["lot_id"]),
                Index("inventory_move_picking_id_idx", ["picking_id"]),
                Index("inventory_move_returns_id_idx", ["returns_id"]),
                Index("inventory_move_back_order_of_id_idx", ["back_order_of_id"]),
                Index("inventory_move_state_idx", ["state"]),
                Index("inventory_move_company_id_product_id_date_idx", ["company_id", "product_id", "date"]),
                Index(
                    "inventory_move_company_id_state_product_id_idx",
                    ["company_id", "state", "product_id"],
                ),
            ],
            checks=[
                Check(
                    "inventory_move_state_check",
                    "\"state\" IN ('draft', 'reserved', 'done', 'cancelled')",
                ),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_count_line",
            [
                Column("id", "id"),
                Column("company_id", "bigint", null=True, references="core_company.id", on_delete="RESTRICT"),
                Column("count_id", "bigint", references="inventory_stock_count.id", on_delete="CASCADE"),
                Column("product_id", "bigint", references="inventory_product.id", on_delete="RESTRICT"),
                Column("lot_id", "bigint", null=True, references="inventory_lot.id", on_delete="RESTRICT"),
                Column("expected", "bigint", null=True),
                Column("counted", "bigint", null=True),
                Column("difference", "bigint", null=True),
            ],
            indexes=[
                Index("inventory_count_line_count_id_idx", ["count_id"]),
                Index("inventory_count_line_product_id_idx", ["product_id"]),
                Index("inventory_count_line_lot_id_idx", ["lot_id"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_day_stock",
            [
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("product_id", "bigint", references="inventory_product.id", on_delete="RESTRICT"),
                Column("location_id", "bigint", references="inventory_location.id", on_delete="RESTRICT"),
                Column("lot", "bigint"),
                Column("date", "date"),
                Column("quantity", "bigint"),
            ],
            primary_key=["company_id", "product_id", "location_id", "lot", "date"],
            indexes=[
                Index("inventory_day_stock_product_id_idx", ["product_id"]),
                Index("inventory_day_stock_location_id_idx", ["location_id"]),
                Index("inventory_day_stock_company_id_date_idx", ["company_id", "date"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_planned_stock",
            [
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("product_id", "bigint", references="inventory_product.id", on_delete="RESTRICT"),
                Column("location_id", "bigint", references="inventory_location.id", on_delete="RESTRICT"),
                Column("lot", "bigint"),
                Column("date", "date"),
                Column("incoming", "bigint"),
                Column("outgoing", "bigint"),
            ],
            primary_key=["company_id", "product_id", "location_id", "lot", "date"],
            indexes=[
                Index("inventory_planned_stock_product_id_idx", ["product_id"]),
                Index("inventory_planned_stock_location_id_idx", ["location_id"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_product_value",
            [
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("product_id", "bigint", references="inventory_product.id", on_delete="RESTRICT"),
                Column(
                    "category_id",
                    "bigint",
                    null=True,
                    references="inventory_category.id",
                    on_delete="RESTRICT",
                ),
                Column("method", "text", length=20),
                Column("standard", "bigint"),
                Column("quantity", "bigint"),
                Column("value", "bigint"),
                Column("last_cost", "bigint"),
                Column("last_date", "date", null=True),
                Column("last_moved", "date", null=True),
                Column("since", "date", null=True),
                Column("moves", "integer"),
            ],
            primary_key=["company_id", "product_id"],
            indexes=[
                Index("inventory_product_value_product_id_idx", ["product_id"]),
                Index("inventory_product_value_category_id_idx", ["category_id"]),
            ],
            checks=[
                Check(
                    "inventory_product_value_method_check",
                    "\"method\" IN ('average', 'fifo', 'standard')",
                ),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_day_value",
            [
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("product_id", "bigint", references="inventory_product.id", on_delete="RESTRICT"),
                Column("date", "date"),
                Column("category", "bigint"),
                Column("quantity", "bigint"),
                Column("value", "bigint"),
                Column("moved", "bigint"),
            ],
            primary_key=["company_id", "product_id", "date", "category"],
            indexes=[
                Index("inventory_day_value_product_id_idx", ["product_id"]),
                Index("inventory_day_value_company_id_date_idx", ["company_id", "date"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_stock_balance",
            [
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("product_id", "bigint", references="inventory_product.id", on_delete="RESTRICT"),
                Column("location_id", "bigint", references="inventory_location.id", on_delete="RESTRICT"),
                Column("lot", "bigint"),
                Column("on_hand", "bigint"),
                Column("reserved", "bigint"),
            ],
            primary_key=["company_id", "product_id", "location_id", "lot"],
            indexes=[
                Index("inventory_stock_balance_product_id_idx", ["product_id"]),
                Index("inventory_stock_balance_location_id_idx", ["location_id"]),
                Index("inventory_stock_balance_lot_idx", ["lot"]),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_standard_cost",
            [
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("product_id", "bigint", references="inventory_product.id", on_delete="CASCADE"),
                Column("since", "date"),
                Column("cost", "bigint"),
            ],
            primary_key=["company_id", "product_id", "since"],
            indexes=[Index("inventory_standard_cost_product_id_idx", ["product_id"])],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_value_entry",
            [
                Column("id", "id"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("product_id", "bigint", references="inventory_product.id", on_delete="RESTRICT"),
                Column("move_id", "bigint", null=True, references="inventory_move.id", on_delete="RESTRICT"),
                Column("cause_id", "bigint", null=True, references="inventory_move.id", on_delete="RESTRICT"),
                Column(
                    "counter_id",
                    "bigint",
                    null=True,
                    references="inventory_value_entry.id",
                    on_delete="RESTRICT",
                ),
                Column(
                    "category_id",
                    "bigint",
                    null=True,
                    references="inventory_category.id",
                    on_delete="RESTRICT",
                ),
                Column("kind", "text", length=20),
                Column("date", "date"),
                Column("moved_on", "date"),
                Column("quantity", "bigint"),
                Column("value", "bigint"),
                Column("price_difference", "bigint"),
            ],
            indexes=[
                Index("inventory_value_entry_move_id_idx", ["move_id"]),
                Index("inventory_value_entry_cause_id_idx", ["cause_id"]),
                Index("inventory_value_entry_counter_id_idx", ["counter_id"]),
                Index("inventory_value_entry_category_id_idx", ["category_id"]),
                Index(
                    "inventory_value_entry_company_id_product_id_moved_on_id_idx",
                    ["company_id", "product_id", "moved_on", "id"],
                ),
            ],
            checks=[
                Check(
                    "inventory_value_entry_kind_check",
                    "\"kind\" IN ('move', 'settlement', 'adjustment', 'revaluation', 'reclassification')",
                ),
            ],
        ),
    ),
    CreateTable(
        TableShape(
            "inventory_cost_layer",
            [
                Column("move_id", "bigint", references="inventory_move.id", on_delete="RESTRICT"),
                Column("company_id", "bigint", references="core_company.id", on_delete="RESTRICT"),
                Column("product_id", "bigint", references="inventory_product.id", on_delete="RESTRICT"),
                Column("date", "date"),
                Column("quantity", "bigint"),
                Column("value", "bigint"),
            ],
            primary_key=["move_id"],
            indexes=[
                Index(
                    "inventory_cost_layer_company_id_product_id_date_move_id_idx",
                    ["company_id", "product_id", "date", "move_id"],
                ),
            ],
        ),
    ),
]
