"""Tax numbers, each by its own country's rule (python-stdnum)."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from stdnum import get_cc_module

#: Beside the number for value added tax, what small firms and persons of a country give instead.
OTHER_KINDS: Mapping[str, tuple[str, ...]] = {
    "DE": ("stnr", "idnr"),
    "FR": ("siren", "siret"),
    "GB": ("utr",),
    "IT": ("codicefiscale",),
    "NL": ("bsn",),
}


class Rule(Protocol):
    def is_valid(self, number: str, /) -> bool: ...


def is_tax_id(number: str, *, country: str) -> bool:
    """True as well where the country is not given or its rule not known: nothing can be said against it."""
    rules = list(_rules(country))
    return not rules or any(rule.is_valid(number) for rule in rules)


def _rules(country: str) -> Iterator[Rule]:
    if not country:
        return
    for kind in ("vat", "tin", *OTHER_KINDS.get(country, ())):
        module = get_cc_module(country.lower(), kind)
        if module is not None:
            yield module
