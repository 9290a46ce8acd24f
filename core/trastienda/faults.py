"""What is wrong with an installation before it can start: found all together, each with its cure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .errors import TrastiendaError


@dataclass(frozen=True)
class Fault:
    """`plugin` says whose it is (name and version where known), `cause` what is wrong, `cure` what to do."""

    plugin: str
    cause: str
    cure: str

    def __str__(self) -> str:
        return f"{self.plugin}: {self.cause}\n  cure: {self.cure}"


class StartupFaults(TrastiendaError):
    """The site cannot start. Its text has a block for every fault."""

    status = 500
    title = "Cannot start"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__("\n\n".join(map(str, self.faults)))
