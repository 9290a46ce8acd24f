"""Lists as somebody keeps them: filters, order and columns under a name, for oneself, a role or everybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl

import peewee

from ...entities.declarations import Fault
from ...entities.query import parse_query
from ...errors import BadQuery, Invalid
from ...languages import gettext
from ...security.actor import Actor
from ...storage.fields import ChoiceField
from ...storage.models import Record, User
from ...work import Work

#: What belongs to one page of a list, not to the list.
OF_A_PAGE = frozenset({"cursor", "limit", "count", "format"})
MOST_PARAMETERS = 100


class SavedView(Record):
    owner = peewee.ForeignKeyField(User, null=True, on_delete="CASCADE", verbose_name="Owner")
    entity = peewee.CharField(80, verbose_name="Of", help_text="The entity's name, such as contacts.party")
    name = peewee.CharField(80, verbose_name="Name")
    query = peewee.TextField(
        default="", verbose_name="Filters and order", help_text="As in the list's address: active=true&sort=-name"
    )
    columns = peewee.TextField(
        default="", verbose_name="Columns", help_text="Names with commas between; empty: those of the list"
    )
    shared_with = ChoiceField("me", "role", "everyone", default="me", verbose_name="Shared with")
    role = peewee.CharField(80, default="", verbose_name="Role", help_text="Where it is shared with one")
    is_default = peewee.BooleanField(default=False, verbose_name="Shown first")

    class Meta:
        table_name = "records_saved_view"
        indexes = ((("company", "entity", "owner", "name"), True),)


def own(actor: Actor) -> peewee.Node:
    """The views that an actor made: those that he may change."""
    found: peewee.Node = SavedView.owner == actor.user
    return found


def readable(actor: Actor) -> peewee.Node:
    """His own, and what is shared with him."""
    shared: peewee.Node = (
        (SavedView.owner == actor.user)
        | (SavedView.shared_with == "everyone")
        | ((SavedView.shared_with == "role") & SavedView.role.in_(sorted(actor.roles)))
    )
    return shared


def fits(view: SavedView) -> Iterator[Fault]:
    """What can be said of a view by itself."""
    if len(parse_qsl(view.query)) > MOST_PARAMETERS:
        yield Fault(SavedView.query, gettext("At most %(most)s parameters.", most=MOST_PARAMETERS))
    if (view.shared_with == "role") != bool(view.role):
        yield Fault(SavedView.role, gettext("Name a role if, and only if, the view is shared with one."))


def own_and_check(work: Work, view: SavedView) -> None:
    """A new view is its maker's."""
    view.__data__["owner"] = work.actor.user
    check(work, view)
    work.flush()


def check(work: Work, view: SavedView) -> None:
    """Raises Invalid for a view that its list would refuse to its maker."""
    entity = work.site.registry.entities.get(view.entity)
    if entity is None or not work.site.permissions.of(work.actor, entity.guard, "read"):
        raise Invalid({"entity": [gettext("There is no such list for you.")]})
    if view.role and view.role not in work.site.permissions.roles:
        raise Invalid({"role": [gettext("There is no role %(name)s.", name=view.role)]})
    parameters = parse_qsl(view.query, keep_blank_values=True)
    if unfit := sorted(OF_A_PAGE & {name for name, _text in parameters}):
        raise Invalid({"query": [gettext("%(name)s belongs to one page of a list.", name=unfit[0])]})
    for name, given in (("query", parameters), ("columns", [("fields", view.columns)])):
        try:
            parse_query(work.site, work.actor, entity, given)
        except BadQuery as error:
            raise Invalid({name: [str(error)]}) from error


def views_for(work: Work, entity: str) -> Sequence[SavedView]:
    """What the actor may choose from on a list: his own, then his roles', then everybody's, each by name."""
    query = work.select(SavedView).where(SavedView.entity == entity, readable(work.actor)).order_by(SavedView.name)
    rank = {"role": 1, "everyone": 2}
    user = work.actor.user
    return sorted(query, key=lambda view: 0 if view.__data__["owner"] == user else rank.get(view.shared_with, 2))


def default_view(views: Sequence[SavedView]) -> SavedView | None:
    """The nearest of those that want to be shown first."""
    return next((view for view in views if view.is_default), None)
