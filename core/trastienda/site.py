"""A site: the settings, the plugins and the database that belong together. One process may hold several."""
from __future__ import annotations

import hmac
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import peewee

from .entities.declarations import LiveExtensions
from .entities.read import Plans
from .errors import Forbidden, NotFound, SafeMode
from .faults import Fault, StartupFaults
from .isolation import Failures, NoSuchService, PluginFailed, blaming
from .languages import gettext, load_catalogues
from .plugin import Plugin, Service
from .plugins import LoadedPlugins, authenticators, examine_plugins
from .registry import Registry, build_registry
from .security import stored_roles
from .security.actor import Actor
from .security.permissions import ADMIN, AUDITOR, Permissions
from .security.violations import explained
from .settings import Settings
from .storage.database import Database, in_write, open_database, using
from .storage.models import Company, RoleAssignment, User
from .storage.rows import fetch
from .storage.sealing import Sealer
from .work import Work

T = TypeVar("T")


@dataclass
class FirstRun:
    """An empty database waits for its company; whoever has the code may make it. `tries` counts wrong ones."""

    code: str
    tries: int = 0


class Site:
    """Made once at start-up; what a request needs hangs from it. No connection is open until one is used."""

    def __init__(self, settings: Settings, loaded: LoadedPlugins, registry: Registry, database: Database) -> None:
        self.settings = settings
        self.loaded = loaded
        self.registry = registry
        self.database = database
        database.sealer = Sealer(settings.sealing_keys)
        self.permissions = Permissions(
            {ADMIN.name: ADMIN, AUDITOR.name: AUDITOR, **registry.roles},
            {entity.guard: entity.declared.within for entity in registry.entities.values()
             if entity.declared.within is not None},
            [entity.guard for entity in registry.entities.values() if entity.declared.central])
        self.plans = Plans()
        self.failures = Failures()
        self.authenticators = authenticators(loaded)
        self.first_run: FirstRun | None = None
        self.error_page: Callable[[Exception, int], object] | None = None
        self._live = [(plugin, each) for plugin, each in loaded.answers.get("register_entities", ())
                      if isinstance(each, LiveExtensions)]
        self._declared: object = None
        self._following = threading.Lock()
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @classmethod
    def open(cls, settings: Settings, *, extra: Sequence[Plugin] = ()) -> Site:
        """Load the plugins and check them against each other; raises StartupFaults with all that is wrong."""
        loaded = examine_plugins(settings, extra=extra)
        faults: list[Fault] = list(loaded.faults)
        registry = None
        try:
            registry = build_registry(loaded.answers, uses=loaded.uses())
        except StartupFaults as found:
            faults += found.faults
        if faults or registry is None:
            raise StartupFaults(faults)
        load_catalogues(["trastienda", *(each.module.partition(":")[0] for each in loaded.plugins
                                         if each.plugin is not None and each.module)])
        return cls(settings, loaded, registry, open_database(settings.database))

    @contextmanager
    def active(self, *, keep: bool = False) -> Iterator[Site]:
        """This site's database is the one that models speak to, with a connection of this thread's own.

        `keep` may leave the connection open for the thread's next time; `close` closes it.
        """
        with using(self.database, keep=keep):
            if self._live and not self.database.in_transaction():
                self.follow()
            yield self

    @property
    def live_names(self) -> tuple[str, ...]:
        """Under which names people declare fields of their own (`ext.<name>.<field>`)."""
        return tuple(each.name for _, each in self._live)

    def follow(self) -> None:
        """Take up what people have declared since (`LiveExtensions`), in this process or in another."""
        version = [each.version(self.database) for _, each in self._live]
        if version == self._declared:
            return
        with self._following:
            added = []
            for (plugin, live), there in zip(self._live, version, strict=True):
                if there is None:
                    continue
                with blaming(plugin, f"extensions {live.name}"):
                    added += [(live.name, each) for each in live.extensions(self.registry.entities)]
            if added or self._declared is not None:
                declared = (*self.loaded.answers["register_entities"], *added)
                self.registry = build_registry({**self.loaded.answers, "register_entities": declared},
                                               uses=self.loaded.uses())
                self.plans = Plans()
            self._declared = version

    @contextmanager
    def as_owner(self) -> Iterator[Site]:
        """As the role that may change the tables, where the settings name one; its database is current inside."""
        owner = self.settings.database_owner
        site = Site(self.settings, self.loaded, self.registry, open_database(owner)) if owner else self
        try:
            with site.active():
                yield site
        finally:
            if site is not self:
                site.shut()

    def close(self) -> None:
        """Close this thread's connection."""
        if not self.database.is_closed():
            self.database.close()

    def shut(self) -> None:
        """Close every connection, those that a pool keeps as well."""
        self.database.close_all()

    # -- what plugins offer each other
    def service(self, name: str) -> Service[..., Any]:
        """What a plugin offers under a versioned name (`mail.send/1`); raises NoSuchService saying who offers
        what comes near."""
        found = self.registry.services.get(name)
        if found is None:
            raise NoSuchService(name, self.registry.offered())
        return found

    def signature(self, purpose: str, text: str) -> str:
        """What this installation alone can write under a text; good for that purpose and no other."""
        key = hmac.digest(self.settings.signing_key().encode(), purpose.encode(), "sha256")
        return urlsafe_b64encode(hmac.digest(key, text.encode(), "sha256")).decode().rstrip("=")

    def offers(self, name: str) -> bool:
        """Whether a plugin that is on offers a service."""
        return name in self.registry.services

    def ask(self, hook: str, **arguments: object) -> list[tuple[str, Any]]:
        """What the others answer to a hook that a plugin specified (`fleet_costs`), as (plugin, answer) in the order
        of requirements; a plugin that fails is logged, noted and left out."""
        answers = []
        for plugin, implementation in self.loaded.asked(hook):
            try:
                with blaming(plugin, f"hook {hook}"):
                    answer = implementation.function(*(arguments[each] for each in implementation.argnames))
            except PluginFailed as error:
                self.failures.note(error)
                continue
            answers.append((plugin, answer))
        return answers

    # -- who and where
    def company(self, code: str) -> Company:
        found = fetch(self.database, Company, '"code" = ?', [code])
        if not found:
            raise NotFound(gettext("No company %(code)s", code=code))
        return found[0]

    def actor(self, user: User, company: Company, *, via: str, scopes: tuple[str, ...] | None = None) -> Actor:
        """The user as an actor in a company; raises Forbidden where he holds no role there."""
        held = fetch(self.database, RoleAssignment,
                     '"user_id" = ? AND ("in_company_id" = ? OR "in_company_id" IS NULL)', [user.id, company.id])
        roles = frozenset(each.role for each in held)
        if not roles:
            raise Forbidden(gettext("%(user)s has no role in %(company)s", user=user.name, company=company.code))
        if self.settings.safe_mode and ADMIN.name not in roles:
            raise SafeMode(gettext("The server is in safe mode: administrators alone may look at it"))
        everywhere = frozenset(each.role for each in held if each.__data__["in_company"] is None)
        return Actor(user=user.id, name=user.name, roles=roles, via=via, scopes=scopes, language=user.language,
                     company=company.id, local=roles - everywhere, today=self.today(company),
                     editions=stored_roles.editions(self, sorted(roles - self.permissions.roles.keys())))

    def today(self, company: Company) -> date:
        """The day that it is now where the company is."""
        return self.clock().astimezone(ZoneInfo(company.time_zone)).date()

    def companies_of(self, user: User) -> list[Company]:
        """The companies in which the user holds a role, his default one first."""
        held = 'SELECT "in_company_id" FROM "core_role_assignment" WHERE "user_id" = ?'
        found = fetch(self.database, Company, f'"id" IN ({held}) OR EXISTS ({held} AND "in_company_id" IS NULL)',
                      [user.id, user.id], tail=' ORDER BY "code"')
        first = user.__data__["default_company"]
        return sorted(found, key=lambda company: company.id != first)

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except PluginFailed as error:
            self.failures.note(error)
            raise

    # -- units of work
    def work(self, actor: Actor, company: Company) -> Work:
        """A work that is only read from; the caller holds the transaction or snapshot."""
        return Work(self, actor, company, now=self.clock())

    def read(self, actor: Actor, company: Company, body: Callable[[Work], T]) -> T:
        """Run `body` in one read-only snapshot."""
        with self._noting(), self.database.snapshot():
            return body(self.work(actor, company))

    def write(self, actor: Actor, company: Company, body: Callable[[Work], T], *,
              answer: Callable[[T], T] = lambda result: result) -> T:
        """Run `body` in one write transaction, audited; again from its start when the database so wants.
        Raises SafeMode in safe mode.

        `answer` is made of the result when all is written, as the last thing before the commit.
        """
        if self.settings.safe_mode:
            raise SafeMode(gettext("The server is in safe mode: nothing is written"))

        def once() -> T:
            work = self.work(actor, company)
            result = body(work)
            work.finish()
            return answer(result)

        try:
            with self._noting():
                return in_write(self.database, once)
        except peewee.IntegrityError as error:
            raise explained(self, error) from error
        except peewee.DatabaseError as error:
            if "trastienda:locked" in str(error):
                raise explained(self, error) from error
            raise
