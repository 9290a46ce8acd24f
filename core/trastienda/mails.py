"""Mails whose words each company may change: what a plugin declares, what the words must hold to, and filling them."""
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, make_dataclass
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from .entities.settings_forms import CompiledSettings, SettingsForm, compile_settings, setting
from .languages import LANGUAGES, gettext, lazy_gettext, speaking
from .placeholders import Placeholder, faults_of, filled

if TYPE_CHECKING:
    from .work import Work

#: What these forms' names begin with, and the page that they are on.
PAGE = "mails"
LONGEST_SUBJECT, LONGEST_TEXT = 200, 10_000


class MailWords(NamedTuple):
    subject: str
    text: str


@dataclass(frozen=True)
class MailTemplate:
    """A mail in plain text that is sent by `mail.send-template/1`, and whose words an administrator may change.

    `name` is `<plugin>.<what>`. `subject` and `text` are the words as shipped, lazily translated, with `{places}` for
    the `values` and for `{company}`. A required value stands in every text that an administrator writes.
    """

    name: str
    subject: str
    text: str
    _: KW_ONLY
    label: str = ""
    values: Sequence[Placeholder] = ()

    @property
    def placeholders(self) -> list[Placeholder]:
        own = Placeholder("company", label=lazy_gettext("the company's name"), sample="Acme")
        return [*self.values, *([own] if "company" not in {each.name for each in self.values} else [])]

    def shipped(self, language: str) -> MailWords:
        with speaking(language):
            return MailWords(gettext(self.subject), gettext(self.text))

    def samples(self) -> dict[str, str]:
        """Values to look at, in the reader's language."""
        return {each.name: gettext(each.sample) if each.sample else each.name for each in self.placeholders}


# -- what the words must hold to
def subject_faults(template: MailTemplate, subject: str) -> Iterator[str]:
    if not subject.strip() or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        yield gettext("One line of 1 to %(most)s characters.", most=LONGEST_SUBJECT)
    optional = [Placeholder(each.name) for each in template.placeholders]
    yield from faults_of(subject, optional)


def text_faults(template: MailTemplate, text: str) -> Iterator[str]:
    if not text.strip() or len(text) > LONGEST_TEXT:
        yield gettext("From 1 to %(most)s characters.", most=LONGEST_TEXT)
    yield from faults_of(text, template.placeholders)


def declaration_faults(template: MailTemplate, plugin: str) -> Iterator[str]:
    """What is wrong with what a plugin declares."""
    if not template.name.startswith(f"{plugin.partition('+')[0]}."):
        yield "does not begin with the plugin's name and a dot"
    for language in LANGUAGES:
        words = template.shipped(language)
        for text in (*subject_faults(template, words.subject), *text_faults(template, words.text)):
            yield f"{text} ({language})"


def form_of(plugin: str, template: MailTemplate) -> CompiledSettings:
    """The settings by which a company changes the words, in each language."""
    members: list[Any] = []
    for language, spoken in LANGUAGES.items():
        words = template.shipped(language)
        members += [
            (f"subject_{language}", str, setting(words.subject, label=lazy_gettext("Subject"), help=spoken)),
            (f"text_{language}", Annotated[str, "longtext"],
             setting(words.text, label=lazy_gettext("Text"), help=spoken)),
        ]
    name = "".join(map(str.title, re.findall(r"[a-z0-9]+", template.name))) + "Mail"
    kind = make_dataclass(name, members, frozen=True, namespace={"__module__": __name__})

    def words_are_sound(values: Any) -> Iterator[tuple[str, str]]:
        for language in LANGUAGES:
            subject, text = f"subject_{language}", f"text_{language}"
            yield from ((subject, fault) for fault in subject_faults(template, getattr(values, subject)))
            yield from ((text, fault) for fault in text_faults(template, getattr(values, text)))

    form = SettingsForm(kind, label=template.label, rules=[words_are_sound], page=PAGE)
    return compile_settings(plugin, form, name=f"{PAGE}.{template.name}")


# -- filling them
def words_of(work: Work, template: MailTemplate, language: str) -> MailWords:
    """Those of the work's company."""
    held = work.settings(work.site.registry.settings[f"{PAGE}.{template.name}"].form.kind)
    chosen = language if language in LANGUAGES else "en"
    return MailWords(getattr(held, f"subject_{chosen}"), getattr(held, f"text_{chosen}"))


def written(template: MailTemplate, words: MailWords, values: Mapping[str, str]) -> MailWords:
    """The mail itself. A value is never taken for a template, and begins no header: of a subject it is one line."""
    flat = {name: " ".join(_plain(value).split()) for name, value in values.items()}
    subject = " ".join(filled(words.subject, flat).split())[:LONGEST_SUBJECT].strip() or gettext(template.label)
    return MailWords(subject, filled(words.text, {name: _plain(value) for name, value in values.items()}) + "\n")


def _plain(value: str) -> str:
    """Without control characters, but for line breaks and tabs."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign if sign.isprintable() or sign in "\n\t" else " " for sign in lines)
