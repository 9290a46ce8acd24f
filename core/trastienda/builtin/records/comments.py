"""What people say about a record, with mentions of those who are to know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import peewee

from ...entities import read
from ...entities.settings_forms import setting
from ...errors import Forbidden, Invalid, NotFound, Refusal
from ...languages import gettext, within
from ...plugin import Disclosure, RecordAt
from ...security.audit import SHARED
from ...storage.models import Company, Row, SharedRecord, User
from ...storage.rows import fetch
from ...work import Work

LONGEST = 10_000
MOST_MENTIONS = 20
LONGEST_SUBJECT = 200
PAGE = 50
_MENTION = re.compile(r"(?<![\w.@])@([\w.-]{1,60})")


@dataclass(frozen=True)
class CommentLimits:
    """How long a comment may be changed or taken back by who wrote it."""

    minutes: int = setting(60, label="Minutes in which one's own comment may be changed", help="0: never")


def whole_minutes(limits: CommentLimits) -> Iterator[tuple[str, str]]:
    if not 0 <= limits.minutes <= 525_600:
        yield "minutes", gettext("From 0 to 525600.")


class Comment(Row):
    """On a company's record, or (without a company) on one that all share."""

    id = peewee.BigAutoField()
    company = peewee.ForeignKeyField(Company, null=True, on_delete="CASCADE")
    entity = peewee.CharField(80)
    record = peewee.BigIntegerField()
    text = peewee.TextField()
    mentions = peewee.TextField(default="", help_text="Names of users, with spaces between")
    user = peewee.ForeignKeyField(User, null=True, on_delete="SET NULL")
    by = peewee.CharField(120)
    at = peewee.DateTimeField()
    edited_at = peewee.DateTimeField(null=True)

    class Meta:
        table_name = "records_comment"
        indexes = ((("entity", "record", "id"), False),)


@dataclass(frozen=True)
class CommentItem:
    """As it is answered; `changeable` says whether the reader may still change it."""

    id: int
    text: str
    mentions: Sequence[str]
    by: str
    at: str
    edited_at: str | None
    changeable: bool


@dataclass(frozen=True)
class CommentList:
    """`next` is what `before` takes for the page after this one."""

    items: Sequence[CommentItem]
    next: int | None


def may_comment(work: Work, place: RecordAt) -> bool:
    """Who may do more than look on has a say: the permission is `comment`, and `update` has it in it."""
    return any(_reaches(work, place, verb) for verb in ("comment", "update"))


def _reaches(work: Work, place: RecordAt, verb: str) -> bool:
    permission = work.site.permissions.of(work.actor, place.entity.guard, verb)
    if not permission or permission.where is None:
        return bool(permission)
    model: Any = place.entity.model
    return bool(model.select(model.id).where(model.id == place.id, permission.where).exists())


def _require(work: Work, place: RecordAt) -> None:
    if not may_comment(work, place):
        raise Forbidden(gettext("%(actor)s may not %(verb)s %(on)s", actor=work.actor.name, verb="comment",
                                on=place.entity.guard))  # fmt: skip


def list_comments(work: Work, place: RecordAt, *, before: int | None = None) -> CommentList:
    """What was said about a record, newest first."""
    where, values = '"entity" = ? AND "record" = ?', [place.entity.name, place.id]
    if before is not None:
        where, values = f'{where} AND "id" < ?', [*values, before]
    rows = fetch(work.site.database, Comment, where, values, tail=f' ORDER BY "id" DESC LIMIT {PAGE + 1}')
    return CommentList([item_of(work, row) for row in rows[:PAGE]], rows[PAGE - 1].id if len(rows) > PAGE else None)


def item_of(work: Work, row: Comment) -> CommentItem:
    return CommentItem(
        row.id,
        row.text,
        row.mentions.split(),
        row.by,
        f"{row.at.isoformat()}Z",
        f"{row.edited_at.isoformat()}Z" if row.edited_at is not None else None,
        _changeable(work, row),
    )


def comment(work: Work, place: RecordAt, *, text: Annotated[str, "longtext"]) -> CommentItem:
    """Say something about a record."""
    _require(work, place)
    mentioned = _checked(work, place, text)
    row = Comment(
        company=_company(work, place), entity=place.entity.name, record=place.id, text=text, user=work.actor.user,
        mentions=" ".join(each.name for each in mentioned), by=work.actor.name, at=_moment(work), edited_at=None,
    )  # fmt: skip
    row.id = int(work.execute(Comment.insert(row.__data__)))
    _audit(work, place, "comment", row.id, None, text)
    _notify(work, place, row, mentioned)
    return item_of(work, row)


def change_comment(work: Work, place: RecordAt, *, comment: int, text: Annotated[str, "longtext"]) -> CommentItem:
    """Change a comment of one's own, while it is young."""
    _require(work, place)
    row = _own(work, place, comment)
    mentioned, known = _checked(work, place, text), set(row.mentions.split())
    before, row.text, row.edited_at = row.text, text, _moment(work)
    row.mentions = " ".join(each.name for each in mentioned)
    work.execute(Comment.update(text=text, mentions=row.mentions, edited_at=row.edited_at).where(Comment.id == row.id))
    _audit(work, place, "change-comment", row.id, before, text)
    _notify(work, place, row, [each for each in mentioned if each.name not in known])
    return item_of(work, row)


def remove_comment(work: Work, place: RecordAt, *, comment: int) -> None:
    """Take back a comment of one's own while it is young; whoever may moderate takes away any."""
    moderating = _reaches(work, place, "moderate")
    if not moderating:
        _require(work, place)
    row = _one(place, comment) if moderating else _own(work, place, comment)
    work.execute(Comment.delete().where(Comment.id == row.id))
    _audit(work, place, "remove-comment", row.id, row.text, None)


def drop_all(work: Work, record: SharedRecord) -> None:
    """With the record that they are about."""
    entity = work.site.registry.entity_of(record)
    work.execute(Comment.delete().where(Comment.entity == entity.name, Comment.record == record.id))


def disclose(work: Work, found: Disclosure) -> None:
    """For the person whom the record tells of."""
    rows = list(_of(RecordAt(work.site.registry.entities[found.entity], found.record)).order_by(Comment.id))
    if rows:
        found.parts["comments"] = [{"text": row.text, "by": row.by, "at": f"{row.at.isoformat()}Z"} for row in rows]


def readers_named(work: Work, place: RecordAt, text: str) -> Sequence[User]:
    """The users that a text mentions; raises Invalid for one who may not read the record. Other words are words."""
    names = list(dict.fromkeys(name.rstrip(".-") for name in _MENTION.findall(text)))
    if len(names) > MOST_MENTIONS:
        raise Invalid({"text": [gettext("At most %(most)s mentions.", most=MOST_MENTIONS)]})
    users = {user.name: user for user in _known_users(work, names)} if names else {}
    for user in users.values():
        if not _may_read(work, place, user):
            raise Invalid({"text": [gettext("%(user)s may not see this %(record)s.", user=user.name,
                                            record=within(place.entity.label))]})  # fmt: skip
    return [users[name] for name in names if name in users]


def _known_users(work: Work, names: Sequence[str]) -> Sequence[User]:
    """The active ones of these names that there are for the actor: another company's are words to him."""
    entity = work.site.registry.by_model.get(User)
    limit = work.site.permissions.within(work.actor, entity.guard) if entity is not None else None
    query = User.select().where(User.name.in_(names), User.active)
    return list(query if limit is None else query.where(limit))


def _may_read(work: Work, place: RecordAt, user: User) -> bool:
    try:
        actor = work.site.actor(user, work.company, via="mention")
        read.require_one(work.site.work(actor, work.company), place.entity, place.id, verb="read")
    except (Forbidden, NotFound):
        return False
    return True


def _checked(work: Work, place: RecordAt, text: str) -> Sequence[User]:
    if not text or len(text) > LONGEST:
        raise Invalid({"text": [gettext("From 1 to %(most)s characters.", most=LONGEST)]})
    return readers_named(work, place, text)


def _notify(work: Work, place: RecordAt, row: Comment, mentioned: Sequence[User]) -> None:
    """Through whatever notifies people here, if anything does; nobody is told of what he said himself."""
    others = [user for user in mentioned if user.id != work.actor.user]
    if not others or not work.site.offers("user.notify/1"):
        return
    about = f"{gettext(place.entity.label)} {place.key or place.id}"
    subject = gettext("%(who)s mentioned you: %(record)s", who=work.actor.name, record=about)[:LONGEST_SUBJECT]
    model: Any = place.entity.model
    for user in others:
        work.service("user.notify/1")(work, user=user, subject=subject, text=row.text,
                                      record=model.get_by_id(place.id))  # fmt: skip


def _of(place: RecordAt) -> peewee.ModelSelect[Comment]:
    return Comment.select().where(Comment.entity == place.entity.name, Comment.record == place.id)


def _one(place: RecordAt, identity: int) -> Comment:
    row: Comment | None = _of(place).where(Comment.id == identity).first()
    if row is None:
        raise NotFound(gettext("No comment %(key)s", key=identity))
    return row


def _own(work: Work, place: RecordAt, identity: int) -> Comment:
    row = _one(place, identity)
    if row.__data__["user"] != work.actor.user or work.actor.user is None:
        raise Forbidden(gettext("Only who wrote a comment may change it"))
    if not _changeable(work, row):
        raise Refusal(gettext("A comment may be changed within %(minutes)s minutes; write another one",
                              minutes=work.settings(CommentLimits).minutes))  # fmt: skip
    return row


def _changeable(work: Work, row: Comment) -> bool:
    until = row.at + timedelta(minutes=work.settings(CommentLimits).minutes)
    return row.__data__["user"] == work.actor.user is not None and _moment(work) < until


def _company(work: Work, place: RecordAt) -> int | None:
    return work.company.id if place.entity.scoped else None


def _moment(work: Work) -> datetime:
    return work.now.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _audit(work: Work, place: RecordAt, action: str, identity: int, before: str | None, after: str | None) -> None:
    work.audit.record(
        chain=_company(work, place) or SHARED, entity=place.entity.name, record=place.id, key=place.key,
        action=action, changes={f"comments.{identity}": [before, after]},
    )  # fmt: skip
