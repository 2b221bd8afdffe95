"""The service with its real log, sent marked personal data in every place: `python -m tests.app.exhaust`.

It runs in a process of its own, because a log is set up once in the life of a process. Its log goes to
standard error as ever; every answer goes to standard output, one JSON object a line; and into the folder go
the metrics as they were given out, the traces as they were sent, and the marks that were only learnt on the
way: keys of records and tokens.
"""

import json
import re
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, NoReturn

import httpx
import uvicorn
from sqlalchemy.orm import Session

from app.installation import giving_out_metrics
from app.logs import set_up_logs
from app.main import create_app
from app.person import repository
from app.person import service as people
from app.server import options
from app.settings import Settings
from tests.app.collector import collector
from tests.app.service import Clock, new_service, plan_content

NAME, REFERENCE, BORN_ON = "Zebedee", "ZEBEDEE-1", "1999-12-31"
NHS = "9434765919"
"""Ten digits that could be an NHS number."""
MARKS = (NAME, REFERENCE, BORN_ON, "zebedee", "19991231", NHS)
JSON, CSV = {"Content-Type": "application/json"}, {"Content-Type": "text/csv"}

Sent = tuple[str, str, str, dict[str, Any]]


def requests() -> Iterator[Sent]:
    """What is sent: what it is, method, address and the rest. A good one comes first in each place."""
    child = {"reference": REFERENCE, "born_on": "2015-06-14", "team": "north"}
    yield "a person", "POST", "/v1/people", {"json": child}
    yield "the same reference", "POST", "/v1/people", {"json": child}
    for field in ("reference", "team", "born_on", "current_package_annual_pence"):
        yield f"a name as {field}", "POST", "/v1/people", {"json": {**child, field: f"{NAME} {BORN_ON}"}}
    yield "not JSON", "POST", "/v1/people", {"content": f"{{{NAME}".encode(), "headers": JSON}
    yield (
        "half of JSON",
        "POST",
        "/v1/people",
        {"content": f'{{"reference":"{NAME}'.encode(), "headers": JSON},
    )
    yield (
        "twice",
        "POST",
        "/v1/people",
        {
            "content": f'{{"team":"{NAME}","team":"{NAME}"}}'.encode(),
            "headers": JSON,
        },
    )
    yield "not text", "POST", "/v1/people", {"content": NAME.encode("utf-16"), "headers": JSON}
    yield "another kind", "POST", "/v1/people", {"content": NAME.encode(), "headers": {"Content-Type": NAME}}
    yield "as a method", NAME.upper(), "/v1/people", {}
    yield "in a query", "GET", f"/v1/people?reference={REFERENCE}", {}
    yield "in a query as a name", "GET", f"/v1/people?team={NAME}%20{BORN_ON}&cursor={NAME}&limit={NAME}", {}
    for address in (
        "/v1/people",
        "/v1/plans",
        "/v1/policies",
        "/v1/assessments",
        "",
        "/local-offer/v1",
        "/docs",
    ):
        yield "in an address", "GET", f"{address}/{NAME}-{BORN_ON}", {}
    yield "in a fragment of a method", "GET", f"/v1/people/{NAME}/monitoring/{REFERENCE}", {}
    for header in ("Authorization", "RAS-On-Behalf-Of", "Cookie", "User-Agent", "Referer", "Origin"):
        yield (
            f"in {header}",
            "GET",
            "/v1/people",
            {"headers": {header: f"Bearer {NAME}.{REFERENCE}.{BORN_ON}"}},
        )
    for header in ("X-Request-Id", "X-Forwarded-For", "Forwarded", "If-None-Match", "traceparent"):
        for mark in (NAME, REFERENCE, BORN_ON):
            yield f"in {header}", "GET", "/v1/people", {"headers": {header: mark}}
    for header in ("Idempotency-Key", "If-Match"):
        for mark in (REFERENCE, f"{NAME} {BORN_ON}"):
            yield f"in {header}", "POST", "/v1/people", {"json": child, "headers": {header: mark}}
    words = {"family_views": f"{NAME} was born on {BORN_ON}."}
    content = plan_content(words=words)
    tried = {"born_on": BORN_ON, "content": content, "effective_on": "2026-11-23"}
    yield "too old", "POST", "/v1/assessments:try", {"json": tried}
    yield "words", "POST", "/v1/assessments:try", {"json": {**tried, "born_on": "2015-06-14"}}
    wrong = {**content, "reference": NAME, "starts_on": f"{NAME} {BORN_ON}", "kind": NAME}
    yield "a wrong plan", "POST", "/v1/assessments:try", {"json": {**tried, "content": wrong}}
    file = f"reference,born_on,team\n{REFERENCE},{BORN_ON},north\n{NAME},{NAME},{NAME}\n"
    yield "a file", "POST", "/v1/imports/people", {"content": file.encode(), "headers": CSV}
    file = f"person_reference,household\n{REFERENCE}9,one-parent\n"
    yield "a file about nobody", "POST", "/v1/imports/monitoring", {"content": file.encode(), "headers": CSV}
    file = f'reference,born_on\n"{NAME}" x,{BORN_ON}\n'
    yield "a broken file", "POST", "/v1/imports/people", {"content": file.encode(), "headers": CSV}
    yield "a name in public", "POST", "/local-offer/v1/estimates", {"json": {"age": NAME, "needs": [NAME]}}


def story(client: httpx.Client) -> Iterator[tuple[str, httpx.Response]]:
    """What is kept: a child under a number, with free text in plan and finding, worked out and looked at."""
    words = {"family_views": f"{NAME}, born on {BORN_ON}, has the number {NHS}."}
    child = client.post("/v1/people", json={"reference": NHS, "born_on": "2015-06-14", "team": "north"})
    yield "a child", child
    body = {**plan_content(words=words, reference=f"{NAME.upper()}/1"), "person_id": child.json()["id"]}
    plan = client.post("/v1/plans", json=body, headers={"Idempotency-Key": NHS})
    yield "a plan", plan
    body = {"plan_id": plan.json()["id"], "plan_version": 1, "effective_on": "2026-11-23"}
    assessment = client.post("/v1/assessments", json=body)
    yield "an assessment", assessment
    yield "a replay", client.get(f"/v1/assessments/{assessment.json()['id']}/replay")
    yield "a statement", client.get(f"/v1/assessments/{assessment.json()['id']}/statement")
    found = {"kind": "consent", "outcome": "given", "recipient": "parent", "found_on": "2026-11-20"}
    body = {**found, "person_id": child.json()["id"], "notes": f"{NAME} ({NHS}) wants it so."}
    yield "a finding", client.post("/v1/findings", json=body)
    yield "by its reference", client.get(f"/v1/people?reference={NHS}")


@contextmanager
def broken() -> Iterator[None]:
    """Let the service fail in ways nobody foresaw, with errors that hold what was sent."""

    def boom(*_: object, **__: object) -> NoReturn:
        raise RuntimeError(f"{NAME} ({REFERENCE}), born on {BORN_ON}") from KeyError(NAME)

    def nobody(session: Session, reference: str) -> None:
        """Let the database be who finds that a reference is taken: its message says which."""

    listing, finding = people.list_people, repository.find_person_by_reference
    people.list_people, repository.find_person_by_reference = boom, nobody
    try:
        yield
    finally:
        people.list_people, repository.find_person_by_reference = listing, finding


def say(what: str, answer: httpx.Response) -> None:
    told = {"what": what, "status": answer.status_code, "body": answer.text}
    sys.stdout.write(json.dumps(told) + "\n")


@contextmanager
def serving(url: str, folder: Path, *, metrics_port: int) -> Iterator[str]:
    """The service under uvicorn, as `ras serve` runs it, on a free port, and all that comes out of it."""
    with collector() as there:
        settings = Settings(
            data_dir=folder,
            database_url=url,
            max_body_bytes=10_000,
            metrics_port=metrics_port,
            metrics_fresh_seconds=0,
            traces_endpoint=there.url,
        )
        app = create_app(settings, clock=Clock())
        taken = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, **options(settings)))
        thread = Thread(target=server.run, kwargs={"sockets": [taken]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            with giving_out_metrics(settings, app.state.metrics):
                yield f"http://127.0.0.1:{taken.getsockname()[1]}"
                answer = httpx.get(f"http://127.0.0.1:{metrics_port}/metrics")
        finally:
            server.should_exit = True
            thread.join()
    (folder / f"{metrics_port}.metrics").write_text(answer.raise_for_status().text)
    for number, body in enumerate(there.bodies):
        (folder / f"{metrics_port}-{number}.spans").write_bytes(body)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def main() -> None:
    """Send everything to the service on each database that is named."""
    set_up_logs("DEBUG")
    folder, *urls = Path(sys.argv[1]), *sys.argv[2:]
    learnt: list[str] = []
    for url in urls:
        with new_service(url, folder) as service:
            headers = dict(service.assessor.headers)
        learnt += headers["Authorization"].removeprefix("Bearer ").split(".")[1:]
        with (
            serving(url, folder, metrics_port=free_port()) as address,
            httpx.Client(base_url=address, headers=headers) as client,
        ):
            for what, method, path, more in requests():
                say(what, client.request(method, path, **more))
            for what, answer in story(client):
                say(what, answer.raise_for_status())
                learnt += re.findall(r'"id":"([0-9a-f-]{36})"', answer.text)
            with broken():
                say("a fault", client.get(f"/v1/people?reference={REFERENCE}"))
                child = {"reference": REFERENCE, "born_on": "2015-06-14", "team": "north"}
                say("a conflict", client.post("/v1/people", json=child))
            with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as raw:
                raw.sendall(f"{NAME} /{REFERENCE} HTTP/9.9\r\n{BORN_ON}\r\n\r\n".encode())
                raw.recv(1000)
    (folder / "learnt.json").write_text(json.dumps(sorted(set(learnt))))


if __name__ == "__main__":
    main()
