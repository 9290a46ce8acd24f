"""Whether the worker can make an import, so that nobody waits for a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from .visit import Visit

LATER = "records.import-later/1"
JOBS = "delivery.job"
#: Rows that are imported while the visitor waits.
MOST_AT_ONCE = 500


def later(visitor: Visit) -> Callable[..., int] | None:
    """What has a file imported by the worker; None where nobody does, or nobody could see how far it is."""
    jobs = visitor.site.registry.entities.get(JOBS)
    if jobs is None or not visitor.may(jobs, "read") or LATER not in visitor.site.registry.services:
        return None
    return cast("Callable[..., int]", visitor.site.service(LATER))
