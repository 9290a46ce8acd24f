"""What is kept of the stock's value: now, by day, and each change of it. Entries are added, never changed."""

from datetime import date as Date
from decimal import Decimal
from typing import Any

from peewee import (
    SQL,
    BigAutoField,
    BigIntegerField,
    CompositeKey,
    DateField,
    Field,
    ForeignKeyField,
    IntegerField,
    ModelSelect,
    fn,
)

from trastienda import ChoiceField, Company, MoneyField, QuantityField, RateField, Row, Tally, Work, total

from .categories import Category
from .moves import Move
from .products import Product

#: The value of products without a category: a unique key cannot hold a NULL.
NO_CATEGORY = 0


class ProductValue(Row):
    """A product's stock now. Changing it locks it: the moves of one product are valued one after another.

    `last_date` is the day of the last move that was valued, `last_moved` that of the last of any kind, transfers too.
    `since` is the day of the last move before the method changed, None where it never did. `category` is the one that
    its value is kept under.
    """

    company = ForeignKeyField(Company, on_delete="RESTRICT")
    product = ForeignKeyField(Product, on_delete="RESTRICT")
    category = ForeignKeyField(Category, null=True, on_delete="RESTRICT")
    method = ChoiceField("average", "fifo", "standard", default="average")
    standard = QuantityField(default=Decimal(0))
    quantity = QuantityField(default=Decimal(0))
    value = MoneyField(default=Decimal(0))
    last_cost = RateField(default=Decimal(0))
    last_date = DateField(null=True)
    last_moved = DateField(null=True)
    since = DateField(null=True)
    moves = IntegerField(default=0)

    product_id: int
    category_id: int | None

    class Meta:
        primary_key = CompositeKey("company", "product")


class StandardCost(Row):
    """From which day on a product has had which standard cost; before the first, the first."""

    company = ForeignKeyField(Company, on_delete="RESTRICT")
    product = ForeignKeyField(Product, on_delete="CASCADE")
    since = DateField()
    cost = QuantityField()

    class Meta:
        primary_key = CompositeKey("company", "product", "since")


class ValueEntry(Row):
    """One change of value: by a move, by what a move did to the value of another, or (without either) by a new
    standard cost or another category. `date` is the books' day, `moved_on` that of the move.

    Goods that go over to another category leave the first and enter the second, whose entry names its `counter`.
    `price_difference` is what was paid beyond `value`, where goods are entered at their standard cost.
    """

    id = BigAutoField()
    company = ForeignKeyField(Company, on_delete="RESTRICT", index=False)
    product = ForeignKeyField(Product, on_delete="RESTRICT", index=False)
    move = ForeignKeyField(Move, null=True, on_delete="RESTRICT")
    cause = ForeignKeyField(Move, null=True, on_delete="RESTRICT", backref="effects")
    counter = ForeignKeyField("self", null=True, on_delete="RESTRICT")
    category = ForeignKeyField(Category, null=True, on_delete="RESTRICT")
    kind = ChoiceField("move", "settlement", "adjustment", "revaluation", "reclassification")
    date = DateField()
    moved_on = DateField()
    quantity = QuantityField(default=Decimal(0))
    value = MoneyField(default=Decimal(0))
    price_difference = MoneyField(default=Decimal(0))

    move_id: int | None
    cause_id: int | None
    counter_id: int | None
    product_id: int

    class Meta:
        indexes = ((("company", "product", "moved_on", "id"), False),)


class DayValue(Row):
    """Sums of a product's entries under a category: by the books' day, and (`moved`) by the day of the moves they
    value."""

    company = ForeignKeyField(Company, on_delete="RESTRICT")
    product = ForeignKeyField(Product, on_delete="RESTRICT")
    date = DateField()
    category = BigIntegerField(default=NO_CATEGORY)
    quantity = QuantityField(default=Decimal(0))
    value = MoneyField(default=Decimal(0))
    moved = MoneyField(default=Decimal(0))

    class Meta:
        primary_key = CompositeKey("company", "product", "date", "category")
        indexes = ((("company", "date"), False),)


class CostLayer(Row):
    """What is left of a receipt under FIFO; a layer that is used up is deleted."""

    company = ForeignKeyField(Company, on_delete="RESTRICT", index=False)
    product = ForeignKeyField(Product, on_delete="RESTRICT", index=False)
    move = ForeignKeyField(Move, on_delete="RESTRICT", primary_key=True)
    date = DateField()
    quantity = QuantityField()
    value = MoneyField()

    class Meta:
        indexes = ((("company", "product", "date", "move"), False),)


def values_at(work: Work, day: Date) -> dict[int, tuple[Decimal, Decimal]]:
    """Quantity and value of each product at the end of a day, as they were booked."""
    query = (work.select(DayValue, DayValue.product, total(DayValue.quantity), total(DayValue.value))
             .where(DayValue.date <= day).group_by(DayValue.product))
    return {product: (quantity, value) for product, quantity, value in work.rows(query) if quantity or value}


def recompute_values() -> "ModelSelect[Any]":
    """Sums of the entries by product, over all days."""
    return (ValueEntry.select(ValueEntry.company, ValueEntry.product, total(ValueEntry.quantity),
                              total(ValueEntry.value))
            .group_by(ValueEntry.company, ValueEntry.product))


def recompute_moved() -> "ModelSelect[Any]":
    """Quantity and value by the day of the moves."""
    category = _category()
    return (ValueEntry.select(ValueEntry.company, ValueEntry.product, ValueEntry.moved_on, category,
                              total(ValueEntry.quantity), total(ValueEntry.value))
            .group_by(ValueEntry.company, ValueEntry.product, ValueEntry.moved_on, category))


def recompute_booked() -> "ModelSelect[Any]":
    """Value by the books' day."""
    category = _category()
    return (ValueEntry.select(ValueEntry.company, ValueEntry.product, ValueEntry.date, category,
                              total(ValueEntry.value))
            .group_by(ValueEntry.company, ValueEntry.product, ValueEntry.date, category))


def _category() -> Any:
    return fn.COALESCE(ValueEntry.category, SQL(str(NO_CATEGORY)))


_DAY: "list[Field[Any]]" = [DayValue.company, DayValue.product, DayValue.date, DayValue.category]
tallies = [
    Tally(ProductValue, recompute_values, key=[ProductValue.company, ProductValue.product],
          sums=[ProductValue.quantity, ProductValue.value]),
    Tally(DayValue, recompute_moved, key=_DAY, sums=[DayValue.quantity, DayValue.moved]),
    Tally(DayValue, recompute_booked, key=_DAY, sums=[DayValue.value]),
]
