"""The generated pages of the documentation say what the code says, and nothing public is missing from them."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

import trastienda
from trastienda import hookspecs

DOCS = Path(__file__).parents[2] / "docs"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_reference", DOCS / "authors" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


reference = load()


@pytest.mark.parametrize("name", reference.PAGES)
def test_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text() == reference.page(name), "run: python docs/authors/reference.py"


def test_every_hook_and_every_public_name_has_its_heading() -> None:
    hooks = re.findall(r"^## `(\w+)\(", (DOCS / "authors" / "hooks.md").read_text(), re.MULTILINE)
    assert hooks == [name for name, each in vars(hookspecs).items() if hasattr(each, "trastienda_spec")]
    names = re.findall(r"^## `(\w+)`$", (DOCS / "reference" / "public.md").read_text(), re.MULTILINE)
    assert sorted(names) == sorted(trastienda.__all__)


def test_what_has_no_words_is_refused() -> None:
    class Wordless:
        pass

    with pytest.raises(reference.Undocumented):
        reference.described(Wordless, "Wordless")


def test_links_between_the_pages_lead_somewhere() -> None:
    for path in DOCS.glob("*/*.md"):
        for link in re.findall(r"\]\((?!http)([^)#]+)", path.read_text()):
            assert (path.parent / link).exists(), f"{path.name}: {link}"
