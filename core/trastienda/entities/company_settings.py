"""A company's settings: what holds now, and the one way in which they change, whichever door asks."""
from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson
from marshmallow import ValidationError

from ..errors import Forbidden, Invalid, Stale
from ..isolation import blaming
from ..languages import gettext
from ..security.audit import plain
from ..storage.rows import fetch
from ..storage.settings import Setting
from .parameters import Parameter, parameter_field
from .references import References
from .schemas import READONLY, UNKNOWN, flatten
from .settings_forms import CompiledSettings
from .values import Reference

if TYPE_CHECKING:
    from ..work import Work


@dataclasses.dataclass(frozen=True)
class Held:
    """A form's values in a company. `given` are those that were set, by field; the others have their defaults."""

    form: CompiledSettings
    given: Mapping[str, Any]
    version: int
    row: int | None = None

    @property
    def values(self) -> dict[str, Any]:
        """By field, defaults included."""
        return {name: self.given.get(name, each.default) for name, each in self.form.fields.items()}

    def instance(self) -> Any:
        return self.form.form.kind(**{self.form.fields[name].argument: value for name, value in self.given.items()})


def held(work: Work, form: CompiledSettings) -> Held:
    """What is stored for the work's company. A stored value that its field no longer takes counts as not set."""
    found = fetch(work.site.database, Setting, '"company_id" = ? AND "name" = ?', [work.company.id, form.name])
    return _held(form, found[0] if found else None)


def all_held(work: Work, forms: Sequence[CompiledSettings]) -> list[Held]:
    """As `held`, of many forms by one query."""
    found = {each.name: each for each in fetch(work.site.database, Setting, '"company_id" = ?', [work.company.id])}
    return [_held(form, found.get(form.name)) for form in forms]


def _held(form: CompiledSettings, row: Setting | None) -> Held:
    if row is None:
        return Held(form, {}, 0)
    given = {}
    for name, value in orjson.loads(row.value).items():
        if name in form.fields:
            try:
                given[name] = _stored(form.fields[name], value)
            except ValidationError:
                continue
    return Held(form, given, row.version, row.id)


def visible(work: Work) -> list[CompiledSettings]:
    """The forms that the actor may read, by name."""
    forms = work.site.registry.settings
    return [form for _, form in sorted(forms.items()) if work.site.permissions.of(work.actor, form.guard, "read")]


def version_of(all_held: Sequence[Held]) -> int:
    """One version for several forms: it grows whenever any of them changes."""
    return sum(each.version for each in all_held)


def change(work: Work, given: object, *, version: int | None) -> list[Held]:
    """Set values, by form and field; None takes one back to its default. Answers all that the actor may read.

    Raises Forbidden, Stale, and Invalid with the path (`hr.payroll-bank.iban`) of whatever is wrong.
    """
    if not isinstance(given, Mapping):
        raise Invalid({"": [gettext("Give an object with fields.")]})
    work.site.database.serialize(f"trastienda settings {work.company.id}")
    before = {each.form.name: each for each in all_held(work, visible(work))}
    _require(work, given, before)
    if version is not None and version != (now := version_of([*before.values()])):
        raise Stale(gettext("The settings"), work.company.id, version, now)
    errors: dict[str, list[str]] = {}
    after = {name: _changed(work, before[name], values, errors) for name, values in given.items()}
    if errors:
        raise Invalid(errors)
    written = {name: _write(work, before[name], each) for name, each in after.items()}
    work.forget_settings()
    _check(work, [each for name, each in written.items() if each is not before[name]])
    return [written.get(name, each) for name, each in before.items()]


def _require(work: Work, given: Mapping[Any, object], before: Mapping[str, Held]) -> None:
    unknown = {str(name): [gettext(UNKNOWN)] for name in given if name not in before}
    if unknown:
        raise Invalid(unknown)
    for name in given:
        if not work.site.permissions.of(work.actor, before[name].form.guard, "update"):
            raise Forbidden(gettext("%(actor)s may not change the settings %(name)s", actor=work.actor.name, name=name))


def _changed(work: Work, before: Held, values: object, errors: dict[str, list[str]]) -> Held:
    form = before.form
    if not isinstance(values, Mapping):
        errors[form.name] = [gettext("Give an object with fields.")]
        return before
    given = dict(before.given)
    for name, value in values.items():
        path = f"{form.name}.{name}"
        if name not in form.fields:
            errors[path] = [gettext(READONLY if name in ("id", "version", "company") else UNKNOWN)]
        elif value is None:
            given.pop(name, None)
        else:
            try:
                given[name] = _taken(work, form.fields[name], value, path)
            except ValidationError as error:
                errors.update(flatten(error.messages, path))
            except Invalid as error:
                errors.update(error.errors)
    after = dataclasses.replace(before, given=given)
    if not errors:
        for rule in form.form.rules:
            with blaming(form.plugin, f"rule {getattr(rule, '__name__', rule)} of {form.guard}"):
                for name, message in rule(after.instance()):
                    errors.setdefault(f"{form.name}.{name}", []).append(message)
    return after


def _check(work: Work, written: Sequence[Held]) -> None:
    """Asks those rules that look at the database, all values being there."""
    errors: dict[str, list[str]] = {}
    for each in written:
        for check in each.form.form.checks:
            with blaming(each.form.plugin, f"check {getattr(check, '__name__', check)} of {each.form.guard}"):
                for name, message in check(work, each.instance()):
                    errors.setdefault(f"{each.form.name}.{name}", []).append(message)
    if errors:
        raise Invalid(errors)


def _taken(work: Work, field: Parameter, value: object, path: str) -> Any:
    taken = parameter_field(field).deserialize(value)
    if isinstance(taken, Reference):
        assert field.target is not None
        return References(work).resolve(field.target, taken, path)
    return taken


def _stored(field: Parameter, value: object) -> Any:
    taken = parameter_field(field).deserialize(value)
    return taken.id if isinstance(taken, Reference) else taken


def _write(work: Work, before: Held, after: Held) -> Held:
    """The row, and what the audit tells; nothing where nothing changed."""
    moved = {name: [plain(before.values[name]), plain(value)] for name, value in after.values.items()
             if value != before.values[name]}
    if not moved and after.given.keys() == before.given.keys():
        return before
    version, value = before.version + 1, orjson.dumps({name: encoded(each) for name, each in after.given.items()})
    if before.row is None:
        row = int(work.execute(Setting.insert(
            company=work.company.id, name=after.form.name, value=value.decode(), version=version)))
    else:
        row = before.row
        work.execute(Setting.update(value=value.decode(), version=version).where(Setting.id == row))
    work.audit.record(chain=work.company.id, entity=after.form.guard, record=row, key=None, action="update",
                      changes=moved)
    return dataclasses.replace(after, version=version, row=row)


def encoded(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def shown(work: Work, each: Held) -> dict[str, Any]:
    """The values as they go out: references with their keys."""
    return {name: _reference(work, field, value) if field.kind == "ref" and value is not None else encoded(value)
            for name, field in each.form.fields.items() for value in [each.values[name]]}


def _reference(work: Work, field: Parameter, identity: int) -> dict[str, Any]:
    entity = work.site.registry.by_model.get(field.target) if field.target is not None else None
    readable = entity is not None and work.site.permissions.of(work.actor, entity.guard, "read")
    record: Any = work.find(entity.model, identity) if entity is not None and readable else None
    key = getattr(record, entity.key.name) if record is not None and entity is not None and entity.key else None
    return {"id": identity, "key": key}
