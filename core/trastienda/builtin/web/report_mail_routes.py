"""A report that one has sent to oneself, from the report's page: as the entity that it is, where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ...entities import read, write
from ...entities.compiled import CompiledEntity
from ...entities.query import MAX_LIMIT, parse_query
from ...errors import Invalid, NotFound, Refusal
from ...languages import gettext as _
from ...reports.declarations import Report
from ...reports.run import find_report
from . import addresses
from .blueprint import go, visit, web
from .reports import taken
from .views.parts import Choice
from .views.reports import KeptMail, ReportMailing
from .visit import Visit

ENTITY = "delivery.report-mail"


def mailing_of(visitor: Visit, report: Report, given: Mapping[str, str]) -> ReportMailing | None:
    """The form by which it is asked for, and what was asked for; None where nobody is sent any."""
    entity = visitor.site.registry.entities.get(ENTITY)
    if entity is None or not visitor.may(entity, "create"):
        return None
    columns, address = entity.columns, addresses.report_mail(report.name)
    words = {"day": _("Every day"), "week": _("Every Monday"), "month": _("Every first day of a month")}
    return ReportMailing(
        address,
        _told(visitor, report, given),
        tuple(Choice(each, words[each], each == "month") for each in columns["every"].options),
        tuple(Choice(each, each.upper(), each == "pdf") for each in columns["format"].options),
        tuple(
            KeptMail(
                f"{words[item['every']]}, {item['format'].upper()}",
                visitor.reader.text(columns["next_on"], item["next_on"]),
                str(item["trouble"] or ""),
                addresses.record(entity, item["id"]),
                f"{address}/{item['id']}/stop",
            )
            for item in _own(visitor, entity, report)
        ),
    )


def _own(visitor: Visit, entity: CompiledEntity, report: Report) -> list[dict[str, Any]]:
    asked = [("report", report.name), ("owner.id", str(visitor.actor.user or 0)), ("limit", str(MAX_LIMIT))]
    query = parse_query(visitor.site, visitor.actor, entity, asked)
    return read.list_page(visitor.site, visitor.actor, visitor.company, entity, query).items


def _told(visitor: Visit, report: Report, given: Mapping[str, str]) -> str:
    """The parameters as doors take them; days of a period that has a name are left to that name."""
    found = {name: _plain(value) for name, value in taken(visitor, report, given).items()}
    if given.get("period"):
        found = {name: text for name, text in found.items() if name not in ("from", "to", "at", "on")}
        found["period"] = given["period"]
    return urlencode(found)


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@web.post("/reports/<name>/mail", endpoint="mail_report")
def have_it_sent(name: str) -> AnyResponse:
    visitor, form = visit(), request.form
    report, entity = find_report(visitor.site, name), _entity(visitor)
    parameters = form.get("parameters", "")
    values = {"report": report.name, "parameters": parameters, "every": form.get("every", ""),
              "format": form.get("format", "")}  # fmt: skip
    back = f"{addresses.report(report.name)}?{parameters}" if parameters else addresses.report(report.name)
    try:
        shaped = write.shape(visitor.site, visitor.actor, entity, values)
        visitor.site.write(visitor.actor, visitor.company, lambda work: write.create(work, entity, shaped))
    except (Invalid, Refusal) as error:
        texts = [_(text) for each in error.errors.values() for text in each]
        return go(back, refused=" ".join(texts))
    return go(back, _("It is on its way to your mailbox on its days."))


@web.post("/reports/<name>/mail/<int:identity>/stop", endpoint="stop_report_mail")
def stop(name: str, identity: int) -> AnyResponse:
    visitor = visit()
    report, entity = find_report(visitor.site, name), _entity(visitor)
    visitor.site.write(
        visitor.actor, visitor.company, lambda work: write.delete(work, entity, identity, version=None)
    )
    return go(addresses.report(report.name), _("It is no longer sent."))


def _entity(visitor: Visit) -> CompiledEntity:
    found = visitor.site.registry.entities.get(ENTITY)
    if found is None:
        raise NotFound(_("Reports are not sent by mail here."))
    return found
