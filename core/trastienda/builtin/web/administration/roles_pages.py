"""What roles there are, copies of them to change, and what somebody may do and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from ....entities import read
from ....entities.declarations import Role
from ....entities.query import parse_query
from ....errors import Forbidden, Invalid, NotFound, Refusal
from ....languages import gettext as _
from ....security.actor import Actor
from ....security.rights import Rights, rights_of
from ....security.stored_roles import copied
from ....security.vocabulary import vocabulary
from ....storage.models import StoredRole, User
from ....storage.rows import fetch
from .. import addresses
from ..blueprint import go, show, visit, web
from ..views.fields import FieldView
from ..views.parts import Cell, Choice, Column, Link, Row
from ..visit import Visit
from . import permission_words as words
from . import places

ROLES, USERS = "identity.role", "identity.user"


@dataclass(frozen=True)
class RoleView:
    name: str
    label: str
    grants: tuple[Row, ...]
    url: str = ""


@dataclass(frozen=True)
class RolesView:
    shipped: tuple[RoleView, ...]
    own: tuple[Link, ...]
    columns: tuple[Column, ...]
    legend: Sequence[tuple[str, str]] = ()
    new_url: str = ""
    wrong: str = ""


@dataclass(frozen=True)
class RightsView:
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    hidden_columns: tuple[Column, ...]
    hidden: tuple[Row, ...]
    legend: Sequence[tuple[str, str]] = ()
    choose: FieldView | None = None


@web.get(places.ROLES, endpoint="roles")
def roles_page() -> Response:
    return _roles(visit())


@web.post(places.ROLES)
def copy_role() -> Response | AnyResponse:
    """A role of one's own that begins as a copy of a shipped one."""
    visitor = visit()
    visitor.site.permissions.require(visitor.actor, ROLES, "create")
    role = visitor.site.permissions.roles.get(request.form.get("copy", ""))
    if role is None:
        raise NotFound(_("There is no such role"))
    known = vocabulary(visitor.site.registry)
    made = StoredRole(name=request.form.get("name", "").strip())
    try:
        visitor.site.write(visitor.actor, visitor.company, lambda work: work.add(made, copied(role, known)))
    except (Invalid, Refusal) as error:
        return _roles(visitor, wrong=str(error), status=error.status)
    return go(addresses.record(visitor.site.registry.entities[ROLES], made.id), _("Saved."))


def _roles(visitor: Visit, *, wrong: str = "", status: int = 200) -> Response:
    visitor.site.permissions.require(visitor.actor, ROLES, "read")
    entity = visitor.site.registry.entities[ROLES]
    query = parse_query(visitor.site, visitor.actor, entity, [("fields", "id,name,label"), ("limit", "200")])
    own = read.list_page(visitor.site, visitor.actor, visitor.company, entity, query).items
    view = RolesView(
        tuple(_shown(visitor, role) for _name, role in sorted(visitor.site.permissions.roles.items())),
        tuple(Link(each["label"] or each["name"], addresses.record(entity, each["id"])) for each in own),
        (Column("on", _("What")), Column("verbs", _("May")), Column("rows", _("Rows"))),
        words.legend(),
        addresses.new(entity) if visitor.may(entity, "create") else "",
        wrong,
    )
    return show("administration/roles", view, status=status, visitor=visitor)


def _shown(visitor: Visit, role: Role) -> RoleView:
    rows = tuple(
        Row("", (Cell(words.thing(visitor, grant.on)), Cell(words.verbs(visitor, grant.on, grant.verbs)),
                 Cell(_("Some") if grant.where else _("All"))))
        for grant in role.grants
    )
    return RoleView(role.name, words.role_label(visitor, role.name), rows)


@web.get(places.RIGHTS, endpoint="rights")
def rights_page() -> Response:
    visitor = visit()
    visitor.site.permissions.require(visitor.actor, "identity.rights", "run")
    users = _users(visitor)
    chosen = request.args.get("user", "")
    user = next((each for each in users if str(each["id"]) == chosen), None)
    choices = tuple(Choice(str(each["id"]), each["name"], str(each["id"]) == chosen) for each in users)
    choose = FieldView("user", _("User"), "choice", chosen, choices=(Choice("", ""), *choices))
    if user is None:
        nobody = RightsView(_("What may who do?"), (), (), (), (), choose=choose)
        return show("administration/rights", nobody, visitor=visitor)
    actor = _actor_of(visitor, user["id"])
    view = _rights(visitor, actor, _("What may %(user)s do?", user=user["name"]), choose)
    return show("administration/rights", view, visitor=visitor)


@web.get(places.MY_RIGHTS, endpoint="my_rights")
def my_rights_page() -> Response:
    visitor = visit()
    return show("administration/rights", _rights(visitor, visitor.actor, _("What may I do?")), visitor=visitor)


def _users(visitor: Visit) -> Sequence[dict[str, Any]]:
    entity = visitor.site.registry.entities[USERS]
    asked = [("fields", "id,name"), ("active", "true"), ("limit", "200"), ("sort", "name")]
    query = parse_query(visitor.site, visitor.actor, entity, asked)
    return read.list_page(visitor.site, visitor.actor, visitor.company, entity, query).items


def _actor_of(visitor: Visit, user: int) -> Actor:
    """As he would act here; nobody without a role."""
    (found,) = fetch(visitor.site.database, User, '"id" = ?', [user])
    try:
        return visitor.site.actor(found, visitor.company, via="web")
    except Forbidden:
        return Actor(user=found.id, name=found.name)


def _rights(visitor: Visit, actor: Actor, title: str, choose: FieldView | None = None) -> RightsView:
    found = rights_of(visitor.site, actor)
    return RightsView(
        title,
        (Column("on", _("What")), Column("verb", _("May")), Column("rows", _("Rows")), Column("why", _("By the role"))),
        tuple(_right_rows(visitor, found)),
        (Column("on", _("What")), Column("column", _("Column")), Column("needs", _("Needs"))),
        tuple(
            Row("", (Cell(words.thing(visitor, on)), Cell(_column_label(visitor, on, name)),
                     Cell(words.verbs(visitor, on, [verb]))))
            for on, columns in found.hidden.items()
            for name, verb in columns.items()
        ),
        words.legend(),
        choose,
    )


def _column_label(visitor: Visit, entity: str, column: str) -> str:
    return _(visitor.site.registry.entities[entity].columns[column].label)


def _right_rows(visitor: Visit, found: Rights) -> Iterator[Row]:
    """Verbs with the same grounds share a row."""
    shared: dict[tuple[str, tuple[tuple[str, str], ...]], list[str]] = {}
    for right in found.rights:
        grounds = tuple((ground.role, ground.rows) for ground in right.grounds)
        shared.setdefault((right.on, grounds), []).append(right.verb)
    for (on, grounds), verbs in shared.items():
        everything = any(not rows for _role, rows in grounds)
        rows = _("All") if everything else "; ".join(dict.fromkeys(words.rows(rows) for _role, rows in grounds))
        roles = ", ".join(dict.fromkeys(words.role_label(visitor, role) for role, _rows in grounds))
        cells = (Cell(words.thing(visitor, on)), Cell(words.verbs(visitor, on, verbs)), Cell(rows), Cell(roles))
        yield Row("", cells)
