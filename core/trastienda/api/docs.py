"""The API's description as plain pages: no script, nothing from elsewhere."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template

from ..errors import NotFound
from ..languages import gettext
from .context import caller
from .openapi import document

blueprint = Blueprint("docs", __name__, url_prefix="/api/docs", template_folder="templates", static_folder="static")
METHODS = ("get", "post", "patch", "put", "delete")


@blueprint.get("")
def index() -> Response:
    """What the API is, and its operations by subject."""
    described = _document()
    return _page("docs/index.html", described, operations=operations_by_tag(described))


@blueprint.get("/subjects/<tag>")
def subject(tag: str) -> Response:
    """The operations of one entity, or of what else belongs together."""
    described = _document()
    found = operations_by_tag(described).get(tag)
    if found is None:
        raise NotFound(gettext("The API has no subject %(name)s", name=tag))
    return _page("docs/subject.html", described, tag=tag, operations=found)


@blueprint.get("/schemas/<name>")
def schema(name: str) -> Response:
    """One schema, field by field."""
    described = _document()
    found = described["components"]["schemas"].get(name)
    if found is None:
        raise NotFound(gettext("The API has no schema %(name)s", name=name))
    return _page("docs/schema.html", described, name=name, schema=found)


def _document() -> dict[str, Any]:
    return document(caller().site)


def _page(template: str, described: dict[str, Any], **values: Any) -> Response:
    def look_up(value: Any) -> Any:
        return resolve(described, value)

    return make_response(
        render_template(template, document=described, resolve=look_up, type_of=type_of, ref_name=ref_name, **values)
    )


def operations_by_tag(described: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Each operation with its method, its path and the parameters of its path, in the order of the tags."""
    found: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in described["tags"]}
    for path, item in described["paths"].items():
        for method in METHODS:
            if (operation := item.get(method)) is not None:
                given = [*item.get("parameters", ()), *operation.get("parameters", ())]
                found[operation["tags"][0]].append(
                    {**operation, "method": method.upper(), "path": path, "parameters": given}
                )
    return found


def resolve(described: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """What a reference stands for; anything else as it is."""
    if "$ref" not in value:
        return value
    _, _, kind, name = value["$ref"].split("/")
    found: dict[str, Any] = described["components"][kind][name]
    return found


def ref_name(schema: dict[str, Any]) -> str:
    """The name of the schema that is referred to, here or as one of two whose other is null; else nothing."""
    inner = [schema, *schema.get("anyOf", ()), *schema.get("allOf", ())]
    return next((str(each["$ref"].rpartition("/")[2]) for each in inner if "$ref" in each), "")


def type_of(schema: dict[str, Any]) -> str:
    """A schema's type in a few words: `string (date) or null`, `list of ...`."""
    if name := ref_name(schema):
        nullable = {"type": "null"} in schema.get("anyOf", ())
        return f"{name} or null" if nullable else name
    kinds = schema.get("type", "any value")
    words = [kinds] if isinstance(kinds, str) else list(kinds)
    if "array" in words:
        words[words.index("array")] = f"list of {type_of(schema.get('items', {}))}"
    if "format" in schema:
        words[0] = f"{words[0]} ({schema['format']})"
    return " or ".join(words)
