"""Standard costs by date: a move that is entered late is valued at the standard of its day."""

from collections.abc import Sequence
from datetime import date as Date
from decimal import Decimal
from typing import NamedTuple

from peewee import EXCLUDED

from trastienda import Work

from .products import Product
from .valuation import StockValue
from .value_entries import Effect
from .value_tables import StandardCost


class Step(NamedTuple):
    """From this day on the standard cost is this one."""

    since: Date
    cost: Decimal


def keep_standard_cost(work: Work, product: Product) -> None:
    """Runs when a product is created or changes: its standard cost holds from today."""
    last = (work.select(StandardCost, StandardCost.cost).where(StandardCost.product == product.id)
            .order_by(StandardCost.since.desc()).limit(1))
    known = [cost for (cost,) in work.rows(last)]
    if known != [product.standard_cost] and (known or product.standard_cost):
        work.execute(
            StandardCost.insert(company=work.company, product=product.id, since=work.today, cost=product.standard_cost)
            .on_conflict(conflict_target=[StandardCost.company, StandardCost.product, StandardCost.since],
                         update={StandardCost.cost: EXCLUDED.cost}))


def steps_of(work: Work, product: int) -> list[Step]:
    """The product's standard costs, the first first."""
    query = (work.select(StandardCost, StandardCost.since, StandardCost.cost).where(StandardCost.product == product)
             .order_by(StandardCost.since))
    return [Step(since, cost) for since, cost in work.rows(query)]


def late_effects(stock: StockValue, steps: Sequence[Step], *, move: int, quantity: Decimal, change: Decimal,
                 day: Date) -> list[Effect]:
    """A move that changes the stock's value by `change` at today's standard cost, as it would have been booked on its
    day: at the standard of that day, and an adjustment for each new standard since."""
    begun = [step.cost for step in steps if step.since <= day] or [step.cost for step in steps[:1]] or [stock.standard]
    later = [step for step in steps if step.since > day]
    if not later or (len(later) == 1 and later[0] is steps[0]):
        return [Effect(move, "move", day, change, quantity)]
    size = abs(quantity)
    worth = [stock.cost_of(size, cost) for cost in (begun[-1], *(step.cost for step in later))]
    sign = Decimal(1) if quantity > 0 else Decimal(-1)
    effects = [Effect(move, "move", day, sign * worth[0], quantity)]
    effects += [Effect(move, "revaluation", step.since, sign * (after - before))
                for step, before, after in zip(later, worth[:-1], worth[1:], strict=True)]
    rest = change - sign * worth[-1]
    effects[-1] = effects[-1]._replace(value=effects[-1].value + rest)
    return [effects[0], *(each for each in effects[1:] if each.value)]
