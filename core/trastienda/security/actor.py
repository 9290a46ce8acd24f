"""On whose behalf something happens."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..storage.models import User


@dataclass(frozen=True)
class Identity:
    """Who sent a request: what `authenticate` answers. `by_cookie`: the browser vouches, so forms need a token.

    What was shown may be good for one company alone, by its id: then no header asks for another.
    """

    user: User
    via: str = "api"
    scopes: tuple[str, ...] | None = None
    by_cookie: bool = False
    company: int | None = None


@dataclass(frozen=True)
class Actor:
    """A person, a token or the system itself, in one company.

    `roles` are the names of the roles held there; `local` those of them that are held in this company alone, and
    `editions` (`buyer@3`) the exact state of those that administrators made. `via` is the door: "web", "api",
    "import", "cli", "job fleet.inspections". A token narrows what its user may do to `scopes` (grant patterns such as
    `accounting.*`); None is no narrowing. `today` is the day in his company, by the site's clock: what grants that
    hold for some days go by.
    """

    user: int | None
    name: str
    roles: frozenset[str] = frozenset()
    via: str = "api"
    scopes: tuple[str, ...] | None = None
    language: str = ""
    company: int | None = None
    local: frozenset[str] = frozenset()
    editions: frozenset[str] = frozenset()
    today: date = field(default_factory=lambda: datetime.now(UTC).date(), compare=False)

    @property
    def standing(self) -> tuple[object, ...]:
        """All that decides what the actor may do, but for rows that are his own: what may be remembered by it."""
        return self.roles, self.local, self.editions, self.scopes

    @classmethod
    def system(cls, via: str) -> Actor:
        """The installation itself: may do everything, and is audited as such."""
        return cls(user=None, name="system", roles=frozenset({"admin"}), via=via)
