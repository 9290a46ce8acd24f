"""The macros of a template, as an environment's global: an import in a template would be made anew for every page."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import Environment


class Macros:
    """`bits.head(...)` calls the macro `head` of `web/_bits.html`."""

    def __init__(self, environment: Environment, template: str) -> None:
        self._environment = environment
        self._template = template

    def __getattr__(self, name: str) -> Callable[..., str]:
        """Raises AttributeError for what is no macro there."""
        if name.startswith("_"):
            raise AttributeError(name)
        module = self._environment.get_template(self._template).module
        found: Callable[..., str] = getattr(module, name)
        setattr(self, name, found)
        return found


def macros_of(environment: Environment) -> dict[str, Macros]:
    names = ("bits", "table", "arrange", "shapes", "lines", "panels", "beside")
    found = {name: Macros(environment, f"web/_{name}.html") for name in names}
    return {**found, "jobs": Macros(environment, "web/administration/_jobs.html")}
