"""Entities as the core works with them: declarations joined with what their models say, made once at start-up."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made_by
from functools import cached_property
from typing import Any, Literal, TypeAlias

import peewee

from ..languages import gettext
from ..storage.fields import ChoiceField, MoneyField, QuantityField, RateField, ScaledField, StateField
from ..storage.models import Child, Extra, Row
from ..storage.sealing import SecretField
from .archiving import actions_of
from .declarations import Action, AnyField, Choices, Computed, Entity, Extension, Lines, Rule, Transition

Kind: TypeAlias = Literal["id", "text", "longtext", "integer", "bigint", "boolean", "date", "datetime", "money",
                          "quantity", "rate", "choice", "state", "ref", "json", "file"]

_KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (StateField, "state"), (ChoiceField, "choice"), (MoneyField, "money"), (QuantityField, "quantity"),
    (RateField, "rate"), (peewee.ForeignKeyField, "ref"), (peewee.AutoField, "id"), (peewee.BooleanField, "boolean"),
    (peewee.DateTimeField, "datetime"), (peewee.DateField, "date"), (peewee.BigIntegerField, "bigint"),
    (peewee.IntegerField, "integer"), (peewee.TextField, "longtext"), (peewee.CharField, "text"),
)
_INTERNAL = {"id", "version", "company", "search_text"}


@dataclass(frozen=True, eq=False)
class Column:
    """One column of an entity, under the name that every door knows it by.

    An extension's is `ext.<plugin>.<field>`: a path in filters, orders and files, nested objects in JSON.
    `qualifier` heads its label where another column of the entity has the same.
    """

    name: str
    field: AnyField
    kind: Kind
    label: str
    help: str = ""
    readonly: bool = False
    required: bool = False
    permission: str = ""
    options: tuple[str, ...] = ()
    max_length: int | None = None
    currency: str | None = None
    offers: tuple[tuple[str, str], ...] = ()
    choices: Choices | None = None
    expression: peewee.Node | None = None
    extension: Ext | None = None
    qualifier: str = ""

    @cached_property
    def path(self) -> tuple[str, ...]:
        """Where its value stands in a record as it goes out."""
        return tuple(self.name.split(".")) if self.extension is not None else (self.name,)

    def of(self, item: Mapping[str, Any]) -> Any:
        """Its value in a record as it goes out; None where the record has no such part."""
        return _at(item, self.path)

    @property
    def currency_path(self) -> str:
        """The name of the column that says its currency, in the same table; empty for the company's."""
        return ".".join((*self.path[:-1], self.currency)) if self.currency else ""

    def currency_of(self, item: Mapping[str, Any]) -> str | None:
        """The currency of its value in a record as it goes out; None for the company's."""
        return _at(item, (*self.path[:-1], self.currency)) if self.currency else None

    @property
    def heading(self) -> str:
        """Its label in the language of the moment, told from another plugin's of the same words."""
        label = gettext(self.label)
        return f"{gettext(self.qualifier)}: {label}" if self.qualifier else label

    @property
    def scale(self) -> int:
        return self.field.scale if isinstance(self.field, ScaledField) else 0

    @property
    def target(self) -> type[Row] | None:
        """The model that a reference points to."""
        return self.field.rel_model if isinstance(self.field, peewee.ForeignKeyField) else None


def _at(item: Mapping[str, Any], path: Sequence[str]) -> Any:
    value: Any = item
    for step in path:
        if value is None:
            return None
        value = value.get(step)
    return value


@dataclass(frozen=True, eq=False)
class LineSet:
    """The children that an entity edits as a list."""

    name: str
    label: str
    model: type[Child]
    parent: AnyField
    columns: Mapping[str, Column]
    copies: Mapping[str, str]
    totals: tuple[str, ...]
    balance: tuple[str, str] | None

    @cached_property
    def audited(self) -> tuple[str, ...]:
        return tuple(name for name in self.columns if name != "id")


@dataclass(frozen=True, eq=False)
class Ext:
    """Another plugin's columns for this entity, in that plugin's own table."""

    plugin: str
    model: type[Extra]
    link: AnyField
    rules: tuple[Rule[Any], ...]
    label: str
    always: bool = False
    personal: tuple[AnyField, ...] = ()

    @cached_property
    def begins(self) -> bool:
        """Whether its defaults alone make a row that says something."""
        own = [field for field in self.model._meta.sorted_fields if field.name != self.link.name]
        return any(field.default is not None for field in own) and all(
            field.null or field.default is not None for field in own)

    @cached_property
    def unique(self) -> frozenset[str]:
        """The fields of which no two records have the same, in a company where the rows say theirs."""
        meta = self.model._meta
        pairs = [each for each in meta.indexes if isinstance(each, tuple)]
        named = {fields[-1] for fields, unique in pairs if unique and set(fields[:-1]) <= {"company"}}
        return frozenset(named | {field.name for field in meta.sorted_fields if field.unique and field != self.link})


@dataclass(frozen=True, eq=False)
class CompiledEntity:
    """Everything the doors need to know of an entity, looked up by name."""

    name: str
    plugin: str
    declared: Entity[Any]
    model: type[Row]
    path: str
    label: str
    plural: str
    columns: Mapping[str, Column]
    key: Column | None
    title: Column | None
    lines: Mapping[str, LineSet]
    actions: Mapping[str, Action[Any] | Transition[Any]]
    state: Column | None
    version: Column | None
    extensions: tuple[Ext, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    listed: tuple[str, ...] = ()
    added_actions: Mapping[str, str] = made_by(default_factory=dict)
    archive: Column | None = None
    searched: tuple[Column, ...] = ()

    @property
    def scoped(self) -> bool:
        """Whether its rows belong to a company."""
        return "company" in self.model._meta.fields

    @cached_property
    def extended(self) -> Mapping[str, Mapping[str, Column]]:
        """The columns of each extension, by plugin and by their last name."""
        return {ext.plugin: {column.path[-1]: column for column in self.columns.values() if column.extension is ext}
                for ext in self.extensions}

    @property
    def searchable(self) -> bool:
        """Whether there is a text to search; `searched` are the columns of extensions among it."""
        return bool(self.declared.search or self.searched)

    @cached_property
    def audited(self) -> tuple[str, ...]:
        """The model's own columns that the audit tells of."""
        return tuple(name for name, column in self.columns.items()
                     if name != "id" and column.expression is None and column.extension is None)

    @cached_property
    def system(self) -> frozenset[str]:
        """The columns that no door sets: a change of these alone asks no rule."""
        return frozenset(_INTERNAL) | {name for name, column in self.columns.items() if column.readonly}

    def owner_of(self, action: str) -> str:
        """The plugin that declared an action: the entity's own, or the one that added it."""
        return self.added_actions.get(action, self.plugin)

    @property
    def guard(self) -> str:
        """The name that permissions are asked for."""
        return self.declared.of or self.name

    @property
    def table(self) -> str:
        return str(self.model._meta.table_name)


def label_of(field: AnyField) -> str:
    return field.verbose_name or humanise(field.name)


def humanise(name: str) -> str:
    """`starts_on` -> `Starts on`."""
    words = name.rstrip("_").replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def plural_of(word: str) -> str:
    if re.search(r"[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    return f"{word}es" if re.search(r"(s|x|ch|sh)$", word) else f"{word}s"


def column_of(field: AnyField, *, name: str = "", readonly: bool = False, required: bool = False,
              permission: str = "", extension: Ext | None = None, offers: Mapping[str, str] | None = None,
              choices: Choices | None = None) -> Column:
    kind = next(kind for cls, kind in _KINDS if isinstance(field, cls))
    options: Sequence[str] = ()
    if isinstance(field, StateField):
        options, readonly = field.states, True
    elif isinstance(field, ChoiceField):
        options = field.options
    return Column(
        name=name or field.name, field=field, kind=kind, label=label_of(field), help=field.help_text or "",
        readonly=readonly or kind == "id", permission=permission, options=tuple(options), extension=extension,
        required=required or (not field.null and field.default is None and not readonly and kind != "id"),
        max_length=getattr(field, "max_length", None) if kind == "text" else None,
        currency=field.currency if isinstance(field, MoneyField) else None, offers=tuple((offers or {}).items()),
        choices=choices)


def compile_entity(plugin: str, declared: Entity[Any],
                   extensions: Sequence[tuple[str, Extension[Any]]]) -> CompiledEntity:
    model, meta = declared.model, declared.model._meta
    hidden = {field.name for field in declared.hidden} | _INTERNAL
    hidden |= {field.name for field in meta.sorted_fields if isinstance(field, SecretField)}
    readonly = {field.name for field in declared.readonly}
    private = {field.name: verb for field, verb in declared.private.items()}
    offers = {field.name: filters for field, filters in declared.offers.items()}
    choices = {field.name: told for field, told in declared.choices.items()}
    columns = {"id": column_of(meta.fields["id"])} if "id" in meta.fields else {}
    for field in meta.sorted_fields:
        if field.name not in hidden:
            columns[field.name] = column_of(field, readonly=field.name in readonly or not declared.writable,
                                            permission=private.get(field.name, ""), offers=offers.get(field.name),
                                            choices=choices.get(field.name))
    for computed in declared.computed:
        columns[computed.name] = _computed(computed)
    exts = tuple(_extension(name, extension) for name, extension in extensions)
    actions: dict[str, Action[Any] | Transition[Any]] = {action.name: action for action in declared.actions}
    archive = columns[declared.archive.name] if declared.archive is not None else None
    if archive is not None and not archive.readonly:
        actions = {**actions, **{action.name: actions.get(action.name, action) for action in actions_of(archive.field)}}
    added: dict[str, str] = {}
    for (name, extension), ext in zip(extensions, exts, strict=True):
        columns.update(_extension_columns(extension, ext))
        for action in extension.actions:
            own = f"{ext.plugin}.{action.name}"
            actions[own] = replace(action, name=own, label=action.label or humanise(action.name))
            added[own] = name
    columns = _told_apart(columns)
    noun = declared.name.partition(".")[2]
    path = declared.path or plural_of(noun)
    key = columns[declared.key.name] if declared.key is not None else None
    title = columns[declared.title.name] if declared.title is not None else columns.get("name")
    listed = tuple(each if isinstance(each, str) else each.name for each in declared.columns) or tuple(
        name for name, column in columns.items() if name != "id" and column.kind != "longtext")[:8]
    return CompiledEntity(
        name=declared.name, plugin=plugin, declared=declared, model=model,
        path=f"{declared.name.partition('.')[0]}/{path}",
        label=declared.label or humanise(noun), plural=declared.plural or humanise(plural_of(noun)),
        columns=columns, key=key, title=title if title is not key else None,
        lines={lines.name: _line_set(lines) for lines in declared.lines},
        actions=actions, added_actions=added,
        state=next((column for column in columns.values() if column.kind == "state"), None),
        version=column_of(meta.fields["version"], readonly=True) if "version" in meta.fields else None,
        archive=archive, extensions=exts, searched=_searched(extensions, exts, columns),
        order=_order(declared, columns), listed=listed)


def _computed(computed: Computed, *, extension: Ext | None = None) -> Column:
    like = column_of(computed.like)
    name = computed.name if extension is None else f"ext.{extension.plugin}.{computed.name}"
    return Column(name=name, field=computed.like, kind=like.kind,
                  label=computed.label or humanise(computed.name), extension=extension,
                  readonly=True, options=like.options, currency=like.currency, expression=computed.expression)


def _extension(plugin: str, extension: Extension[Any]) -> Ext:
    name = plugin.partition("+")[0]
    return Ext(plugin=name, model=extension.model, link=extension.model._meta.primary_key,
               rules=tuple(extension.rules), label=extension.label or humanise(name), always=extension.always,
               personal=tuple(extension.personal))


def _searched(extensions: Sequence[tuple[str, Extension[Any]]], exts: Sequence[Ext],
              columns: Mapping[str, Column]) -> tuple[Column, ...]:
    return tuple(columns[f"ext.{ext.plugin}.{field.name}"]
                 for (_, extension), ext in zip(extensions, exts, strict=True) for field in extension.search)


def _extension_columns(extension: Extension[Any], ext: Ext) -> dict[str, Column]:
    readonly = {field.name for field in extension.readonly}
    required = {field.name for field in extension.required}
    private = {field.name: verb for field, verb in extension.private.items()}
    found = [column_of(field, name=f"ext.{ext.plugin}.{field.name}", extension=ext, readonly=field.name in readonly,
                       required=field.name in required, permission=private.get(field.name, ""))
             for field in extension.columns or ext.model._meta.sorted_fields if field.name != ext.link.name]
    found += [_computed(computed, extension=ext) for computed in extension.computed]
    return {column.name: column for column in found}


def _told_apart(columns: Mapping[str, Column]) -> dict[str, Column]:
    """An extension's column whose label another one has too gets the extension's label before it."""
    labels = Counter(column.label for column in columns.values())
    return {name: replace(column, qualifier=column.extension.label)
            if column.extension is not None and labels[column.label] > 1 else column
            for name, column in columns.items()}


def _line_set(lines: Lines) -> LineSet:
    model = lines.parent.model
    fields = list(lines.columns) or model._meta.sorted_fields
    copied = {field.name for field in lines.copies}
    readonly = {field.name for field in lines.readonly}
    offers = {field.name: filters for field, filters in lines.offers.items()}
    choices = {field.name: told for field, told in lines.choices.items()}
    columns = {"id": column_of(model._meta.fields["id"])}
    for field in fields:
        if field.name not in {"id", "company", lines.parent.name} | copied:
            columns[field.name] = column_of(field, readonly=field.name in readonly, offers=offers.get(field.name),
                                            choices=choices.get(field.name))
    return LineSet(name=lines.name, label=lines.label or humanise(lines.name), model=model, parent=lines.parent,
                   columns=columns, copies={child.name: root.name for child, root in lines.copies.items()},
                   totals=tuple(field.name for field in lines.totals),
                   balance=(lines.balance[0].name, lines.balance[1].name) if lines.balance else None)


def _order(declared: Entity[Any], columns: Mapping[str, Column]) -> tuple[tuple[str, bool], ...]:
    """The default order as (column, descending); the id breaks ties."""
    order = []
    for each in declared.order:
        if isinstance(each, peewee.Ordering):
            order.append((each.node.name, each.direction.upper() == "DESC"))
        else:
            order.append((each.name, False))
    if not order:
        order = [(declared.key.name, False)] if declared.key is not None else [("id", False)]
    return tuple(order)
