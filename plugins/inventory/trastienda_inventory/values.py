"""The value of each product's stock, kept in the transaction of each move."""

from collections import deque
from datetime import date as Date
from decimal import Decimal
from typing import Any

from trastienda import Event, Refusal, Work, number_text, total
from trastienda import gettext as _

from .backdating import enter_before, value_move
from .categories import method_of
from .currency import quantum_of
from .layers import layers_for, save_layers
from .moves import Move
from .open_days import first_open_day
from .products import Product
from .standard_costs import late_effects, steps_of
from .valuation import Done, Layer, StockValue, unit_cost
from .value_entries import Effect, last_entry, write_effects
from .value_tables import ProductValue, ValueEntry

#: Goods in stock were valued otherwise without a move; emitted in the transaction.
REVALUED: Event[ValueEntry] = Event("inventory.product:revalued")


class ReturnedTooMuch(Refusal):
    field = "quantity"

    def __init__(self, original: Move, *, left: Decimal) -> None:
        text = _("Of move {number} only {left} can still be returned")
        super().__init__(text.format(number=original.id, left=number_text(left)))
        self.left = left


class ValuedOtherwiseThen(Refusal):
    """The product's method changed after the day of a move that is entered late."""

    field = "date"

    def __init__(self, product: Product, since: Date) -> None:
        text = _("Product {code} is valued in its present way since {day}: no earlier move can be entered any more")
        super().__init__(text.format(code=product.code, day=since.isoformat()))
        self.product, self.since = product, since


def lock_value(work: Work, product: Product) -> ProductValue:
    """The product's row, locked until the transaction ends; its method is the category's while it is empty."""
    upsert = (
        ProductValue.insert(company=work.company, product=product, moves=1)
        .on_conflict(conflict_target=[ProductValue.company, ProductValue.product],
                     update={ProductValue.moves: ProductValue.moves + 1})
        .returning(ProductValue)
    )
    row: ProductValue = next(iter(work.execute(upsert)))
    if not row.quantity and not row.value:
        method, _category = method_of(work, product.category_id)
        if method != row.method:
            row.method, row.since = method, row.last_date
        row.standard, row.category_id = product.standard_cost, product.category_id
    return row


def follow_category(work: Work, product: Product) -> None:
    """Runs when a product changes: what its goods are worth goes over to its category, today."""
    kept = work.select(ProductValue).where(ProductValue.product == product.id).first()
    if kept is None or kept.category_id == product.category_id or not (kept.quantity or kept.value):
        return
    row = lock_value(work, product)
    if row.category_id == product.category_id:
        return
    day, counter, emptied = first_open_day(work, work.today), None, -row.value
    for change, category in ((emptied, row.category_id), (-emptied, product.category_id)):
        row.category_id = category
        if change:
            write_effects(work, row, None, [Effect(None, "reclassification", day, change)], counter=counter)
            counter = last_entry(work, product.id).id
    _keep(work, row)
    if emptied:
        work.emit(REVALUED.name, last_entry(work, product.id))


def revalue_standard(work: Work, product: Product, cost: Decimal) -> ValueEntry | None:
    """Value the stock of a standard product at another cost from now on; the entry of what that changes."""
    row = lock_value(work, product)
    if row.method != "standard":
        return None
    worth = StockValue("average", quantum_of(work.company.currency)).cost_of(row.quantity, cost)
    change, day = worth - row.value, first_open_day(work, work.today)
    row.standard, row.value = cost, worth
    _keep(work, row)
    if not change:
        return None
    write_effects(work, row, None, [Effect(None, "revaluation", day, change)])
    return last_entry(work, product.id)


def value_receipt(work: Work, row: ProductValue, move: Move, *, quantity: Decimal, value: Decimal | None) -> Decimal:
    """Enter goods that came into the company's stock; returns their value. Without one they cost what is known."""
    stock = _stock(work, row, layers=deque())
    paid = value
    if value is None:
        known = unit_cost(stock.value, stock.quantity) if stock.quantity > 0 else stock.last_cost
        value = stock.cost_of(quantity, known or move.product.standard_cost)
    return _enter(work, row, move, Done(move.id, quantity, cost=value), stock, paid=paid)


def value_issue(work: Work, row: ProductValue, move: Move, *, quantity: Decimal, original: Decimal | None) -> Decimal:
    """Enter goods that left the company's stock; returns their cost."""
    layers = deque(layers_for(work, row, quantity, first=move.returns_id))
    stock = _stock(work, row, layers=layers)
    done = Done(move.id, -quantity, cost=original or Decimal(0), returns=move.returns_id)
    return _enter(work, row, move, done, stock, paid=-original if original is not None else None)


def original_cost(work: Work, move: Move, quantity: Decimal) -> Decimal | None:
    """The share of what a returned move was valued at, or was paid for, that comes back; the last of it takes the
    remainder."""
    if move.returns_id is None:
        return None
    original = work.get(Move, move.returns_id)
    whole = abs(_paid(work, ValueEntry.move == original.id))
    earlier = work.rows(
        work.select(ValueEntry, ValueEntry.quantity, ValueEntry.value, ValueEntry.price_difference)
        .join(Move, on=(ValueEntry.move == Move.id)).where(Move.returns == original.id, ValueEntry.kind == "move"))
    returned, given = Decimal(0), Decimal(0)
    for back, value, difference in earlier:
        returned, given = returned + abs(back), given + abs(value + difference)
    had = original.stock_quantity or Decimal(0)
    if returned + quantity > had:
        raise ReturnedTooMuch(original, left=had - returned)
    if returned + quantity == had:
        return whole - given
    return StockValue("average", quantum_of(work.company.currency)).share(whole, quantity, had)


def _enter(work: Work, row: ProductValue, move: Move, done: Done, stock: StockValue, *,
           paid: Decimal | None) -> Decimal:
    backdated = row.last_date is not None and move.date < row.last_date and row.method != "standard"
    if row.since is not None and move.date < row.since:
        raise ValuedOtherwiseThen(move.product, row.since)
    if backdated:
        value = enter_before(work, row, move, done)
    else:
        loaded = list(stock.layers)
        came = value_move(stock, done)
        save_layers(work, row, stock, loaded, move.date)
        row.quantity, row.value, row.last_cost = stock.quantity, stock.value, stock.last_cost
        effects = [Effect(move.id, "move", move.date, came[0], done.quantity)]
        if row.method == "standard":
            effects = _at_standard(work, row, move, done, stock, change=came[0], paid=paid)
        value = abs(effects[0].value)
        if came[1]:
            effects.append(Effect(move.id, "settlement", move.date, came[1]))
        write_effects(work, row, move, effects)
    row.last_date = max(row.last_date or move.date, move.date)
    keep_moved(work, row, move)
    return value


def keep_moved(work: Work, row: ProductValue, move: Move) -> None:
    """Write what a move has made of the product, a transfer its day alone."""
    row.last_moved = max(row.last_moved or move.date, move.date)
    _keep(work, row)


def _at_standard(work: Work, row: ProductValue, move: Move, done: Done, stock: StockValue, *, change: Decimal,
                 paid: Decimal | None) -> list[Effect]:
    """The effects of a move at standard cost, the first of which knows what was paid beyond it."""
    effects = [Effect(move.id, "move", move.date, change, done.quantity)]
    if move.date < work.today:
        effects = late_effects(stock, steps_of(work, row.product_id), move=move.id, quantity=done.quantity,
                               change=change, day=move.date)
    if paid is not None and "supplier" in (move.from_location.kind, move.to_location.kind):
        effects[0] = effects[0]._replace(price_difference=paid - effects[0].value)
    return effects


def _keep(work: Work, row: ProductValue) -> None:
    work.execute(ProductValue.update(
        category=row.category_id, method=row.method, standard=row.standard, quantity=row.quantity, value=row.value,
        last_cost=row.last_cost, last_date=row.last_date, last_moved=row.last_moved, since=row.since,
    ).where(ProductValue.company == work.company, ProductValue.product == row.product_id))


def _stock(work: Work, row: ProductValue, *, layers: "deque[Layer]") -> StockValue:
    return StockValue(row.method, quantum_of(work.company.currency), row.standard, row.quantity, row.value,  # type: ignore[arg-type]
                      row.last_cost, layers)


def _paid(work: Work, where: Any) -> Decimal:
    """The value of entries, and what was paid beyond it; without what new standard costs changed."""
    value, more = next(work.rows(
        work.select(ValueEntry, total(ValueEntry.value), total(ValueEntry.price_difference))
        .where(where, ValueEntry.kind != "revaluation")))
    return (value or Decimal(0)) + (more or Decimal(0))
