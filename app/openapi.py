"""The description of the API (OpenAPI 3.1), made from the code and kept in `openapi/`.

FastAPI writes most of it. Added here: who may use each operation and with which headers, the
problem documents each can answer, and an example of every request and answer, recorded from the
service itself.
"""

import json
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.access import ACCESS, Rule
from app.idempotency import KEY_PATTERN
from app.problems import MEDIA_TYPE, ProblemDocument

TITLE = "Resource Allocation System for personal budgets"
DESCRIPTION = """\
A support plan in, an explained indicative personal budget out, kept and recomputable to the byte.

Money is whole pence, and a field's name says its period. Days are London days, `YYYY-MM-DD`.
Errors are problem documents (RFC 9457); each lists everything that is wrong and says what to do.

A policy that says it is illustrative is no council's, and neither are its figures.
"""

STALE = {"revise_policy", "approve_policy", "publish_policy", "withdraw_policy", "revise_person"}
STALE |= {"settle_request", "add_plan_version", "add_decision"}
STALE |= {"issue_notice", "serve_notice", "withdraw_notice"}
STALE |= {"acknowledge_reconsideration", "answer_reconsideration", "serve_answer"}
"""Operations that change a record's state, and so need `If-Match`."""

ALWAYS = (400, 408, 422, 429, 503)


class Described(FastAPI):
    """An application that describes itself."""

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        if not self.openapi_schema:
            self.openapi_schema = describe(self)
        return self.openapi_schema


def describe(app: FastAPI) -> dict[str, Any]:
    """The description of an application's API."""
    made: dict[str, Any] = get_openapi(
        title=TITLE,
        version=version("ras"),
        openapi_version="3.1.0",
        description=DESCRIPTION,
        license_info={"name": "MIT", "identifier": "MIT"},
        routes=app.routes,
    )
    schemas = made["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["ProblemDocument"] = problem
    made["components"]["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A token of the identity provider; `ras token` prints one for one's own machine.",
        }
    }
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            _complete(operation, path=path, method=method)
    return made


def _complete(operation: dict[str, Any], *, path: str, method: str) -> None:
    name = operation["operationId"]
    rule = ACCESS[name]
    statuses = set(ALWAYS)
    if rule.scope is not None:
        statuses |= {401, 403}
        operation["security"] = [{"token": []}]
        operation["description"] += "\n\n" + _who(rule)
        operation.setdefault("parameters", []).extend(_headers(name, rule))
    if "{" in path or rule.keeps or name == "preview_decision":
        statuses.add(404)
    if method != "get":
        statuses |= {409, 413, 415}
    if rule.keeps:
        statuses.add(410)  # the answer kept under the key was about somebody who is erased
    if name in STALE:
        statuses |= {412, 428}
    if name in {"get_policy_in_force", "get_local_offer_policy", "get_answer_letter", "get_hand_over"}:
        statuses.add(409)
    for status in sorted(statuses):
        operation["responses"][str(status)] = {
            "description": "A problem, and what to do.",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
        }
    example = examples().get(name)
    if example is not None:
        _add_example(operation, example)


def _who(rule: Rule) -> str:
    roles = ", ".join(sorted(rule.roles))
    return f"**Who**: {roles}. A system client acting for one of them needs the scope `{rule.scope}`."


def _headers(name: str, rule: Rule) -> list[dict[str, Any]]:
    headers = [
        _header(
            "RAS-On-Behalf-Of",
            "For a system client: the user it acts for. Nobody else may send it.",
            {"type": "string", "minLength": 1, "maxLength": 200},
        )
    ]
    if rule.keeps:
        headers.append(
            _header(
                "Idempotency-Key",
                "Names this request, so that repeating it has one effect. A system client must send it.",
                {"type": "string", "pattern": KEY_PATTERN},
            )
        )
    if name in STALE:
        headers.append(
            _header(
                "If-Match", "The ETag of the state the change starts from.", {"type": "string"}, required=True
            )
        )
    return headers


def _header(name: str, description: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


@cache
def examples() -> dict[str, Any]:
    """An example request and answer for each operation, as the journey in the tests recorded them."""
    kept = files("app") / "examples.json"
    found: dict[str, Any] = json.loads(kept.read_text()) if kept.is_file() else {}
    return found


def _short(body: Any) -> Any:
    """An answer with a policy's document, which is long, left to the request that drafted it."""
    if isinstance(body, dict) and "document" in body:
        return {**body, "document": {"...": "the whole document, as in POST /v1/policies"}}
    return body


def _add_example(operation: dict[str, Any], example: dict[str, Any]) -> None:
    request, response = example["request"], example["response"]
    if "body" in request and "requestBody" in operation:
        for content in operation["requestBody"]["content"].values():
            content["example"] = (
                request["body"] if operation["operationId"] == "draft_policy" else _short(request["body"])
            )
    answers = operation["responses"].get(str(response["status"]), {}).get("content", {})
    if response["content_type"] in answers:
        answers[response["content_type"]]["example"] = _short(response["body"])
    for parameter in operation.get("parameters", ()):
        given = request["parameters"].get(parameter["name"])
        if given is not None:
            parameter["example"] = given
