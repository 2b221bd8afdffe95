"""No request that can be made from the API's description gets an answer that is not in it.

Schemathesis makes the requests: right ones and wrong ones, for every operation, on a database in
which the story of `tests.app.journey` has just been told, so that addresses and ETags are real.
"""

import os
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import strategies as st
from schemathesis import AuthContext, Case, GenerationMode, HookContext
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.schemas import BaseSchema

from app.access import ACCESS, Role
from app.main import create_app
from app.openapi import describe
from app.settings import Settings
from app.tokens import LocalKeys
from tests.app.journey import Story
from tests.app.service import NOW, Clock, Ids
from tests.figures import Figure

SEED = 20140901
PHASES = ("examples", "coverage", "fuzzing", "stateful")
MORE = int(os.environ.get("EXAMPLES", "0"))
EXAMPLES = {"sqlite": MORE or 30, "postgresql": MORE or 10}
WHO = {
    Role.ASSESSOR: "demo-assessor",
    Role.POLICY_LEAD: "demo-second-policy-lead",
    Role.TEAM_MANAGER: "demo-team-manager",
    Role.PARTNER: "demo-partner",
    Role.FINANCE: "demo-finance",
}
"""Who sends the requests: an operation is for one or more of these roles, and the first sends it."""

# Days the service takes: of all days of a calendar, three in a hundred would fit the pattern as well.
schemathesis.openapi.format("date", st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(date.isoformat))

CHECKS = {
    # By default 503 is let pass in places; here nothing above 499 is.
    "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx"]},
    "negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428]},
    # A right request can come at the wrong moment, be about nobody, or be refused by a rule that
    # JSON Schema cannot say, such as the order of two days.
    "positive_data_acceptance": {
        "expected-statuses": ["2xx", 304, 400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 428]
    },
    # RFC 6585: a change without If-Match is 428.
    "missing_required_header": {"expected-statuses": [400, 401, 403, 415, 422, 428]},
}
ANY_TEXT_IS_A_FILE = {
    "include-path-regex": "^/v1/imports/",
    # What is made to violate "a text" is sent as a text all the same: `null`, a file without rows.
    "checks": {"negative_data_rejection": {"enabled": False}},
}
DOCUMENTS = ["draft_policy", "revise_policy"]
FEW_DOCUMENTS = {"include-operation-id": DOCUMENTS, "generation": {"max-examples": 4}}
"""To make up a whole policy takes Schemathesis a second."""
DOCUMENTS_ONCE = {
    "include-operation-id": "revise_policy",
    "phases": {"coverage": {"enabled": False}, "fuzzing": {"enabled": bool(MORE)}},
}
"""The documents that `draft_policy` is sent already; to make four up for another takes a minute."""
SOME_DOCUMENTS = 1 if MORE else 8
"""There are ten thousand ways to write one rule of a policy, or to write it wrong: one in so many is sent,
and all of them where more is asked for. Of every other operation each is sent."""
NO_DOCUMENTS = {
    "include-operation-id": DOCUMENTS,
    "phases": {"coverage": {"enabled": False}, "fuzzing": {"enabled": False}},
}
"""On the second database: a document's shape is checked before any database is asked."""
OPERATIONS = {
    "sqlite": [ANY_TEXT_IS_A_FILE, FEW_DOCUMENTS, DOCUMENTS_ONCE],
    "postgresql": [ANY_TEXT_IS_A_FILE, NO_DOCUMENTS],
}


HOW: dict[str, dict[str, Any]] = {
    "sqlite": {},
    # On the second database, of each way to be right; the wrong ones are refused before it is asked.
    "postgresql": {"coverage": {"generation": {"mode": "positive"}}},
}


def config(*, kind: str, phase: str) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "cache": {"enabled": False},
            # How long it takes to make a request up says nothing of the service.
            "suppress-health-check": ["too_slow", "filter_too_much", "data_too_large"],
            "continue-on-failure": True,
            "generation": {
                "deterministic": True,
                "database": "none",
                "max-examples": EXAMPLES[kind],
                "with-security-parameters": False,  # tokens are below
            },
            "phases": {name: {"enabled": name == phase, **HOW[kind].get(name, {})} for name in PHASES},
            "checks": CHECKS,
            "operations": OPERATIONS[kind],
        }
    )


def description(app: FastAPI) -> dict[str, Any]:
    """The description, without the header that only systems may send: these requests are people's."""
    described = describe(app)
    for operations in described["paths"].values():
        for operation in operations.values():
            given = operation.get("parameters", [])
            operation["parameters"] = [each for each in given if each["name"] != "RAS-On-Behalf-Of"]
    return described


def schema_of(app: FastAPI, folder: Path, *, kind: str, phase: str) -> BaseSchema:
    schema = schemathesis.openapi.from_dict(description(app), config=config(kind=kind, phase=phase))
    schema.app = app
    keys = LocalKeys(folder)
    tokens = {
        role: keys.issue(subject, audience="ras", now=NOW, lasts=timedelta(hours=1))
        for role, subject in WHO.items()
    }

    @schema.auth(refresh_interval=None)
    class Token:
        """A token of somebody whose role may use the operation."""

        def get(self, _case: Case[Any], context: AuthContext) -> str | None:
            rule = ACCESS[context.operation.definition.raw["operationId"]]
            return next((token for role, token in tokens.items() if role in rule.roles), None)

        def set(self, case: Case[Any], token: str | None, _context: AuthContext) -> None:
            if token is None:
                return
            case.headers["Authorization"] = f"Bearer {token}"
            is_right = case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE
            if is_right and "If-Match" in case.headers:
                # A change gets no further than this unless it starts from the record's present state.
                case.headers["If-Match"] = etag_of(schema, case) or case.headers["If-Match"]

    documents = count()

    @schema.hook
    def filter_case(context: HookContext, _case: Case[Any]) -> bool:
        """Whether a request is sent: see SOME_DOCUMENTS."""
        operation = context.operation
        is_one_of_many = (
            phase == "coverage"
            and operation is not None
            and operation.definition.raw["operationId"] == "draft_policy"
        )
        return not is_one_of_many or next(documents) % SOME_DOCUMENTS == 0

    return schema


def etag_of(schema: BaseSchema, case: Case[Any]) -> str | None:
    """The present ETag of the record that a request is about."""
    if "}" in case.path:
        path, about = case.path[: case.path.index("}") + 1], case.path_parameters
    else:  # a decision is about the budget of the person it names
        body = case.body if isinstance(case.body, dict) else {}
        path, about = "/v1/budgets/{person_id}", {"person_id": str(body.get("person_id"))}
    headers = {"Authorization": case.headers["Authorization"]}
    found = schema[path]["GET"].Case(path_parameters=about, headers=headers).call().headers.get("etag")
    return found[0] if found else None


def told(schema: BaseSchema) -> tuple[set[str], int, list[str]]:
    """The operations that were asked, how often, and what was answered otherwise, with how to repeat it."""
    asked: set[str] = set()
    requests, failures = 0, []
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            if event.recorder.interactions:
                asked.add(event.recorder.label)
                requests += len(event.recorder.interactions)
            for check in (each for checks in event.recorder.checks.values() for each in checks):
                if check.failure_info:
                    failure, repeat = check.failure_info.failure, check.failure_info.code_sample
                    failures.append(f"{event.recorder.label}: {failure.title}\n{failure.message}\n{repeat}")
        elif isinstance(event, events.NonFatalError):
            failures.append(f"{event.label}: {event.value}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    return asked, requests, failures


@pytest.mark.parametrize("phase", PHASES)
def test_every_answer_is_described(story: Story, phase: str, tmp_path: Path, figure: Figure) -> None:
    kind = story.url.partition(":")[0].partition("+")[0]
    settings = Settings(
        data_dir=tmp_path, database_url=story.url, rate_per_client="", rate_per_address="", busy_seconds=30
    )
    app = create_app(settings, clock=Clock(), make_id=Ids(count=10_000))
    print(f"seed {SEED}")  # noqa: T201  pytest shows it where the test fails

    asked, requests, failures = told(schema_of(app, tmp_path, kind=kind, phase=phase))

    assert not failures, f"seed {SEED}, {len(failures)} failures:\n\n" + "\n\n".join(failures[:20])
    assert asked
    figure(f"fuzzed requests, {phase} phase, {kind}", requests)
    if (kind, phase) == ("sqlite", "coverage"):
        every = {
            f"{method.upper()} {path}"
            for path, operations in describe(app)["paths"].items()
            for method in operations
        }
        assert every - asked == {"PUT /v1/policies/{policy_id}"}, "see DOCUMENTS_ONCE"
        figure("operations fuzzed", len(every))
