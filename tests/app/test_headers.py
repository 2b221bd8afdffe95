"""Every answer carries the safe headers: of every operation, of every kind, whether good or refused."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from fastapi.routing import iter_route_contexts
from httpx2 import Headers, Response
from sqlalchemy.exc import OperationalError

from app.access import ACCESS
from app.demonstration.load import STAFF
from app.incoming import JSON
from app.openapi import describe
from tests.app.journey import tell
from tests.app.service import Person, Service, new_service, template_of

ELSEWHERE = "https://elsewhere.example"
"""Every request says that it comes from this website."""
NOBODY = str(UUID(int=0))
PUBLIC = "/local-offer/"
ASKS_FOR_MORE = {"get_payable", "get_policy_changes"}
"""Without their query they say so, before they say that nothing is there."""
KEPT_BY_CACHES = "/local-offer/v1/policy"
"""The one answer that caches may keep: it is published."""

EXACTLY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}
SHUT = ("camera", "geolocation", "microphone", "payment", "usb")
NONE = ["'none'"]


@dataclass(frozen=True)
class Answer:
    """An answer, and what it answers."""

    method: str
    path: str
    status: int
    headers: Headers

    @classmethod
    def of(cls, response: Response) -> "Answer":
        request = response.request
        return cls(request.method, request.url.path, response.status_code, response.headers)

    @property
    def kind(self) -> str:
        return str(self.headers.get("content-type", "")).partition(";")[0]


def policy_of(headers: Headers) -> dict[str, list[str]]:
    """A Content-Security-Policy by directive."""
    parts = [part.split() for part in headers["content-security-policy"].split(";")]
    assert len({name for name, *_ in parts}) == len(parts), "the second of a kind would be ignored"
    return {name: sources for name, *sources in parts}


def faults(answer: Answer) -> Iterator[str]:
    """What is wrong with the headers of an answer."""
    headers = answer.headers
    for name, value in EXACTLY.items():
        if headers.get_list(name) != [value]:
            yield f"{name}: {headers.get_list(name)}"
    years = re.fullmatch(r"max-age=(\d+); includeSubDomains", headers.get("strict-transport-security", ""))
    if not years or int(years[1]) < 365 * 24 * 60 * 60:
        yield "HTTPS is not remembered for a year"
    shut = headers.get("permissions-policy", "").split(", ")
    yield from (f"{feature} is open" for feature in SHUT if f"{feature}=()" not in shut)
    if not headers.get("x-request-id"):
        yield "no request id"
    for name in ("server", "x-powered-by", "set-cookie"):
        if name in headers:
            yield f"{name}: {headers[name]}"
    yield from faults_of_policy(answer)
    yield from faults_between_origins(answer)
    yield from faults_of_kind(answer)
    is_published = answer.path == KEPT_BY_CACHES and answer.status in {200, 304}
    if headers.get("cache-control") != ("public, max-age=300" if is_published else "no-store"):
        yield f"cache-control: {headers.get('cache-control')}"


def faults_of_policy(answer: Answer) -> Iterator[str]:
    policy = policy_of(answer.headers)
    for name in ("default-src", "base-uri", "form-action", "frame-ancestors"):
        if policy.pop(name, []) != NONE:
            yield f"{name} is open"
    is_docs = answer.path == "/docs"
    allowed = (
        {"script-src": ["'self'"], "style-src": ["'self'"], "connect-src": ["'self'"]} if is_docs else {}
    )
    for name, sources in policy.items():
        hashes = [source for source in sources if re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", source)]
        is_ours = name == "style-src" and sources == hashes and not is_docs
        if not (is_ours or sources == allowed.get(name) or (name, sources) == ("img-src", ["data:"])):
            yield f"{name} lets in {sources}"


def faults_between_origins(answer: Answer) -> Iterator[str]:
    headers, is_public = answer.headers, answer.path.startswith(PUBLIC)
    if headers.get("cross-origin-resource-policy") != ("cross-origin" if is_public else "same-origin"):
        yield f"cross-origin-resource-policy: {headers.get('cross-origin-resource-policy')}"
    if headers.get("access-control-allow-origin") != ("*" if is_public else None):
        yield f"access-control-allow-origin: {headers.get('access-control-allow-origin')}"
    if "access-control-allow-credentials" in headers:
        yield "credentials of other origins"


def faults_of_kind(answer: Answer) -> Iterator[str]:
    """Text says how it is written; what is opened by another program is saved under a name of ours."""
    named = answer.headers.get("content-disposition")
    content_type = answer.headers.get("content-type", "")
    if content_type.startswith("text/") and not content_type.endswith("; charset=utf-8"):
        yield f"content-type: {content_type}"
    is_file = answer.kind in {"text/csv", "text/calendar"}
    if is_file and not re.fullmatch(r'attachment; filename="[a-z0-9-]+\.(csv|ics)"', named or ""):
        yield f"content-disposition: {named}"
    if named and not is_file:
        yield f"a page that is saved: {named}"


def all_faults(answers: list[Answer]) -> list[str]:
    return sorted(
        {
            f"{answer.method} {answer.path} {answer.status} {answer.kind}: {fault}"
            for answer in answers
            for fault in faults(answer)
        }
    )


def someone_for(service: Service, operation: str) -> Person:
    """Somebody who may use an operation."""
    rule = ACCESS[operation]
    if rule.scope is None:
        return service.public
    return service.acting_as(next(who for who, (role, _) in STAFF.items() if role in rule.roles))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, list[Answer]]]:
    """The whole story, told from another website, with every answer in it."""
    folder = tmp_path_factory.mktemp("headers")
    url = f"sqlite:///{folder / 'ras.db'}"
    template_of(url, with_policy=False)
    with new_service(url, folder) as service:
        answers: list[Answer] = []
        service.client.headers["Origin"] = ELSEWHERE
        service.client.event_hooks["response"] = [lambda response: answers.append(Answer.of(response))]
        heard = tell(service)
        for operation, forms in (
            ("get_statement", ("html", "text")),
            ("get_decision_letter", ("html", "text", "json")),
            ("get_notice_document", ("html", "text", "json")),
            ("get_answer_letter", ("html", "text", "json")),
            ("get_subject_access", ("html", "json")),
            ("get_commitments", ("csv", "json")),
        ):
            for form in forms:
                path = heard[operation]["request"]["path"]
                answer = someone_for(service, operation).get(path, params={"format": form})
                assert answer.is_success, answer.text
        for path in ("/docs", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/docs/start.js"):
            assert service.public.get(path).is_success
        assert service.public.get("/openapi.json").is_success
        yield service, answers


def operation_of(service: Service, answer: Answer) -> str | None:
    return next(
        (
            route.name
            for route in iter_route_contexts(service.app.routes)
            if route.path_regex.match(answer.path) and answer.method in (route.methods or ())
        ),
        None,
    )


def test_every_operation_that_goes_well_answers_with_safe_headers(told: tuple[Service, list[Answer]]) -> None:
    service, answers = told
    went_well = [answer for answer in answers if answer.status < HTTPStatus.MULTIPLE_CHOICES]
    assert {operation_of(service, answer) for answer in went_well} >= set(ACCESS)
    assert {answer.kind for answer in went_well} >= {
        *("application/json", "text/html", "text/plain", "text/csv", "text/calendar"),
        *("text/css", "text/javascript"),
    }
    assert all_faults(answers) == []


@pytest.fixture(scope="module")
def operations(told: tuple[Service, list[Answer]]) -> list[tuple[str, str, str]]:
    """Every operation's name, method and an address where nothing is."""
    parts = {"version": "1", "name": "start.js"}
    described = [
        (operation["operationId"], method.upper(), path)
        for path, methods in describe(told[0].app)["paths"].items()
        for method, operation in methods.items()
    ]
    return [
        (name, method, re.sub(r"\{(\w+)\}", lambda part: parts.get(part[1], NOBODY), path))
        for name, method, path in [
            *described,
            ("docs", "GET", "/docs"),
            ("docs_asset", "GET", "/docs/{name}"),
        ]
    ]


def refused(
    service: Service, operations: list[tuple[str, str, str]], *, with_token: bool = True, **more: Any
) -> list[Answer]:
    """The answers of operations to a request with something wrong with it."""
    return [
        Answer.of((someone_for(service, name) if with_token else service.public).send(method, path, **more))
        for name, method, path in operations
    ]


def test_every_refusal_carries_safe_headers(
    told: tuple[Service, list[Answer]], operations: list[tuple[str, str, str]]
) -> None:
    service, _ = told
    private = [each for each in operations if ACCESS[each[0]].scope]
    writing = [each for each in operations if each[1] in {"POST", "PUT"}]
    about_one = [each for each in private if NOBODY in each[2] and each[1] == "GET"]
    send = partial(refused, service)
    text = {"Content-Type": "text/plain"}
    huge = {"Content-Type": JSON, "Content-Length": "999999999"}
    for status, answers in {
        401: send(private, with_token=False),
        404: send([each for each in about_one if each[0] not in ASKS_FOR_MORE]),
        405: send([(name, "TRACE", path) for name, _, path in operations]),
        413: send(writing, content=b"{}", headers=huge),
        415: send(writing, content=b"x", headers=text),
        422: send(operations, params={"not-a-parameter": "1"}),
    }.items():
        assert [f"{each.method} {each.path}" for each in answers if each.status != status] == []
        assert len(answers) > 20
        assert {answer.kind for answer in answers} == {"application/problem+json"}
        assert all_faults(answers) == []


@pytest.mark.parametrize(
    ("error", "status"),
    [(RuntimeError("unforeseen"), 500), (OperationalError("", {}, Exception()), 503)],
    ids=["a fault", "no database"],
)
def test_what_goes_wrong_inside_is_answered_with_safe_headers(
    told: tuple[Service, list[Answer]],
    operations: list[tuple[str, str, str]],
    error: Exception,
    status: int,
) -> None:
    service, _ = told
    private = [each for each in operations if ACCESS[each[0]].scope]

    def broken() -> None:
        raise error

    state, clock = service.app.state, service.clock
    state.clock = broken
    try:
        answers = refused(service, private)
    finally:
        state.clock = clock
    assert {answer.status for answer in answers} == {status}
    assert all_faults(answers) == []


def test_what_another_website_asks_before_it_asks_carries_safe_headers(
    told: tuple[Service, list[Answer]],
) -> None:
    service, _ = told
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    answers = [
        Answer.of(service.public.send("OPTIONS", path, headers=asks))
        for path in ("/local-offer/v1/estimates", "/v1/people", "/docs", "/nothing-here")
    ]
    assert [answer.status for answer in answers] == [200, 405, 405, 404]
    assert all_faults(answers[1:]) == []
    allowed = answers[0].headers
    assert allowed["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in allowed
    assert allowed["cross-origin-resource-policy"] == "cross-origin"


def test_an_answer_that_has_not_changed_carries_safe_headers(told: tuple[Service, list[Answer]]) -> None:
    service, _ = told
    known = service.public.get(KEPT_BY_CACHES).headers["ETag"]
    answer = Answer.of(service.public.get(KEPT_BY_CACHES, headers={"If-None-Match": known}))
    assert answer.status == HTTPStatus.NOT_MODIFIED
    assert all_faults([answer]) == []
