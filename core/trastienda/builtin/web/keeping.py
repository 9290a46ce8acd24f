"""What depends only on what a visitor may do and on his language: made once for all who are alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from ...languages import current_language
from ...registry import Registry
from ...site import Site
from .visit import Visit

T = TypeVar("T")
MOST_KEPT = 1000

_kept: WeakKeyDictionary[Site, tuple[Registry, dict[tuple[object, ...], Any]]] = WeakKeyDictionary()


def once(visit: Visit, *about: object, make: Callable[[], T]) -> T:
    """What `make` answers, asked anew when the registry changes; `about` names it among all that is kept."""
    registry = visit.site.registry
    found = _kept.get(visit.site)
    if found is None or found[0] is not registry:
        found = _kept[visit.site] = (registry, {})
    known = found[1]
    key = (visit.actor.standing, current_language(), visit.reader.currency, *about)
    if key not in known:
        if len(known) >= MOST_KEPT:
            known.clear()
        known[key] = make()
    made: T = known[key]
    return made
