"""Whoever looks at a page: who, in which company, in which language, and what he may do there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ...entities.compiled import CompiledEntity
from ...security.actor import Actor
from ...site import Site
from ...storage.models import Company
from .reader import Reader


@dataclass(frozen=True)
class Visit:
    site: Site
    actor: Actor
    company: Company
    reader: Reader

    @cached_property
    def today(self) -> date:
        """The day that it is where the company is."""
        return self.site.today(self.company)

    def may(self, entity: CompiledEntity, verb: str) -> bool:
        return bool(self.site.permissions.of(self.actor, entity.guard, verb))

    def may_run(self, report: str) -> bool:
        return bool(self.site.permissions.of(self.actor, report, "run"))

    def may_on(self, guard: str, verb: str) -> bool:
        """For what is neither an entity nor a report: `settings.hr.payroll-bank`."""
        return bool(self.site.permissions.of(self.actor, guard, verb))
