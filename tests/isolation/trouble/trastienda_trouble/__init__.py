"""A plugin that misbehaves on demand, in each place where the core calls a plugin's code."""

import os
import time
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from flask import Blueprint, Request, request
from peewee import CharField, fn

from trastienda import (
    Action,
    AfterCommit,
    Check,
    Computed,
    Entity,
    Fault,
    Figure,
    Format,
    Grant,
    Identity,
    InTransaction,
    Job,
    Panel,
    Plugin,
    Record,
    Report,
    Role,
    Route,
    Service,
    Site,
    StateField,
    Transition,
    Work,
    created,
    entered,
)

HANG_SECONDS = float(os.environ.get("TROUBLE_HANG_SECONDS", "0"))


def misbehave(how: str, wrong: object = None) -> Any:
    """`how` is error, exit, hang, type (the wrong one is returned) or anything else: then it behaves."""
    match how:
        case "error":
            raise KeyError("a secret detail")
        case "exit":
            raise SystemExit(3)
        case "hang":
            time.sleep(HANG_SECONDS)
        case "type":
            return wrong
    return None


class Thing(Record):
    code = CharField(60)
    state = StateField("open", "closed")

    class Meta:
        indexes = ((("company", "code"), True),)


def rule(thing: Thing) -> Iterable[Fault]:
    place, _, how = thing.code.partition(" ")
    return misbehave(how, wrong=7) or [] if place == "rule" else []


def subscriber(work: Work, thing: Thing) -> None:
    place, _, how = thing.code.partition(" ")
    if place == "subscriber":
        misbehave(how)


def afterwards(work: Work, thing: Thing) -> None:
    place, _, how = thing.code.partition(" ")
    if place == "afterwards":
        misbehave(how)


def chore(work: Work, *, how: str = "") -> object:
    return misbehave(how, wrong={1: object()})


def on_close(work: Work, thing: Thing) -> None:
    if thing.code.startswith("closing"):
        misbehave(thing.code.partition(" ")[2])


def act(work: Work, thing: Thing, *, how: str = "") -> None:
    misbehave(how)


def poke(work: Work, *, how: str = "") -> object:
    return misbehave(how, wrong={1: object()})


class ReportRow(NamedTuple):
    code: str
    number: int


def report(work: Work, *, how: str = "", late: str = "") -> Iterator[ReportRow]:
    yield misbehave(how, wrong=ReportRow("a", "b")) or ReportRow("a", 1)  # type: ignore[arg-type]
    if late == "short":
        yield ("only one",)  # type: ignore[misc]
    misbehave(late)


def render(table: Any, language: str) -> bytes:
    how = str(table.parameters.get("late", "")).removeprefix("f-")
    return misbehave(how, wrong="text") or b"rendered"


def authenticate(asked: Request, site: Site) -> Identity | None:
    answer: Identity | None = misbehave(asked.headers.get("X-Trouble", ""), wrong="somebody")
    return answer


def check(work: Work) -> list[str]:
    return misbehave(os.environ.get("TROUBLE_CHECK", ""), wrong="a text") or []


def startup(site: Site) -> None:
    misbehave(os.environ.get("TROUBLE_STARTUP", ""))


def panel(work: Work, thing: Thing) -> list[Figure]:
    place, _, how = thing.code.partition(" ")
    return misbehave(how, wrong=["no part"]) or [] if place == "panel" else []


def serve(work: Work, *, how: str) -> None:
    misbehave(how)


service = Service("trouble.serve/1", serve)


def through(work: Work, *, how: str = "") -> dict[str, str]:
    work.service("trouble.serve/1")(work, how=how)
    return {}


def filtered(actor: Any) -> Any:
    return Thing.code != misbehave("error")


pages = Blueprint("trouble", __name__)


@pages.get("/trouble/page")
def page() -> str:
    return misbehave(request.args.get("how", ""), wrong=7) or "a page"


plugin = Plugin(
    "trouble",
    entities=[
        Entity("trouble.thing", Thing, key=Thing.code, rules=[rule],
               computed=[Computed("share", 100 / (fn.LENGTH(Thing.code) - 41), like=Thing.version)],
               actions=[Action("act", act), Transition("close", "open", "closed", on_close)]),
    ],
    routes=[Route("poke", poke, permission="trouble.poke"), Route("through", through, permission="trouble.poke"),
            pages],
    services=[service],
    panels=[Panel("trouble.panel", panel, on="trouble.thing", permission="trouble.thing")],
    reports=[Report("trouble.report", report, row=ReportRow)],
    formats=[Format("odd", "text/plain", render)],
    subscribers=[InTransaction(created(Thing), subscriber), InTransaction(entered(Thing, "closed"), subscriber),
                 AfterCommit(created(Thing), afterwards)],
    jobs=[Job("trouble.chore", chore, on_request=True)],
    roles=[Role("trouble.filtered", [Grant("trouble.thing", where=filtered)])],
    checks=[Check("quiet", check)],
    on_startup=startup,
    authenticator=authenticate,
)  # fmt: skip
