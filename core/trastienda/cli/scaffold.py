"""`trastienda plugins new`: a distribution to begin a plugin from, whole and tested."""

from __future__ import annotations

import keyword
import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from ..errors import Refusal
from ..plugins import RESERVED, installed_plugins
from .context import Context

TEMPLATES = files("trastienda") / "scaffold"
NAME = re.compile(r"[a-z][a-z0-9_]{1,29}")


class BadPluginName(Refusal):
    """No name for a plugin, or somebody's already."""


@click.command()
@click.argument("name")
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where it is made [default: trastienda-NAME]",
)
@click.pass_obj
def new(context: Context, name: str, directory: Path | None) -> None:
    """Begin a plugin: an installable distribution whose tests pass, in a folder that is empty or not there."""
    require_name(name, taken=installed_plugins(context.settings()))
    folder = directory or Path(f"trastienda-{name.replace('_', '-')}")
    if folder.is_dir() and any(folder.iterdir()):
        raise Refusal(f"{folder} is not empty: name another with --directory")
    write_plugin(name, folder)
    click.echo(folder)
    click.echo(f"pip install -e {folder}, then trastienda migrate, and {name} is on.", err=True)


def require_name(name: str, *, taken: list[str]) -> None:
    """Raises BadPluginName."""
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        raise BadPluginName(
            f"{name!r} is no plugin's name: from 2 to 30 small letters, digits and underscores, a letter first"
        )
    if name in RESERVED:
        raise BadPluginName(f"The name {name!r} means something else to the core: choose another")
    if name in taken:
        raise BadPluginName(f"A plugin {name!r} is installed already: choose another name")


def write_plugin(name: str, folder: Path) -> None:
    """All files of the template, the plugin's name filled in."""
    words = {
        "@name@": name,
        "@dashed@": name.replace("_", "-"),
        "@Name@": name.replace("_", " ").capitalize(),
    }
    for path, template in _templates(TEMPLATES, Path()):
        target = folder / _filled(str(path.with_suffix("")), words)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_filled(template.read_text(encoding="utf-8"), words), encoding="utf-8")


def _templates(folder: Traversable, path: Path) -> list[tuple[Path, Traversable]]:
    found = []
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        here = path / each.name
        if each.is_dir():
            found += _templates(each, here)
        elif here.suffix == ".in":
            found.append((here, each))
    return found


def _filled(text: str, words: dict[str, str]) -> str:
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text
