"""On whose behalf something happens."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..storage.models import User


@dataclass(frozen=True)
class Identity:
    """Who sent a request: what `authenticate` answers. `by_cookie`: the browser vouches, so forms need a token."""

    user: User
    via: str = "api"
    scopes: tuple[str, ...] | None = None
    by_cookie: bool = False


@dataclass(frozen=True)
class Actor:
    """A person, a token or the system itself, in one company.

    `roles` are the names of the roles held there. `via` is the door: "web", "api", "import", "cli",
    "job fleet.inspections". A token narrows what its user may do to `scopes` (grant patterns such as
    `accounting.*`); None is no narrowing.
    """

    user: int | None
    name: str
    roles: frozenset[str] = frozenset()
    via: str = "api"
    scopes: tuple[str, ...] | None = None
    language: str = ""

    @classmethod
    def system(cls, via: str) -> Actor:
        """The installation itself: may do everything, and is audited as such."""
        return cls(user=None, name="system", roles=frozenset({"admin"}), via=via)
