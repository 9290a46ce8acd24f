"""A company's settings as plugins declare them: frozen dataclasses whose fields all have defaults."""
from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..languages import gettext
from .compiled import humanise
from .parameters import Parameter, parameters_of

if TYPE_CHECKING:
    from ..work import Work

T = TypeVar("T")


def setting(default: T, *, label: str = "", help: str = "") -> T:
    """A field of a settings class, with what its form says about it."""
    made: T = dataclasses.field(default=default, metadata={"label": label, "help": help})
    return made


@dataclass(frozen=True)
class SettingsForm(Generic[T]):
    """A settings class with its words and its rules; a class alone is declared as a form without them.

    Each rule is given the settings as they would be, and yields (field, message) for what is wrong. `checks` are
    rules that depend on what else the database holds; they see the settings as they are now, and undo the change.
    Who may see or change them is granted on `settings.<plugin>.<class>` (`settings.hr.payroll-bank`), verbs read and
    update. `page` names a page of its own, on which administrators find it; by default that of all settings.
    """

    kind: type[T]
    _: KW_ONLY
    label: str = ""
    help: str = ""
    rules: Sequence[Callable[[T], Iterable[tuple[str, str]]]] = ()
    checks: Sequence[Callable[[Work, T], Iterable[tuple[str, str]]]] = ()
    page: str = ""


@dataclass(frozen=True, eq=False)
class CompiledSettings:
    """A form under its public name."""

    name: str
    plugin: str
    form: SettingsForm[Any]

    @property
    def guard(self) -> str:
        """The name that permissions are asked for."""
        return f"settings.{self.name}"

    @property
    def page(self) -> str:
        return self.form.page

    @property
    def label(self) -> str:
        return gettext(self.form.label) or humanise(self.name.partition(".")[2])

    @cached_property
    def fields(self) -> Mapping[str, Parameter]:
        kind: Callable[..., Any] = self.form.kind
        return {each.name: each for each in parameters_of(kind)}


def compile_settings(plugin: str, declared: SettingsForm[Any] | type[Any], *, name: str = "") -> CompiledSettings:
    """Raises TypeError for a field that no form can have."""
    form = declared if isinstance(declared, SettingsForm) else SettingsForm(declared)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", form.kind.__name__).lower()
    compiled = CompiledSettings(name or f"{plugin.partition('+')[0]}.{words}", plugin, form)
    assert compiled.fields is not None
    return compiled
