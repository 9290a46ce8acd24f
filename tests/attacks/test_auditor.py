"""The auditor reads everywhere and changes nothing: he presses every button that he is shown, and what differs in the
database afterwards is his own."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from trastienda import User

from .stage import TRACES, Stage, user_name
from .visitor import Visitor

pytestmark = pytest.mark.database("sqlite")

#: What is everybody's own, with the column that says whose it is: sessions and second factor, views, what is mailed to
#: him, what he remarks on a record that he may read, and what the log says that he did.
OWN = {
    "core_user": "id", "core_audit": "user_id", "core_job": "requested_by_id",
    "identity_second_factor": "user_id", "identity_recovery_code": "user_id",
    "delivery_notification": "user_id", "delivery_report_mail": "owner_id", "records_comment": "author_id",
    "records_saved_view": "owner_id", "records_mapping": "owner_id", "web_seen": "user_id",
}  # fmt: skip


def rows(stage: Stage) -> dict[str, Counter[Any]]:
    found = {}
    for name in stage.site.database.get_tables():
        cursor = stage.site.database.execute_sql(f'SELECT * FROM "{name}"')
        names = [each[0] for each in cursor.description]
        found[name] = Counter(tuple(zip(names, map(repr, row), strict=True)) for row in cursor.fetchall())
    return found


def test_whatever_he_presses_nothing_but_his_own_is_written(own_stage: Stage) -> None:
    with own_stage.site.active():
        me = repr(User.get(User.name == user_name("auditor")).id)
        before = rows(own_stage)
    visitor = Visitor("auditor", own_stage.web("auditor"))
    visitor.look_around()
    today = str(own_stage.site.today(own_stage.site.company("ACME")))
    visitor.look_closer(own_stage.api("auditor"), own_stage.site.registry.entities.values(), today)
    assert len(visitor.pressed) > 20, sorted(visitor.pressed)
    with own_stage.site.active():
        after = rows(own_stage)
    strange = [(name, dict(row)) for name in after.keys() - TRACES
               for row in (*(after[name] - before[name]), *(before[name] - after[name]))
               if dict(row).get(OWN.get(name, "")) != me]
    assert strange == []
