"""Every word of the pages is there in Spanish."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from .conftest import Desk
from .test_pages import texts

FOLDER = Path(str(files("trastienda.builtin.web")))
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]


def test_every_text_of_the_pages_has_a_spanish_one_with_the_same_values() -> None:
    with (FOLDER / "translations/es/LC_MESSAGES/messages.po").open("rb") as file:
        spanish = {message.id: message.string for message in read_po(file, locale="es") if message.id}
    said = {found[2] for found in extract_from_dir(FOLDER, METHODS, keywords={"_": None})}
    assert {text for text in said if not spanish.get(text)} == set()
    assert {text for text in said if _values(text) != _values(spanish[text])} == set()


def _values(text: str) -> list[str]:
    return sorted(part.partition(")")[0] for part in text.split("%(")[1:])


@pytest.mark.database("sqlite")
def test_a_page_speaks_the_language_of_its_reader(desk: Desk) -> None:
    spanish = desk.client(language="es").get("/books/entries").text
    assert '<html lang="es"' in spanish
    assert texts(spanish, r'<a class="btn btn-quiet" href="/books/entries/import">(.*?)</a>') == ["Importar"]
    assert texts(spanish, r'<div class="empty">\s*<p>(.*?)</p>') == ["Todavía no hay vouchers"]
