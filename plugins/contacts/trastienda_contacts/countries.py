"""Countries are named by the two letters of ISO 3166-1."""

from functools import cache

from babel import Locale


@cache
def country_codes() -> frozenset[str]:
    """The codes in use, as Unicode's CLDR has them; groups such as EU and unknown ZZ are none."""
    groups = {"EU", "EZ", "UN", "XA", "XB", "ZZ"}
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - groups


def is_country(code: str) -> bool:
    return code in country_codes()
