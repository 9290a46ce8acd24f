"""The tables of a site: which migrations and triggers its plugins need, and bringing the database to them."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from .entities.declarations import Transition
from .faults import Fault
from .jobs.models import JobRecord
from .security.audit import AuditRecord, AuditSeal
from .storage.answers import Answer
from .storage.counters import Counter
from .storage.external import ExternalId
from .storage.migrations import History, migrate, pending, read_history
from .storage.models import Company, RoleAssignment, Row, StoredGrant, StoredRole, User
from .storage.pictures import Picture
from .storage.settings import Setting
from .storage.triggers import TriggerSpec, append_only_triggers, lock_triggers

if TYPE_CHECKING:
    from .registry import Registry
    from .site import Site

CORE = "core"
CORE_MODELS: tuple[type[Row], ...] = (
    Company, User, RoleAssignment, StoredRole, StoredGrant, Counter, Setting, Picture, Answer, ExternalId, AuditRecord,
    AuditSeal, JobRecord)


def history_folder(module: str, name: str) -> Path:
    """`migrations/` of a plugin's package; `migrations_with_<other>/` of its glue."""
    package = Path(str(import_module(module.partition(":")[0]).__file__)).parent
    other = name.partition("+")[2]
    return package / (f"migrations_with_{other}" if other else "migrations")


def histories_of(site: Site) -> list[History]:
    """The core's, then each plugin's that has tables in the order of requirements, then each glue's: that may refer
    to tables of both its sides, whichever of them comes first."""
    found = [read_history(CORE, Path(__file__).parent / "migrations")]
    on = [each for each in site.loaded.plugins if each.plugin is not None and each.status == "on" and each.module]
    named = [*((each, each.name) for each in on),
             *((each, f"{each.name}+{other}") for each in on for other in each.glue)]
    for loaded, name in named:
        folder = history_folder(loaded.module, name)
        if folder.is_dir():
            found.append(read_history(name, folder))
    return found


def models_of(site: Site, name: str) -> tuple[type[Row], ...]:
    """The models that a history keeps the tables of."""
    own = site.registry.models.get(name, ())
    return CORE_MODELS if name == CORE else tuple(model for model in own if model not in CORE_MODELS)


def all_models(site: Site) -> tuple[type[Row], ...]:
    """Every table's model, the core's first."""
    return tuple(dict.fromkeys([*CORE_MODELS, *(model for each in site.registry.models.values() for model in each)]))


def triggers_of(registry: Registry) -> list[TriggerSpec]:
    """What the database itself refuses: changes of locked records, and of the audit but for erasure."""
    found = [*append_only_triggers(table=_table(AuditSeal), columns=_columns(AuditSeal)),
             *append_only_triggers(table=_table(AuditRecord), columns=_columns(AuditRecord), but=["changes", "salts"])]
    for entity in registry.entities.values():
        locked, state = entity.declared.locked, entity.state
        if locked is not None and state is not None:
            moves = [(origin, action.to) for action in entity.actions.values() if isinstance(action, Transition)
                     for origin in action.states]
            found += lock_triggers(
                table=entity.table, state_column=state.field.column_name, locked_states=locked.states, moves=moves,
                but=[each.column_name for each in locked.but], columns=_columns(entity.model),
                children=[(_table(lines.model), lines.parent.column_name) for lines in entity.lines.values()])
    return found


def _table(model: type[Row]) -> str:
    return str(model._meta.table_name)


def _columns(model: type[Row]) -> list[str]:
    return [field.column_name for field in model._meta.sorted_fields]


def upgrade(site: Site, *, report: Callable[[str], object]) -> list[str]:
    """Run what is pending, as the database's owner where the settings name one."""
    with site.as_owner() as owner:
        done = migrate(owner.database, histories_of(site), triggers=triggers_of(site.registry), report=report)
        owner.database.refresh_statistics()
        return done


def is_new(site: Site) -> bool:
    """Whether the database has no company yet, or nothing at all."""
    with site.active():
        return not (site.database.table_exists(_table(Company)) and Company.select().exists())


def unrun(site: Site) -> Iterator[Fault]:
    """A fault for every plugin whose tables are not as its code needs them."""
    with site.active():
        left = pending(site.database, histories_of(site), triggers_of(site.registry))
    owners = {_table(model): plugin for plugin, models in site.registry.models.items() for model in models}
    by_plugin: dict[str, list[str]] = {}
    for plugin, name in left:
        by_plugin.setdefault(owners.get(plugin, plugin), []).append(name)
    for plugin, names in by_plugin.items():
        yield Fault(plugin, f"migrations not run: {', '.join(names)}", "trastienda migrate")


