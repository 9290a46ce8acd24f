"""The value of each product's stock, kept in the transaction of each move; entries are added, never changed."""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date as Date
from decimal import Decimal
from typing import Any, NamedTuple

from babel.numbers import get_currency_precision
from peewee import EXCLUDED, BigAutoField, CompositeKey, DateField, ForeignKeyField, IntegerField, ModelSelect, fn

from trastienda import ChoiceField, Company, MoneyField, QuantityField, RateField, Refusal, Row, Tally, Work, total
from trastienda import gettext as _

from .categories import Category
from .moves import Move
from .products import Product
from .valuation import Done, Layer, StockValue, corrections, layers_left, revalue, unit_cost

#: A plugin whose books can be closed says, by this service, the first day on or after another that is open.
FIRST_OPEN_DAY = "stock.first-open-day/1"


class ProductValue(Row):
    """A product's stock now. Changing it locks it: the moves of one product are valued one after another."""

    company = ForeignKeyField(Company, on_delete="RESTRICT")
    product = ForeignKeyField(Product, on_delete="RESTRICT")
    method = ChoiceField("average", "fifo", "standard", default="average")
    standard = QuantityField(default=Decimal(0))
    quantity = QuantityField(default=Decimal(0))
    value = MoneyField(default=Decimal(0))
    last_cost = RateField(default=Decimal(0))
    last_date = DateField(null=True)
    moves = IntegerField(default=0)

    product_id: int

    class Meta:
        primary_key = CompositeKey("company", "product")


class ValueEntry(Row):
    """One change of value, by a move or by what a move did to the value of another; `date` is the books' day."""

    id = BigAutoField()
    company = ForeignKeyField(Company, on_delete="RESTRICT", index=False)
    product = ForeignKeyField(Product, on_delete="RESTRICT", index=False)
    move = ForeignKeyField(Move, on_delete="RESTRICT")
    cause = ForeignKeyField(Move, on_delete="RESTRICT", backref="effects")
    kind = ChoiceField("move", "settlement", "adjustment")
    date = DateField()
    moved_on = DateField()
    quantity = QuantityField(default=Decimal(0))
    value = MoneyField(default=Decimal(0))

    move_id: int

    class Meta:
        indexes = ((("company", "product", "moved_on"), False),)


class DayValue(Row):
    """Sums of a product's entries: by the books' day, and (`moved`) by the day of the moves they value."""

    company = ForeignKeyField(Company, on_delete="RESTRICT")
    product = ForeignKeyField(Product, on_delete="RESTRICT")
    date = DateField()
    quantity = QuantityField(default=Decimal(0))
    value = MoneyField(default=Decimal(0))
    moved = MoneyField(default=Decimal(0))

    class Meta:
        primary_key = CompositeKey("company", "product", "date")
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


class ReturnedTooMuch(Refusal):
    def __init__(self, original: Move, *, left: Decimal) -> None:
        text = _("Of move {number} only {left} can still be returned")
        super().__init__(text.format(number=original.id, left=f"{left.normalize():f}"))
        self.left = left
        self.extra = {"errors": {"quantity": [str(self)]}}


class Effect(NamedTuple):
    """A change of value to be entered."""

    move: int
    kind: str
    moved_on: Date
    value: Decimal
    quantity: Decimal = Decimal(0)


def quantum_of(currency: str) -> Decimal:
    """The smallest amount of a currency."""
    return Decimal(1).scaleb(-min(get_currency_precision(currency), 4))


def lock_value(work: Work, product: Product) -> ProductValue:
    """The product's row, locked until the transaction ends; its method is the category's while it is empty."""
    key = {"company": work.company, "product": product}
    target = [ProductValue.company, ProductValue.product]
    work.execute(ProductValue.insert(**key, moves=1).on_conflict(
        conflict_target=target, update={ProductValue.moves: ProductValue.moves + 1}))
    row: ProductValue = work.select(ProductValue).where(ProductValue.product == product).get()
    if not row.quantity and not row.value:
        category = work.get(Category, product.category_id) if product.category_id else None
        row.method = category.valuation if category else "average"
        row.standard = product.standard_cost
    return row


def value_receipt(work: Work, row: ProductValue, move: Move, *, quantity: Decimal, value: Decimal | None) -> Decimal:
    """Enter goods that came into the company's stock; returns their value. Without one they cost what is known."""
    stock = _stock(work, row, layers=deque())
    if value is None:
        known = unit_cost(stock.value, stock.quantity) if stock.quantity > 0 else stock.last_cost
        value = stock.cost_of(quantity, known or move.product.standard_cost)
    return _enter(work, row, move, Done(move.id, quantity, cost=value), stock)


def value_issue(work: Work, row: ProductValue, move: Move, *, quantity: Decimal, original: Decimal | None) -> Decimal:
    """Enter goods that left the company's stock; returns their cost."""
    layers = deque(_layers_for(work, row, quantity, first=move.returns_id))
    stock = _stock(work, row, layers=layers)
    done = Done(move.id, -quantity, cost=original or Decimal(0), returns=move.returns_id)
    return _enter(work, row, move, done, stock)


def original_cost(work: Work, move: Move, quantity: Decimal) -> Decimal | None:
    """The share of a returned move's value that comes back; the last of it takes the remainder."""
    if move.returns_id is None:
        return None
    original = work.get(Move, move.returns_id)
    whole = abs(_total(work, ValueEntry.move == original.id))
    earlier = work.select(Move).where(Move.returns == original.id, Move.state == "done", Move.id != move.id)
    returned = sum((each.stock_quantity or Decimal(0) for each in earlier), Decimal(0))
    given = sum((each.value or Decimal(0) for each in earlier), Decimal(0))
    had = original.stock_quantity or Decimal(0)
    if returned + quantity > had:
        raise ReturnedTooMuch(original, left=had - returned)
    if returned + quantity == had:
        return whole - given
    return StockValue("average", quantum_of(work.company.currency)).share(whole, quantity, had)


def _enter(work: Work, row: ProductValue, move: Move, done: Done, stock: StockValue) -> Decimal:
    backdated = row.last_date is not None and move.date < row.last_date and row.method != "standard"
    if backdated:
        value = _enter_before(work, row, move, done)
    else:
        loaded = list(stock.layers)
        came = _value(stock, done)
        value = abs(came[0])
        _save_layers(work, row, stock, loaded, move.date)
        row.quantity, row.value, row.last_cost = stock.quantity, stock.value, stock.last_cost
        effects = [Effect(move.id, "move", move.date, came[0], done.quantity)]
        if came[1]:
            effects.append(Effect(move.id, "settlement", move.date, came[1]))
        _write(work, row, move, effects)
    row.last_date = max(row.last_date or move.date, move.date)
    work.execute(ProductValue.update(
        method=row.method, standard=row.standard, quantity=row.quantity, value=row.value,
        last_cost=row.last_cost, last_date=row.last_date,
    ).where(ProductValue.company == work.company, ProductValue.product == row.product))
    return value


def _value(stock: StockValue, done: Done) -> tuple[Decimal, Decimal]:
    if done.quantity > 0:
        came = stock.receive(done.move, done.quantity, done.cost)
        return came.value, came.settlement
    original = done.cost if done.returns is not None else None
    return -stock.issue(-done.quantity, original=original, layer=done.returns), Decimal(0)


def _enter_before(work: Work, row: ProductValue, move: Move, done: Done) -> Decimal:
    """A move dated before others of its product: those are valued again, what differs is new entries."""
    stock = _stock_at(work, row, move.date)
    value, settlement = _value(stock, done)
    later = list(_later_moves(work, row, move))
    fixes = corrections([each for each, _ in later], revalue(stock, [each for each, _ in later]))
    effects = [Effect(move.id, "move", move.date, value, done.quantity)]
    if settlement:
        effects.append(Effect(move.id, "settlement", move.date, settlement))
    effects += [
        Effect(each.move, "adjustment" if each.quantity < 0 or each.returns else "settlement", day, fixes[each.move])
        for each, day in later if each.move in fixes
    ]
    _rewrite_layers(work, row, stock)
    row.quantity, row.value, row.last_cost = stock.quantity, stock.value, stock.last_cost
    _write(work, row, move, effects)
    return abs(value)


def _stock(work: Work, row: ProductValue, *, layers: "deque[Layer]") -> StockValue:
    return StockValue(row.method, quantum_of(work.company.currency), row.standard, row.quantity, row.value,  # type: ignore[arg-type]
                      row.last_cost, layers)


def _stock_at(work: Work, row: ProductValue, day: Date) -> StockValue:
    """As the stock stood at the end of a day, by what is known now of the moves until then."""
    until = (DayValue.product == row.product) & (DayValue.date <= day)
    quantity, value = next(work.rows(
        work.select(DayValue, total(DayValue.quantity), total(DayValue.moved)).where(until)))
    quantity, value = quantity or Decimal(0), value or Decimal(0)
    receipts = list(_receipts_until(work, row, day, quantity))
    layers = layers_left(receipts, quantity=quantity, value=value) if row.method == "fifo" else deque()
    last = unit_cost(receipts[0].value, receipts[0].quantity) if receipts else row.last_cost
    return StockValue(row.method, quantum_of(work.company.currency), row.standard, quantity, value, last, layers)  # type: ignore[arg-type]


def _receipts_until(work: Work, row: ProductValue, day: Date, quantity: Decimal) -> Iterator[Layer]:
    """Newest first, one at least, as many as the quantity needs; without what was sent back."""
    entries = (
        work.select(ValueEntry, ValueEntry.move, ValueEntry.quantity, ValueEntry.value)
        .where(ValueEntry.product == row.product, ValueEntry.moved_on <= day,
               ValueEntry.kind == "move", ValueEntry.quantity > 0)
        .order_by(ValueEntry.moved_on.desc(), ValueEntry.id.desc())
    )
    for move, came, value in work.rows(entries):
        returned = next(work.rows(work.select(ValueEntry, total(ValueEntry.quantity), total(ValueEntry.value))
                        .join(Move, on=(ValueEntry.move == Move.id))
                        .where(Move.returns == move, ValueEntry.moved_on <= day)))
        layer = Layer(move, came + (returned[0] or 0), value + (returned[1] or 0))
        if layer.quantity > 0:
            yield layer
            quantity -= layer.quantity
            if quantity <= 0:
                return


def _later_moves(work: Work, row: ProductValue, move: Move) -> Iterator[tuple[Done, Date]]:
    """The product's moves of later days in their order, each with what it changed the value by so far."""
    found = (
        work.select(ValueEntry, ValueEntry.move, ValueEntry.moved_on, fn.MIN(ValueEntry.id),
                    total(ValueEntry.quantity), total(ValueEntry.value))
        .where(ValueEntry.product == row.product, ValueEntry.moved_on > move.date)
        .group_by(ValueEntry.move, ValueEntry.moved_on).order_by(ValueEntry.moved_on, fn.MIN(ValueEntry.id))
    )
    after = (Move.product == row.product) & (Move.date > move.date) & (Move.state == "done")
    own = {number: (value, returns) for number, value, returns in work.rows(
        work.select(Move, Move.id, Move.value, Move.returns).where(after))}
    sizes = dict(work.rows(
        work.select(Move, Move.id, Move.stock_quantity).where(Move.id.in_([r for _, r in own.values() if r])))
    ) if any(returns for _, returns in own.values()) else {}
    for number, day, _first, quantity, value in work.rows(found):
        cost, returns = own[number]
        yield Done(number, quantity, cost=cost, total=value, returns=returns,
                   returned_of=sizes.get(returns, Decimal(0))), day


def _layers_for(work: Work, row: ProductValue, quantity: Decimal, *, first: int | None) -> Iterator[Layer]:
    """The oldest layers, as many as the quantity needs, and the one that goods are returned from."""
    if row.method != "fifo":
        return
    query = (work.select(CostLayer, CostLayer.move, CostLayer.quantity, CostLayer.value)
             .where(CostLayer.product == row.product).order_by(CostLayer.date, CostLayer.move))
    everything = first is not None
    for move, left, value in work.rows(query):
        yield Layer(move, left, value)
        quantity -= left
        if quantity <= 0 and not everything:
            return


def _save_layers(work: Work, row: ProductValue, stock: StockValue, loaded: Sequence[Layer], day: Date) -> None:
    """Write the layers that differ from those loaded; new ones are of the day."""
    before, after = {each.move: each for each in loaded}, {each.move: each for each in stock.layers}
    if gone := [number for number in before if number not in after]:
        work.execute(CostLayer.delete().where(CostLayer.move.in_(gone)))
    for number, layer in after.items():
        if number not in before:
            work.execute(CostLayer.insert(company=work.company, product=row.product, move=number, date=day,
                                          quantity=layer.quantity, value=layer.value))
        elif layer != before[number]:
            work.execute(CostLayer.update(quantity=layer.quantity, value=layer.value)
                         .where(CostLayer.move == number))


def _rewrite_layers(work: Work, row: ProductValue, stock: StockValue) -> None:
    """All of a product's layers anew, each of the day of its move."""
    work.execute(CostLayer.delete().where(CostLayer.company == work.company, CostLayer.product == row.product))
    if stock.layers:
        days = dict(work.rows(work.select(Move, Move.id, Move.date)
                              .where(Move.id.in_([each.move for each in stock.layers]))))
        work.execute(CostLayer.insert_many([
            {"company": work.company, "product": row.product, "move": each.move, "date": days[each.move],
             "quantity": each.quantity, "value": each.value} for each in stock.layers]))


def _write(work: Work, row: ProductValue, move: Move, effects: Sequence[Effect]) -> None:
    """Enter changes of value on the first open day on or after the day of the move that each is of."""
    open_day = work.site.registry.services.get(FIRST_OPEN_DAY)
    sums: dict[Date, list[Decimal]] = {}
    rows: list[dict[str, Any]] = []
    for each in effects:
        day = each.moved_on
        if open_day is not None and each.move != move.id:
            day = open_day(work, day)
        rows.append({"company": work.company, "product": row.product, "move": each.move, "cause": move,
                     "kind": each.kind, "date": day, "moved_on": each.moved_on, "quantity": each.quantity,
                     "value": each.value})
        booked = sums.setdefault(day, [Decimal(0)] * 3)
        booked[1] += each.value
        moved = sums.setdefault(each.moved_on, [Decimal(0)] * 3)
        moved[0] += each.quantity
        moved[2] += each.value
    for start in range(0, len(rows), 500):
        work.execute(ValueEntry.insert_many(rows[start:start + 500]))
    columns = [DayValue.quantity, DayValue.value, DayValue.moved]
    for day, (quantity, value, moved_value) in sorted(sums.items()):
        work.execute(
            DayValue.insert(company=work.company, product=row.product, date=day, quantity=quantity, value=value,
                            moved=moved_value)
            .on_conflict(conflict_target=[DayValue.company, DayValue.product, DayValue.date],
                         update={each: each + getattr(EXCLUDED, each.column_name) for each in columns}))


def _total(work: Work, where: Any) -> Decimal:
    found: Decimal | None = next(work.rows(work.select(ValueEntry, total(ValueEntry.value)).where(where)))[0]
    return found or Decimal(0)


def values_at(work: Work, day: Date) -> dict[int, tuple[Decimal, Decimal]]:
    """Quantity and value of each product at the end of a day, as they were booked."""
    query = (work.select(DayValue, DayValue.product, total(DayValue.quantity), total(DayValue.value))
             .where(DayValue.date <= day).group_by(DayValue.product))
    return {product: (quantity, value) for product, quantity, value in work.rows(query) if quantity or value}


def recompute_values() -> "ModelSelect[Any]":
    """Sums of the entries by product, over all days; the days' own split is by two dates, so it is not told here."""
    return (ValueEntry.select(ValueEntry.company, ValueEntry.product, total(ValueEntry.quantity),
                              total(ValueEntry.value))
            .group_by(ValueEntry.company, ValueEntry.product))


tallies = [Tally(ProductValue, recompute_values, key=[ProductValue.company, ProductValue.product],
                 sums=[ProductValue.quantity, ProductValue.value])]
