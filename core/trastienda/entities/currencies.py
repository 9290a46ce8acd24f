"""How many decimals a currency has (ISO 4217), from the data that Babel carries."""
from __future__ import annotations

from functools import cache

from babel.numbers import get_currency_precision


@cache
def decimals_of(currency: str) -> int:
    """2 for EUR, 0 for JPY, 3 for KWD; never more than the four that are stored."""
    return min(int(get_currency_precision(currency)), 4)
