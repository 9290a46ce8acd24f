"""Every word that the plugin says is said in Spanish too."""

import re
from pathlib import Path

from babel.messages.pofile import read_po

import trastienda_contacts

PACKAGE = Path(trastienda_contacts.__file__).parent
TEXT = re.compile(r'(?:\b_\(|\b(?:label|plural|verbose_name|help_text)=)\s*"((?:[^"\\]|\\.)+)"')


def test_every_text_is_translated() -> None:
    with open(PACKAGE / "translations" / "es" / "LC_MESSAGES" / "messages.po", "rb") as file:
        translated = {message.id for message in read_po(file, locale="es") if message.id and message.string}
    texts = {text for path in PACKAGE.rglob("*.py") for text in TEXT.findall(path.read_text())}
    assert len(texts) > 40
    assert sorted(texts - translated) == []
