"""The one write path of the doors: permission, shape, references, then the unit of work.

A door calls `shape` before the transaction (no database in it) and the rest inside `site.write`.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from ..errors import Forbidden, Invalid, NotFound, Stale
from ..languages import gettext, within
from ..storage.models import Child, SharedRecord
from ..storage.rows import primary, tuples
from . import schemas
from .changes import LockedRecord
from .compiled import Column, CompiledEntity, Ext, LineSet
from .currencies import decimals_of
from .parameters import load_parameters
from .references import References, all_references
from .referrers import refuse_referred
from .values import Reference

if TYPE_CHECKING:
    from ..security.actor import Actor
    from ..site import Site
    from ..work import Work


_UNITS = [Decimal(1).scaleb(-decimals) for decimals in range(5)]


def shape(site: Site, actor: Actor, entity: CompiledEntity, payload: object, *,
          partial: bool = False) -> dict[str, Any]:
    """Function permission, then the values' shape; raises Forbidden or Invalid."""
    require_writable(entity)
    site.permissions.require(actor, entity.guard, "update" if partial else "create")
    values = schemas.load(entity, payload, partial=partial)
    refuse_private(site, actor, entity, values)
    return values


def require_writable(entity: CompiledEntity) -> None:
    if not entity.declared.writable:
        raise Forbidden(gettext("%(records)s are written through %(other)s",
                                records=gettext(entity.plural), other=entity.guard))


def refuse_private(site: Site, actor: Actor, entity: CompiledEntity, names: Mapping[str, Any] | Sequence[str]) -> None:
    """A private column may be set by those alone who may read it."""
    told = set(names)
    if isinstance(names, Mapping):
        told.update(f"ext.{plugin}.{name}" for plugin, part in (names.get("ext") or {}).items() for name in part or ())
    denied = {name: [gettext("You may not set this field.")] for name in sorted(told)
              if name in entity.columns and not site.permissions.may_see(actor, entity, entity.columns[name])}
    if denied:
        raise Invalid(denied)


def create(work: Work, entity: CompiledEntity, values: dict[str, Any]) -> SharedRecord:
    """Insert one record from shaped values."""
    record, lines = build(work, entity, values, References(work))
    work.add(record, lines)
    require_reach(work, entity, [record], "create")
    return record


def build(work: Work, entity: CompiledEntity, values: dict[str, Any], references: References, *,
          looked_up: bool = False) -> tuple[SharedRecord, list[Child]]:
    """A record and its lines, not written yet, from shaped values; raises Invalid for unknown references."""
    if not looked_up:
        references.look_up(all_references(entity, values))
    errors: dict[str, list[str]] = {}
    record = cast(SharedRecord, entity.model())
    if entity.scoped:
        record.__data__["company"] = work.company.id
    fill(work, record, entity.columns, values, references, "", errors)
    lines = [make_line(work, each, data, references, f"{each.name}.{i}", errors)
             for each in entity.lines.values() for i, data in enumerate(values.get(each.name) or ())]
    always: dict[str, Any] = {each.plugin: {} for each in entity.extensions if each.always}
    fill_extensions(work, entity, record, {**always, **(values.get("ext") or {})}, references, errors)
    if errors:
        raise Invalid(errors)
    return record, lines


def make_line(work: Work, lines: LineSet, values: Mapping[str, Any], references: References, path: str,
              errors: dict[str, list[str]], *, beside: Sequence[Child] = ()) -> Child:
    """A new line; what lines `beside` it name already it may name too, archived or not."""
    line = lines.model()
    fill(work, line, lines.columns, values, references, path + ".", errors, beside=beside)
    return line


def fill(work: Work, record: Any, columns: Mapping[str, Column], values: Mapping[str, Any], references: References,
         prefix: str, errors: dict[str, list[str]], *, beside: Sequence[Any] = ()) -> None:
    """Set columns from shaped values: references become ids, of archived records those alone that the record (or
    what is `beside` it) names already; money fits its currency."""
    data, money = record.__data__, []
    for name, value in values.items():
        column = columns.get(name)
        if column is None or name == "id":
            continue
        if type(value) is Reference:
            assert column.target is not None
            try:
                kept = [each.__data__.get(name) for each in (record, *beside)]
                value = references.resolve_new(column.target, value, prefix + name, kept=kept)
            except Invalid as error:
                errors.update(error.errors)
                continue
        elif value is None:
            value = None if column.field.null else column.field.default
        elif column.kind == "money":
            money.append((name, value, column.currency))
        data[name] = value
    if record.__rel__:
        record.__rel__.clear()
    for name, value, currency_column in money:
        currency = (data.get(currency_column) if currency_column else None) or work.company.currency
        decimals = decimals_of(currency)
        if value != value.quantize(_UNITS[decimals]):
            errors.setdefault(prefix + name, []).append(gettext(
                "More than %(decimals)s decimals, the most that %(currency)s has.",
                decimals=decimals, currency=currency))


def fill_extensions(work: Work, entity: CompiledEntity, record: Any, values: Mapping[str, Mapping[str, Any] | None],
                    references: References, errors: dict[str, list[str]]) -> None:
    """Set the columns that other plugins added; null for all of a plugin's takes its row away."""
    for extension in entity.extensions:
        if extension.plugin not in values:
            continue
        given, columns = values[extension.plugin], entity.extended[extension.plugin]
        prefix = f"ext.{extension.plugin}."
        if given is None:
            if extension.always:
                errors.update({prefix + name: [gettext("Missing data for required field.")]
                               for name, column in columns.items() if column.required})
            record.remove_extra(extension.model)
            continue
        if record.keep_extra(extension.model):
            given = {**_defaults(extension, columns), **given}
            errors.update({prefix + name: [gettext("Missing data for required field.")]
                           for name, column in columns.items() if column.required and name not in given})
        fill(work, record.extra_of(extension.model), columns, given, references, prefix, errors)


def _defaults(extension: Ext, columns: Mapping[str, Column]) -> dict[str, Any]:
    """What a part that every record has starts with, to be checked as if it had been given."""
    return {name: column.field.default for name, column in columns.items()
            if extension.always and column.field.default is not None}


def load_one(work: Work, entity: CompiledEntity, identity: int, verb: str, version: int | None) -> SharedRecord:
    """The record, locked, if the actor may `verb` it and it is at the version that he saw."""
    permission = work.site.permissions.require(work.actor, entity.guard, verb)
    records: list[SharedRecord] = work.lock_many(cast("type[SharedRecord]", entity.model), [identity])
    if not records:
        raise NotFound(gettext("No %(label)s %(key)s", label=within(entity.label), key=identity))
    record = records[0]
    if permission.where is not None:
        require_reach(work, entity, records, verb)
    if version is not None and record.version != version:
        raise Stale(entity.name, identity, version, record.version)
    return record


def require_reach(work: Work, entity: CompiledEntity, records: Sequence[SharedRecord], verb: str) -> None:
    """Record permission: the rows that the actor's grants select, as they are in the transaction."""
    permission = work.site.permissions.require(work.actor, entity.guard, verb)
    if permission.where is None or not records:
        return
    ids = {record.id for record in records}
    key = primary(entity.model)
    seen = {each for (each,) in tuples(entity.model.select(key).where(key.in_(sorted(ids)), permission.where))}
    if ids - seen:
        if verb == "create":
            raise Forbidden(gettext("%(actor)s may not create such a %(label)s",
                                    actor=work.actor.name, label=within(entity.label)))
        raise NotFound(gettext("No %(label)s %(key)s", label=within(entity.label), key=min(ids - seen)))


def update(work: Work, entity: CompiledEntity, identity: int, values: dict[str, Any], *,
           version: int | None) -> SharedRecord:
    """Change one record from shaped values; lists of lines replace, lines with their id keep their identity."""
    record = load_one(work, entity, identity, "update", version)
    refuse_locked(entity, record)
    references = References(work)
    references.look_up(all_references(entity, values))
    errors: dict[str, list[str]] = {}
    fill(work, record, entity.columns, values, references, "", errors)
    for name, lines in entity.lines.items():
        if name in values:
            replace_lines(work, record, lines, values[name] or [], references, errors)
    fill_extensions(work, entity, record, values.get("ext") or {}, references, errors)
    if errors:
        raise Invalid(errors)
    work.flush()
    require_reach(work, entity, [record], "update")
    return record


def refuse_locked(entity: CompiledEntity, record: SharedRecord) -> None:
    locked, state = entity.declared.locked, entity.state
    if locked is not None and state is not None and getattr(record, state.name) in locked.states:
        raise LockedRecord(entity, record, getattr(record, state.name))


def replace_lines(work: Work, record: SharedRecord, lines: LineSet, values: Sequence[Mapping[str, Any]],
                  references: References, errors: dict[str, list[str]]) -> None:
    current = record.lines_of(lines.model)
    known = {line.id: line for line in current}
    replaced: list[Child] = []
    beside = list(current)
    for i, data in enumerate(values):
        path = f"{lines.name}.{i}"
        identity = data.get("id")
        if identity is None:
            replaced.append(make_line(work, lines, data, references, path, errors, beside=beside))
        elif (line := known.pop(identity, None)) is None:
            errors[f"{path}.id"] = [gettext("The record has no line %(line)s, or it is given twice.", line=identity)]
        else:
            fill(work, line, lines.columns, data, references, path + ".", errors)
            replaced.append(line)
    current[:] = replaced


def delete(work: Work, entity: CompiledEntity, identity: int, *, version: int | None) -> None:
    require_writable(entity)
    record = load_one(work, entity, identity, "delete", version)
    refuse_locked(entity, record)
    refuse_referred(work, entity, record)
    work.delete(record)


def _nothing_more(work: Work, record: SharedRecord) -> None:
    """A transition that has no function of its own: a form without fields."""


def act(work: Work, entity: CompiledEntity, identity: int, name: str, parameters: object, *,
        version: int | None = None) -> SharedRecord:
    """Run a declared action on one record; `parameters` as they came in."""
    action = entity.actions.get(name)
    if action is None:
        raise NotFound(gettext("%(label)s has no action %(action)s", label=gettext(entity.label), action=name))
    record = load_one(work, entity, identity, action.permission or name, version)
    values = load_parameters(work, action.run or _nothing_more, parameters, new=True)
    work.act(record, name, **values)
    return record
