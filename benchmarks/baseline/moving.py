"""A done receipt: Flask and peewee, a token, one transaction, each row that Trastienda writes, nothing checked."""

import secrets
from typing import Any

from flask import Flask, Response
from peewee import EXCLUDED, AutoField, BigIntegerField, CharField, CompositeKey

from .posting import COMPANY, answer, asked, seal
from .tables import Table, transaction

app = Flask(__name__)


class Coded(Table):
    id = BigIntegerField(primary_key=True)
    company_id = BigIntegerField()
    code = CharField()


class Product(Coded):
    class Meta:
        table_name = "inventory_product"


class Location(Coded):
    class Meta:
        table_name = "inventory_location"


class Move(Table):
    id = AutoField()
    company_id = BigIntegerField()
    version = BigIntegerField()
    search_text = CharField()
    reference = CharField()
    date = CharField()
    product_id = BigIntegerField()
    quantity = BigIntegerField()
    from_location_id = BigIntegerField()
    to_location_id = BigIntegerField()
    unit_cost = BigIntegerField()
    stock_quantity = BigIntegerField(null=True)
    value = BigIntegerField(null=True)
    state = CharField()

    class Meta:
        table_name = "inventory_move"


class StockBalance(Table):
    company_id = BigIntegerField()
    product_id = BigIntegerField()
    location_id = BigIntegerField()
    lot = BigIntegerField()
    on_hand = BigIntegerField()
    reserved = BigIntegerField()

    class Meta:
        table_name = "inventory_stock_balance"
        primary_key = CompositeKey("company_id", "product_id", "location_id", "lot")


class DayStock(Table):
    company_id = BigIntegerField()
    product_id = BigIntegerField()
    location_id = BigIntegerField()
    lot = BigIntegerField()
    date = CharField()
    quantity = BigIntegerField()

    class Meta:
        table_name = "inventory_day_stock"
        primary_key = CompositeKey("company_id", "product_id", "location_id", "lot", "date")


class ProductValue(Table):
    company_id = BigIntegerField()
    product_id = BigIntegerField()
    method = CharField()
    standard = BigIntegerField()
    quantity = BigIntegerField()
    value = BigIntegerField()
    last_cost = BigIntegerField()
    last_date = CharField(null=True)
    moves = BigIntegerField()

    class Meta:
        table_name = "inventory_product_value"
        primary_key = CompositeKey("company_id", "product_id")


class ValueEntry(Table):
    company_id = BigIntegerField()
    product_id = BigIntegerField()
    move_id = BigIntegerField()
    cause_id = BigIntegerField()
    kind = CharField()
    date = CharField()
    moved_on = CharField()
    quantity = BigIntegerField()
    value = BigIntegerField()
    price_difference = BigIntegerField()

    class Meta:
        table_name = "inventory_value_entry"


class DayValue(Table):
    company_id = BigIntegerField()
    product_id = BigIntegerField()
    date = CharField()
    category = BigIntegerField()
    quantity = BigIntegerField()
    value = BigIntegerField()
    moved = BigIntegerField()

    class Meta:
        table_name = "inventory_day_value"
        primary_key = CompositeKey("company_id", "product_id", "date", "category")


@app.post("/moves")
def receive() -> Response:
    given = asked()
    with transaction():
        move, changes = done(given)
        seal(move, action="do", changes=changes)
    return answer({"id": move})


def done(given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The move's id, and what the audit says of it."""
    (product,) = _one(Product, given["product"])
    (source,), (target,) = _one(Location, given["from_location"]), _one(Location, given["to_location"])
    quantity, cost = scaled(given["quantity"]), scaled(given["unit_cost"])
    value, day = quantity * cost // 10**8, given["date"]
    move = Move.insert(
        company_id=COMPANY, version=1, search_text=given["reference"].lower(), reference=given["reference"], date=day,
        product_id=product, quantity=quantity, from_location_id=source, to_location_id=target, unit_cost=cost,
        state="draft").execute()
    here = {"company_id": COMPANY, "product_id": product}
    _add(ProductValue, {**here, "method": "average", "standard": 0, "last_cost": 0},
         [ProductValue.company_id, ProductValue.product_id], quantity=quantity, value=value, moves=1)
    _add(StockBalance, {**here, "location_id": target, "lot": 0, "reserved": 0},
         [StockBalance.company_id, StockBalance.product_id, StockBalance.location_id, StockBalance.lot],
         on_hand=quantity)
    _add(DayStock, {**here, "location_id": target, "lot": 0, "date": day},
         [DayStock.company_id, DayStock.product_id, DayStock.location_id, DayStock.lot, DayStock.date],
         quantity=quantity)
    ValueEntry.insert(**here, move_id=move, cause_id=move, kind="move", date=day, moved_on=day, quantity=quantity,
                      value=value, price_difference=0).execute()
    _add(DayValue, {**here, "date": day, "category": 0},
         [DayValue.company_id, DayValue.product_id, DayValue.date, DayValue.category],
         quantity=quantity, value=value, moved=value)
    Move.update(state="done", stock_quantity=quantity, value=value, version=2).where(Move.id == move).execute()
    told = {name: [None, text] for name, text in given.items()}
    return move, {**told, "state": ["draft", "done"], "value": [None, value], "nonce": [None, secrets.token_hex(8)]}


def _one(model: Any, code: str) -> Any:
    return model.select(model.id).where(model.company_id == COMPANY, model.code == code).tuples().first()


def _add(model: Any, key: dict[str, Any], target: list[Any], **sums: int) -> None:
    update = {getattr(model, name): getattr(model, name) + getattr(EXCLUDED, name) for name in sums}
    model.insert(**key, **sums).on_conflict(conflict_target=target, update=update).execute()


def scaled(text: str) -> int:
    """As millionths."""
    return round(float(text) * 100) * 10_000


@app.get("/healthz")
def alive() -> str:
    return "ok"
