"""A record's form: its fields and lines, its state, and the buttons that may be pressed now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from ...entities.compiled import Column as EntityColumn
from ...entities.compiled import CompiledEntity
from ...entities.declarations import Action, Transition
from ...entities.offering import fits
from ...entities.parameters import parameters_of
from ...languages import gettext as _
from . import addresses, fields
from .drafts import Draft
from .grids import Errors, grid_of, said
from .lists import action_label
from .reach import verbs_on_one
from .reader import plainly, word
from .views.fields import FieldView, Section
from .views.parts import ActionButton, ErrorLink, Link, Mark
from .views.records import Change, FormView, Step
from .views.start import Panel
from .visit import Visit


def record_view(
    visit: Visit,
    entity: CompiledEntity,
    item: Mapping[str, Any] | None,
    *,
    draft: Draft | None = None,
    errors: Errors | None = None,
    more_lines: str = "",
    related: tuple[Link, ...] = (),
    prints: tuple[Link, ...] = (),
    panels: tuple[Panel, ...] = (),
    history: tuple[Change, ...] = (),
    read_only: bool = False,
) -> FormView:
    """`item` is the stored record, None for a new one; `draft` what was typed and is to be shown again."""
    errors = errors or {}
    stored = item or {}
    state = state_of(entity, stored)
    verbs = verbs_on_one(visit, entity, int(stored["id"])) if item else frozenset[str]()
    editable = not read_only and is_editable(visit, entity, item, verbs)
    sections = _sections(visit, entity, stored, draft, errors, editable=editable)
    if item is None and editable and not errors:
        sections = _focused(sections)
    grids = tuple(
        grid_of(visit, lines, stored, draft, errors, editable=editable, more=more_lines == name)
        for name, lines in entity.lines.items()
    )
    identity = int(stored["id"]) if item else 0
    return FormView(
        record_title(entity, item),
        Link(_(entity.plural), addresses.listing(entity)),
        addresses.record(entity, identity) if item else addresses.new(entity),
        sections,
        name=record_name(entity, stored),
        version=str(stored.get("version", "")),
        grids=grids,
        mark=_mark(entity, stored, state),
        steps=_steps(entity, state) if item else (),
        actions=_actions(visit, entity, item, verbs),
        errors=error_links(entity, errors),
        editable=editable,
        locked_note=_("This record is settled and can no longer change.")
        if is_locked(entity, state) and entity.declared.writable
        else "",
        delete_url=addresses.delete(entity, identity) if item and editable and "delete" in verbs else "",
        copy_url=addresses.copy(entity, identity)
        if item and entity.declared.writable and visit.may(entity, "create")
        else "",
        related=related,
        prints=prints,
        panels=panels,
        history=history,
    )


def record_name(entity: CompiledEntity, item: Mapping[str, Any]) -> str:
    """Its title, unless that says no more than its key."""
    name = str(item.get(entity.title.name) or "") if entity.title is not None else ""
    return "" if entity.key is not None and name == item.get(entity.key.name) else name


def _mark(entity: CompiledEntity, item: Mapping[str, Any], state: str | None) -> Mark | None:
    """That it is archived, or its state."""
    if entity.archive is not None and item.get(entity.archive.name) is False:
        return Mark(_("Archived"), "undone")
    return fields.mark(entity, state) if state else None


def record_title(entity: CompiledEntity, item: Mapping[str, Any] | None) -> str:
    label = _(entity.label)
    if item is None:
        return _("New %(record)s", record=label.lower())
    key = item.get(entity.key.name) if entity.key is not None else None
    return f"{label} {key if key not in (None, '') else '#' + str(item['id'])}"


def state_of(entity: CompiledEntity, item: Mapping[str, Any]) -> str | None:
    return item.get(entity.state.name) if entity.state is not None else None


def is_editable(
    visit: Visit, entity: CompiledEntity, item: Mapping[str, Any] | None, verbs: Collection[str] | None = None
) -> bool:
    """Whether the visitor, who may do `verbs` with it, may fill in this record's form, a new one's if there is none."""
    if not entity.declared.writable or is_locked(entity, state_of(entity, item or {})):
        return False
    if item is None:
        return visit.may(entity, "create")
    return "update" in (verbs if verbs is not None else verbs_on_one(visit, entity, item["id"]))


def is_locked(entity: CompiledEntity, state: str | None) -> bool:
    return entity.declared.locked is not None and state in entity.declared.locked.states


# -- fields
def _sections(
    visit: Visit,
    entity: CompiledEntity,
    item: Mapping[str, Any],
    draft: Draft | None,
    errors: Errors,
    *,
    editable: bool,
) -> tuple[Section, ...]:
    visible = visit.site.permissions.visible(visit.actor, entity)
    left = {name: column for name, column in visible.items() if column.kind not in ("id", "state")}
    groups: list[tuple[str, list[EntityColumn]]] = []
    for section in entity.declared.sections:
        groups.append((_(section.label), [left.pop(field.name) for field in section.fields if field.name in left]))
    own = [
        column
        for column in left.values()
        if column.extension is None and not (groups and (column.readonly or column.expression is not None))
    ]
    groups.append((_("More") if groups else "", own))
    for extension in entity.extensions:
        theirs = [column for column in left.values() if column.extension is extension]
        groups.append((_(extension.label), theirs))
    made = [
        Section(
            label,
            tuple(
                _field(visit, entity, column, item, draft, errors, editable=editable)
                for column in columns
                if _has_place(column, item)
            ),
        )
        for label, columns in groups
    ]
    return tuple(section for section in made if section.fields)


def _focused(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """With the first field that can be written in focus."""
    first = next((each.name for section in sections for each in section.fields if not each.readonly), None)
    return tuple(
        replace(section, fields=tuple(replace(each, autofocus=each.name == first) for each in section.fields))
        for section in sections
    )


def _has_place(column: EntityColumn, item: Mapping[str, Any]) -> bool:
    """What only the system fills in is shown once it is there."""
    return not column.readonly or column.of(item) not in (None, "", False)


def _field(
    visit: Visit,
    entity: CompiledEntity,
    column: EntityColumn,
    item: Mapping[str, Any],
    draft: Draft | None,
    errors: Errors,
    *,
    editable: bool,
) -> FieldView:
    typed = None if draft is None or column.readonly else draft.typed.get(column.name, "")
    made = fields.column_field(visit, column, item, errors=said(errors, column.name), entity=entity, typed=typed)
    return made if editable else fields.as_read(made)


# -- state and buttons
def _steps(entity: CompiledEntity, state: str | None) -> tuple[Step, ...]:
    if entity.state is None or state is None or len(entity.state.options) < 2:
        return ()
    at = entity.state.options.index(state)
    return tuple(
        Step(word(each), "past" if i < at else "current" if i == at else "ahead")
        for i, each in enumerate(entity.state.options)
    )


def offered(
    visit: Visit, entity: CompiledEntity, item: Mapping[str, Any], verbs: Collection[str] | None = None
) -> list[Action[Any] | Transition[Any]]:
    """The actions that the visitor, who may do `verbs` with it, may run on a record as it is."""
    may = verbs if verbs is not None else verbs_on_one(visit, entity, item["id"])
    return [
        action
        for action in entity.actions.values()
        if (action.permission or action.name) in may and fits(entity, action, item, today=visit.today)
    ]


def _actions(
    visit: Visit, entity: CompiledEntity, item: Mapping[str, Any] | None, verbs: Collection[str]
) -> tuple[ActionButton, ...]:
    if item is None:
        return ()
    buttons, state = [], state_of(entity, item)
    now = offered(visit, entity, item, verbs)
    main = next((action for action in now if isinstance(action, Transition)
                 and action.to not in entity.declared.undone), None)
    for action in now:
        label = action_label(action)
        asks = action.run is not None and bool(parameters_of(action.run))
        buttons.append(
            ActionButton(
                action.name,
                label,
                url=addresses.action(entity, item["id"], action.name) if asks else "",
                confirm=_("%(action)s: are you sure?", action=label) if action.confirm else "",
                primary=action is main and not is_locked(entity, state),
            )
        )
    return tuple(buttons)


# -- what is wrong
def error_links(entity: CompiledEntity, errors: Errors) -> tuple[ErrorLink, ...]:
    """The summary above the form, each line leading to its field."""
    return tuple(
        ErrorLink(plainly(message), *_place(entity, path)) for path, messages in errors.items() for message in messages
    )


def _place(entity: CompiledEntity, path: str) -> tuple[str, str]:
    """A path's words and the id of what it is about."""
    head, _dot, rest = path.partition(".")
    lines = entity.lines.get(head)
    if lines is not None:
        index, _dot, name = rest.partition(".")
        if not index:
            return _(lines.label), f"g-{head}"
        column = lines.columns.get(name) if name != "id" else None
        target = f"f-{path.replace('.', '-')}" if column is not None else f"g-{head}"
        return fields.line_label(lines, int(index) + 1, column), target
    column = entity.columns.get(path)
    return (column.heading, f"f-{path.replace('.', '-')}") if column is not None else ("", "")
