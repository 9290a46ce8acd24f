"""Made-up requests after the description of the whole site, signed in as each role: no 500, every answer as described.

The run of every day asks each operation once rightly and once wrongly, by one of the roles, the next by the next.
`TRASTIENDA_FUZZ=20` asks all of them of every role, twenty times each.

Seen to catch: a report that reckons a day that there is not, a text compared with an id on PostgreSQL, a NUL in a
parameter on PostgreSQL.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from .stage import Stage

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: What would take the signed-in user's token, rights or company away in the midst of the run.
OWN_GROUND = r"^/api/v1/identity/.*(actions/|\{id\}$)"
DEPTH = int(os.environ.get("TRASTIENDA_FUZZ", "0"))
BOUNDED = settings(
    max_examples=max(DEPTH, 1), derandomize=not DEPTH, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def ask(stage: Stage, roles: Sequence[str], mode: GenerationMode) -> tuple[int, list[str]]:
    """How many operations were asked, by the roles in turn, and what was wrong."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", stage.app, headers={
        "Authorization": f"Bearer {stage.tokens['admin']}"})  # fmt: skip
    wrong: list[str] = []
    asked = 0
    for number, result in enumerate(schema.exclude(path_regex=OWN_GROUND).get_all_operations()):
        operation: Any = result.ok()
        headers = {"Authorization": f"Bearer {stage.tokens[roles[number % len(roles)]]}"}

        asked += 1
        try:
            with suppress(Unsatisfiable):  # an operation that takes nothing cannot be asked wrongly
                check(operation, mode, headers)
        except (Exception, BaseExceptionGroup) as error:
            wrong.append(f"{operation.method} {operation.path}: {error!r} {getattr(error, 'exceptions', '')}")
    return asked, wrong


def check(operation: Any, mode: GenerationMode, headers: Mapping[str, str]) -> None:
    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        case.headers = {**(case.headers or {}), **headers}
        case.call_and_validate(checks=CHECKS)

    one()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_as_described(own_stage: Stage, mode: GenerationMode) -> None:
    for roles in [[role] for role in own_stage.roles] if DEPTH else [own_stage.roles]:
        asked, wrong = ask(own_stage, roles, mode)
        assert wrong == []
        assert asked > 500
    assert own_stage.api("admin").get("/api/v1/contacts/parties").status_code == 200
