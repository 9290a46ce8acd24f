"""What a command needs: settings, the site, and on whose behalf it acts."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import NotFound, TrastiendaError
from ..faults import StartupFaults
from ..log import configure_logging
from ..security.actor import Actor
from ..settings import Settings, load_settings
from ..site import Site
from ..storage.database import PostgresDatabase
from ..storage.models import Company, User
from ..upgrade import unrun


class CompanyNeeded(TrastiendaError):
    """There are several companies, or none, and the command was not told which."""

    title = "Which company?"


@dataclass
class Context:
    """The command line's object; a plugin's commands get it with `@click.pass_obj`."""

    config: Path | None = None
    overrides: dict[str, object] = field(default_factory=dict)
    _site: Site | None = field(default=None, repr=False)

    def override(self, **settings: object) -> None:
        """Settings given as options; None is not given."""
        self.overrides.update({name: value for name, value in settings.items() if value is not None})

    def settings(self) -> Settings:
        return load_settings(os.environ, self.config, self.overrides)

    def site(self) -> Site:
        """Loaded once, whatever state the database is in. What is no more than information is not logged."""
        if self._site is None:
            settings = self.settings()
            configure_logging("warning" if settings.log_level == "info" else settings.log_level)
            self._site = Site.open(settings)
        return self._site

    def ready_site(self) -> Site:
        """The same, of which all migrations were run; raises StartupFaults."""
        site = self.site()
        if faults := list(unrun(site)):
            raise StartupFaults(faults)
        return site

    def close(self) -> None:
        """At the end of the command."""
        if self._site is not None:
            disconnect(self._site)

    def company(self, code: str | None, *, user: User | None = None) -> Company:
        """By its code, else the user's default, else the only one there is. Inside an active site."""
        if code:
            return self.site().company(code)
        if user is not None and user.default_company is not None:
            return user.default_company
        companies = list(Company.select().order_by(Company.code).limit(2))
        if len(companies) > 1:
            raise CompanyNeeded("There are several companies: name one with --company")
        if not companies:
            raise CompanyNeeded("There is no company yet: trastienda init makes one")
        return companies[0]

    def actor(self, user_name: str | None, company_code: str | None) -> tuple[Actor, Company]:
        """The named user in a company, else the installation itself. Inside an active site."""
        user = find_user(user_name) if user_name else None
        company = self.company(company_code, user=user)
        if user is None:
            return Actor.system("cli"), company
        return self.site().actor(user, company, via="cli"), company

    def administrator(self) -> tuple[Actor, Company]:
        """For what belongs to no company: the installation itself, in the first. Inside an active site."""
        company = Company.select().order_by(Company.id).first()
        if company is None:
            raise CompanyNeeded("There is no company yet: trastienda init makes one")
        return Actor.system("cli"), company


def disconnect(site: Site) -> None:
    """Close the connections that the site's pool has kept open."""
    if isinstance(site.database, PostgresDatabase):
        site.database.close_all()


def find_user(name: str) -> User:
    user = User.get_or_none(User.name == name)
    if user is None:
        raise NotFound(f"No user {name}")
    return user
