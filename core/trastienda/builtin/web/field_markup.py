"""Fields of forms as HTML, made without templates: a record with lines has hundreds of them.

A field's label, help and error are tied to its control by id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup, escape

from ...languages import gettext as _
from .icons import icon
from .markup import cell
from .views.fields import FieldView, Section
from .views.parts import Choice

INPUTS = {"date": "date", "datetime": "datetime-local", "password": "password", "file": "file"}


def control(field: FieldView, label: str = "") -> Markup:
    """The input alone; `label` where nothing else on the page names it."""
    return Markup(_CONTROLS.get(field.kind, _input)(field, _attributes(field, label)))


def _attributes(field: FieldView, label: str) -> str:
    identity = escape(field.id)
    parts = [f'id="{identity}" name="{escape(field.name)}"']
    if label:
        parts.append(f'aria-label="{escape(label)}"')
    if field.errors:
        parts.append('aria-invalid="true"')
    if described := field.described_by:
        parts.append(f'aria-describedby="{escape(described)}"')
    if field.required:
        parts.append("required")
    if field.autofocus:
        parts.append("autofocus")
    return " ".join(parts)


def _invalid(field: FieldView) -> str:
    return " is-invalid" if field.errors else ""


def _longest(field: FieldView) -> str:
    return f' maxlength="{field.max_length}"' if field.max_length else ""


def _box(field: FieldView, attributes: str) -> str:
    checked = " checked" if field.value == "true" else ""
    return f'<input type="checkbox" class="form-check-input{_invalid(field)}" value="true" {attributes}{checked}>'


def _area(field: FieldView, attributes: str) -> str:
    """The line break after the tag is HTML's own: without it a value's first one would be lost."""
    opening = f'<textarea class="form-control{_invalid(field)}" rows="3" {attributes}{_longest(field)}>'
    return f"{opening}\n{escape(field.value)}</textarea>"


def _select(field: FieldView, attributes: str) -> str:
    multiple = " multiple" if field.kind == "choices" else ""
    opening = f'<select class="form-select{_invalid(field)}" {attributes}{multiple}>'
    return f"{opening}{options(field.choices)}</select>"


def options(choices: Sequence[Choice]) -> Markup:
    return Markup(
        "".join(
            f'<option value="{escape(each.value)}"{" selected" if each.chosen else ""}>{escape(each.label)}</option>'
            for each in choices
        )
    )


def _lookup(field: FieldView, attributes: str) -> str:
    found = field.lookup
    if found is None:
        return _input(field, attributes)
    create = (
        f' data-create="{escape(found.create_url)}" data-create-label="{escape(_("Create"))}"'
        if found.create_url
        else ""
    )
    none = escape(_("Nothing found"))
    return (
        f'<span class="lookup" data-lookup="{escape(found.search_url)}" data-none="{none}"{create}>'
        f'<input type="text" class="form-control{_invalid(field)}" value="{escape(field.value)}" {attributes} '
        'autocomplete="off" spellcheck="false">'
        f'<span class="lookup-label" data-lookup-label>{escape(found.label)}</span></span>'
    )


def _input(field: FieldView, attributes: str) -> str:
    kind = INPUTS.get(field.kind, "text")
    figure = field.figure
    parts = [
        f'<input type="{kind}" class="form-control{" num" if figure else ""}{_invalid(field)}" {attributes}',
        f' value="{escape(field.value)}"' if kind != "file" else "",
        f' inputmode="{"numeric" if field.kind in ("integer", "bigint") else "decimal"}"' if figure else "",
        _longest(field),
        f' accept="{escape(field.accept)}"' if field.accept else "",
        f' autocomplete="{field.autocomplete}">',
    ]
    return "".join(parts)


_CONTROLS: dict[str, Callable[[FieldView, str], str]] = {
    "boolean": _box,
    "longtext": _area,
    "json": _area,
    "choice": _select,
    "choices": _select,
    "state": _select,
    "ref": _lookup,
}


# -- with its words around it
def field_errors(field: FieldView) -> Markup:
    if not field.errors:
        return Markup()
    said = escape(" ".join(field.errors))
    return Markup(f'<p class="error" id="{escape(field.id)}-error">{icon("exclamation-circle-fill")}{said}</p>')


def _after(field: FieldView) -> str:
    helped = f'<p class="help" id="{escape(field.id)}-help">{escape(field.help)}</p>' if field.help else ""
    return f"{helped}{field_errors(field)}"


def field_markup(field: FieldView) -> Markup:
    if field.kind == "hidden":
        return Markup(f'<input type="hidden" name="{escape(field.name)}" value="{escape(field.value)}">')
    if field.readonly:
        return reading(field)
    label = f'<label for="{escape(field.id)}">{escape(field.label)}'
    if field.kind == "boolean":
        check = f'<div class="check">{control(field)}{label}</label></div>'
        return Markup(f'<div class="field field-bool">{check}{_after(field)}</div>')
    star = (
        f'<span class="required" title="{escape(_("Required"))}" aria-hidden="true">*</span>' if field.required else ""
    )
    made = str(control(field))
    if field.unit:
        made = f'<span class="with-unit">{made}<span class="unit">{escape(field.unit)}</span></span>'
    return Markup(f'<div class="{_classes(field, "field")}">{label}{star}</label>{made}{_after(field)}</div>')


def _classes(field: FieldView, first: str) -> str:
    return f"{first} field-{field.kind}{' field-wide' if field.wide else ''}"


def reading(field: FieldView) -> Markup:
    """The field as it is read."""
    shown = field.cell
    said = cell(shown) if shown.text or shown.mark else '<span class="nothing">—</span>'
    classes = _classes(field, "field reading")
    return Markup(f'<dl class="{classes}"><dt>{escape(field.label)}</dt><dd>{said}</dd></dl>')


def sections_markup(sections: Sequence[Section]) -> Markup:
    parts: list[str] = []
    for section in sections:
        label = escape(section.label)
        heading = f"<h2>{label}</h2>" if section.label and len(sections) > 1 else ""
        named = f' aria-label="{label}"' if section.label else ""
        fields = "".join(map(field_markup, section.fields))
        parts.append(f'<section class="section"{named}>{heading}<div class="fields">{fields}</div></section>')
    return Markup("".join(parts))
