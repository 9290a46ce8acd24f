"""The company's letterhead as its papers take it."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..reports.table import Head
from .declarations import Letterhead
from .pictures import Logo, stored

if TYPE_CHECKING:
    from ..work import Work


def letterhead_of(work: Work) -> tuple[Letterhead, Logo | None]:
    """What the company has set, where there is such a setting, and the picture that it names."""
    letterhead = work.settings(Letterhead) if Letterhead in work.site.registry.settings_of else Letterhead()
    return letterhead, stored(work, letterhead.logo) if letterhead.logo else None


def head_of(work: Work) -> Head:
    """What of it stands over a report."""
    letterhead, logo = letterhead_of(work)
    return Head(letterhead.name or work.company.name, letterhead.tax_id, logo)
