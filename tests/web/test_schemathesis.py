"""The whole reference tried out by schemathesis: no request makes the application fail, every answer is as it says.

Seeded and bounded, so that a run is the same each time. Requests come from the document alone, right ones and wrong
ones of each operation; half of them name a call, a client and so on that are there. Sent by tokens with every scope:
one of a quality lead who also looks after the installation, one of a rep.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from review.db import Database
from review.models import UserRole
from review.services.tokens import SCOPES, create_api_token
from tests.web.conftest import Crew

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")

EXAMPLES = 6  # requests of each operation, each sent by both
"""More find no more: the shapes are small, and there are some two hundred operations."""
BY_FILES = frozenset({"POST /api/v1/calls"})
"""Their forms hold files, of which the document cannot say enough; tests/web/test_api.py and tests/corpus send them."""


@pytest.fixture
def tokens(database: Database, crew: Crew) -> tuple[str, ...]:
    """Tokens with every scope: the lead's, the rep's."""
    with database.session() as db:
        db.add(UserRole(user_id=crew.users["quality_lead"], role="admin"))
        return tuple(
            create_api_token(db, crew.users[role], "everything", SCOPES).token for role in ("quality_lead", "rep")
        )


@pytest.fixture
def schema(app: Flask) -> Any:
    """The document as the application gives it."""
    app.config["RATELIMIT_ENABLED"] = False
    app.testing = False  # faults are answered as they are in production
    return schemathesis.openapi.from_wsgi("/openapi/openapi.json", app)


def requests_of(operation: Any, known: dict[str, int]) -> st.SearchStrategy[Any]:
    """Right requests, right ones that name what is there, and wrong ones."""
    mode = schemathesis.GenerationMode
    names = {one.name for one in operation.path_parameters}
    there = {name: known.get(name, 1) for name in names if name.endswith("_id")}
    kinds = [operation.as_strategy(mode.POSITIVE)]
    if there:
        kinds.append(operation.as_strategy(mode.POSITIVE, path_parameters=there))
    if operation.body or operation.query or operation.headers:
        kinds.append(operation.as_strategy(mode.NEGATIVE, **({"path_parameters": there} if there else {})))
    return st.one_of(kinds)


@pytest.mark.timeout(1200)
def test_every_operation_answers_as_the_reference_says(
    schema: Any, tokens: tuple[str, ...], scored_call: int, scored_client: int
) -> None:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    known = {"call_id": scored_call, "client_id": scored_client}
    faults = []
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.label in BY_FILES:
            continue

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        @given(case=requests_of(operation, known))
        def send(case: Any) -> None:
            for token in tokens:
                case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=checks)

        try:
            send()
        except Unsatisfiable:
            continue
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 (all faults at once say more than the first)
            faults.append(f"{operation.label}: {error}"[:1500])
    assert not faults, f"{len(faults)} operations\n\n" + "\n\n".join(faults)
