"""For which records an action is: by their state, and by what their columns hold. Lists, pages and the write agree."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import Refusal
from ..languages import gettext, within
from ..storage.models import SharedRecord
from .compiled import Column, CompiledEntity, humanise
from .declarations import Action, Transition

if TYPE_CHECKING:
    from ..work import Work

AnyAction: TypeAlias = "Action[Any] | Transition[Any]"
_UNTOLD = object()
#: Kinds of columns whose values can be compared: as they go out they are alike, or are read back.
_COMPARED = frozenset({"text", "longtext", "integer", "bigint", "boolean", "choice", "date", "datetime"})


class WrongState(Refusal):
    """The action is not for a record in this state, or whose column `field` holds that."""

    def __init__(self, entity: CompiledEntity, record: SharedRecord, action: AnyAction, column: Column) -> None:
        super().__init__(gettext(
            "%(action)s is not possible for %(label)s %(key)s (%(field)s: %(value)s)",
            action=gettext(action.label or humanise(action.name)), label=within(entity.label),
            key=getattr(record, entity.key.name if entity.key else "id"), field=column.heading,
            value=_said(column, record.__data__.get(column.name))))
        self.field = column.name


def columns_asked(entity: CompiledEntity) -> Iterator[str]:
    """The columns by which it is decided what is offered on a record."""
    if entity.state is not None and any(action.states for action in entity.actions.values()):
        yield entity.state.name
    for action in entity.actions.values():
        yield from (field.name for field in action.when)


def fits(entity: CompiledEntity, action: AnyAction, item: Mapping[str, Any], *, today: date) -> bool:
    """Whether a record, as it goes out, is one for the action; what it does not tell speaks against nothing."""
    return _obstacle(entity, action, lambda column: _read(column, item), today) is None


def refuse_unfit(work: Work, entity: CompiledEntity, record: SharedRecord, action: AnyAction) -> None:
    """For a record that is about to be acted upon; raises WrongState."""
    column = _obstacle(entity, action, lambda column: record.__data__.get(column.name), work.today)
    if column is not None:
        raise WrongState(entity, record, action, column)


def _obstacle(entity: CompiledEntity, action: AnyAction, value_of: Callable[[Column], Any],
              today: date) -> Column | None:
    """The column that speaks against it."""
    if action.states and entity.state is not None and value_of(entity.state) not in (_UNTOLD, *action.states):
        return entity.state
    for field, wanted in action.when.items():
        column = entity.columns[field.name]
        value = value_of(column)
        if value is not _UNTOLD and not (wanted(value, today) if callable(wanted) else value == wanted):
            return column
    return None


def _read(column: Column, item: Mapping[str, Any]) -> Any:
    """A value that goes out as a record has it."""
    value = item.get(column.name, _UNTOLD)
    if column.kind == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    if column.kind == "datetime" and isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=None)
    return value


def _said(column: Column, value: Any) -> str:
    if value is None or value == "":
        return gettext("empty")
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return gettext(humanise(value)) if column.kind in ("choice", "state") else str(value)


def conditions_said(action: AnyAction) -> str:
    """For those who read of the API: "it is draft or submitted and `active` is true"; empty where always."""
    told = [f"it is {' or '.join(action.states)}"] if action.states else []
    for field, wanted in action.when.items():
        what = wanted.__name__.replace("_", " ") if isinstance(wanted, FunctionType) else json.dumps(wanted)
        told.append(f"`{field.name}` is {what}")
    return " and ".join(told)


def faults_of(entity: CompiledEntity) -> Iterator[tuple[str, str]]:
    """What is wrong with what its actions are for, and the cure: a refusal tells the value to whoever may act."""
    for action in entity.actions.values():
        for field, wanted in action.when.items():
            column = entity.columns.get(field.name)
            if column is None or column.field is not field or column.permission \
                    or not (column.kind in _COMPARED or wanted is None):
                yield (f"offers the action {action.name!r} of {entity.name} by the column {field.name!r}",
                       "name a column of the record that everybody sees: text, a whole number, a choice, a yes or no, "
                       "a day or a moment; or any that is to be None")
