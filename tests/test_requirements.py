"""What a distribution imports, it declares, or the core does: a plugin writes its columns with peewee's."""
import ast
import re
import sys
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = [
    ROOT / "core/trastienda",
    *(file.parent / f"trastienda_{file.parent.name}" for file in sorted(ROOT.glob("plugins/*/setup.cfg"))),
]
TESTS = [ROOT / "tests", *sorted(ROOT.glob("plugins/*/tests"))]
BROUGHT_BY = {"itsdangerous": "flask", "jinja2": "flask", "markupsafe": "flask", "werkzeug": "flask",
              "wtforms": "flask-wtf"}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_every_import_is_declared(package: Path) -> None:
    core = declared(ROOT)
    known = core if package == PACKAGES[0] else core | declared(package.parent)
    assert undeclared(package, known=known | {normal(package.name)}) == set()


@pytest.mark.parametrize("tests", TESTS, ids=lambda tests: tests.parent.name)
def test_what_tests_import_is_declared(tests: Path) -> None:
    brought = declared(ROOT) if tests.parent == ROOT else declared(ROOT) | declared(tests.parent)
    own = {"benchmarks", *(normal(folder.name) for folder in tests.rglob("trastienda_*"))}
    assert undeclared(tests, known=brought | own | {normal(package.name) for package in PACKAGES}) == set()


def undeclared(folder: Path, *, known: set[str]) -> set[str]:
    return {
        f"{source.relative_to(ROOT)}: {name}"
        for source in folder.rglob("*.py")
        for name in imported(source) - sys.stdlib_module_names
        if not distributions(name) & known
    }


def imported(source: Path) -> set[str]:
    return {name.partition(".")[0] for name in _absolute_imports(ast.parse(source.read_text()))}


def _absolute_imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


@cache
def providers() -> Mapping[str, list[str]]:
    return packages_distributions()


def distributions(module: str) -> set[str]:
    """That bring it, as their names are compared; an editable one is called as its package is."""
    found = {normal(name) for name in providers().get(module, [module])}
    return {BROUGHT_BY.get(name, name) for name in found}


def declared(folder: Path) -> set[str]:
    config = ConfigParser()
    config.read(folder / "setup.cfg")
    extras = dict(config["options.extras_require"]) if "options.extras_require" in config else {}
    lines = "\n".join([config["options"]["install_requires"], *extras.values()]).split("\n")
    return {normal(match[0]) for line in lines if (match := re.match(r"[\w-]+", line.strip()))}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
