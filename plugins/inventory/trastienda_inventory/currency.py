"""How small an amount of the company's currency can be."""

from decimal import Decimal

from babel.numbers import get_currency_precision


def quantum_of(currency: str) -> Decimal:
    """The smallest amount of a currency."""
    return Decimal(1).scaleb(-min(get_currency_precision(currency), 4))
