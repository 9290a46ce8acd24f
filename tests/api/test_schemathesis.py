"""Made-up requests after the description, signed in as each role: no 500, and every answer as described."""

from __future__ import annotations

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

from .conftest import USERS

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: What would take the signed-in user's token, rights or company away in the midst of the run.
OWN_GROUND = r"^/api/v1/identity/.*(actions/|\{id\}$)"
#: Requests of each kind to each operation; the same ones in every run.
BOUNDED = settings(
    max_examples=4, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("role", USERS)
def test_every_answer_is_as_described(api: Any, mode: GenerationMode, role: str) -> None:
    api.entry("R1")
    headers = {"Authorization": f"Bearer {api.secrets[role]}", "X-Company": "ACME"}
    app = api.client.application
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, headers=headers)
    schema = schema.exclude(path_regex=OWN_GROUND)
    seen = set()
    for result in schema.get_all_operations():
        operation = result.ok()

        @BOUNDED
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: Any) -> None:
            case.headers = {**(case.headers or {}), **headers}
            case.call_and_validate(checks=CHECKS)
            seen.add((case.method, case.path))

        with suppress(Unsatisfiable):  # an operation that takes nothing cannot be asked wrongly
            check()
    assert len(seen) > 30
    assert api.get("toy/accounts").status_code == 200
