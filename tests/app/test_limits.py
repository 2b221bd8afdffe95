"""A body has a largest size, said or not; and who sends slowly or too much holds up nobody else (P15)."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from httpx2 import Response

from app.incoming import MOST_COMMAS, PUBLIC_BYTES
from app.main import create_app
from app.settings import Settings
from tests.app.hostile import faults
from tests.app.rows import row_counts
from tests.app.running import answer, begin, running
from tests.app.service import Person, Service, new_service

CHILD = {"reference": "EX-1", "born_on": "2015-06-14", "team": "north"}
MOST, MOST_OF_A_FILE = 2_000, 8_000
PATIENCE = 5
"""Seconds that others may wait at the very most; alone they wait a hundredth of that."""

Sending = Callable[[Person, str, bytes, str], Response]


@pytest.fixture
def limited(database_url: str, tmp_path: Path) -> Iterator[Service]:
    """A service that takes little at once."""
    with new_service(
        database_url, tmp_path, max_body_bytes=MOST, max_import_bytes=MOST_OF_A_FILE, max_import_rows=3
    ) as service:
        yield service


def at_once(who: Person, path: str, body: bytes, kind: str) -> Response:
    """With its length said first."""
    return who.post(path, content=body, headers={"Content-Type": kind})


def in_pieces(who: Person, path: str, body: bytes, kind: str) -> Response:
    """Without a word of its length."""
    pieces = (body[n : n + 100] for n in range(0, len(body), 100))
    return who.post(path, content=pieces, headers={"Content-Type": kind})


@pytest.mark.parametrize("sending", [at_once, in_pieces])
def test_a_body_may_be_so_large_and_no_larger(limited: Service, sending: Sending) -> None:
    before = row_counts(limited)
    json_body = json.dumps(CHILD).encode()
    file = b"reference,born_on,team\n" + b"EX-2,2015-06-14,north\n"
    answers = {"age": 11, "needs": []}
    public = json.dumps(answers).encode()
    places = [
        ("/v1/people", json_body, "application/json", MOST, 201),
        ("/v1/imports/people", file, "text/csv", MOST_OF_A_FILE, 201),
        ("/local-offer/v1/estimates", public, "application/json", PUBLIC_BYTES, 409),
    ]
    full = [
        (path, body + (most - len(body)) * b"\n", kind, status) for path, body, kind, most, status in places
    ]
    for path, body, kind, _ in full:
        refused = sending(limited.assessor, path, body + b"\n", kind)
        assert (refused.status_code, refused.json()["code"], faults(refused)) == (413, "body-too-large", [])
    assert row_counts(limited) == before
    for path, body, kind, status in full:
        assert sending(limited.assessor, path, body, kind).status_code == status


def test_a_length_that_is_no_number_or_a_huge_one_is_refused(limited: Service) -> None:
    for length in ("9" * 5_000, str(2**63), "99999999999999999999"):
        headers = {"Content-Type": "application/json", "Content-Length": length}
        refused = limited.assessor.send("POST", "/v1/people", content=b"{}", headers=headers)
        assert (refused.status_code, faults(refused)) == (413, [])


def test_a_file_may_have_so_many_rows_and_so_many_problems(limited: Service) -> None:
    csv = {"Content-Type": "text/csv"}
    rows = [f"EX-{n},2015-06-14,north\n" for n in range(4)]
    header = "reference,born_on,team\n"
    for body, kind in (
        (header + "".join(rows), "too-many-rows"),
        ("a,b,c,d\n1,2,3,4\n", "missing"),
    ):
        refused = limited.assessor.post("/v1/imports/people?keep=good-rows", content=body, headers=csv)
        assert (refused.status_code, faults(refused)) == (422, [])
        assert refused.json()["problems"][0]["code"] == kind
    assert row_counts(limited)["person"] == 0


def test_more_values_than_any_document_has_are_refused_before_they_are_read(service: Service) -> None:
    body = b"[" + MOST_COMMAS * b"1," + b"1, 1]"
    before = time.perf_counter()
    refused = service.assessor.post("/v1/people", content=body, headers={"Content-Type": "application/json"})
    assert (refused.status_code, faults(refused)) == (400, [])
    assert [problem["code"] for problem in refused.json()["problems"]] == ["too-many-values"]
    assert time.perf_counter() - before < PATIENCE


@pytest.fixture
def address(service: Service, tmp_path: Path) -> Iterator[str]:
    """The same service, really running."""
    settings = Settings(data_dir=tmp_path, database_url=service.app.state.settings.database_url)
    app = create_app(settings, clock=service.clock)
    with running(app) as found:
        yield found


def test_slow_senders_hold_up_nobody(service: Service, address: str) -> None:
    body = json.dumps({**CHILD, "reference": "EX-SLOW"}).encode()
    headers = {
        "Authorization": service.assessor.headers["Authorization"],
        "Content_Type": "application/json",
        "Content_Length": str(len(body)),
    }
    with ExitStack() as stack:
        slow = [stack.enter_context(begin(address, "POST", "/v1/people", **headers)) for _ in range(40)]
        for connection in slow:
            connection.sendall(body[:10])

        with httpx.Client(base_url=address, headers=dict(service.assessor.headers)) as quick:
            before = time.perf_counter()
            for number in range(10):
                added = quick.post("/v1/people", json={**CHILD, "reference": f"EX-{number}"})
                assert added.status_code == 201
                assert quick.get("/v1/people").status_code == 200
                assert quick.get("/livez").status_code == 200
            assert time.perf_counter() - before < PATIENCE

        service.clock.now += timedelta(minutes=30)
        slow[0].sendall(body[10:])
        told = answer(slow[0])
        assert "201 Created" in told
        assert service.clock.now.strftime("%Y-%m-%dT%H:%M") in told, "the moment is when it was kept"
    # The others have gone away in the middle of a word.
    assert row_counts(service)["person"] == 11
    with httpx.Client(base_url=address, headers=dict(service.assessor.headers)) as quick:
        assert quick.post("/v1/people", json={**CHILD, "reference": "EX-LAST"}).status_code == 201


def test_too_much_is_refused_before_it_has_come(service: Service, address: str) -> None:
    headers = {
        "Authorization": service.assessor.headers["Authorization"],
        "Content_Type": "application/json",
        "Content_Length": str(10**9),
    }
    told = answer(begin(address, "POST", "/v1/people", **headers))
    assert "413" in told.partition("\r\n")[0]
    assert '"code":"body-too-large"' in told
    assert "x-request-id" in told.lower()


def test_somebody_without_a_token_is_not_listened_to(service: Service, address: str) -> None:
    headers = {"Content_Type": "text/csv", "Content_Length": "1000000"}
    told = answer(begin(address, "POST", "/v1/imports/people", **headers))
    assert "401" in told.partition("\r\n")[0]
    assert row_counts(service)["person"] == 0


def test_hard_bodies_hold_up_nobody(service: Service, address: str) -> None:
    hard = b'{"needs": [' + (MOST_COMMAS - 1) * b"1," + b"1]}"
    with httpx.Client(base_url=address, headers=dict(service.assessor.headers), timeout=60) as client:
        assert (
            client.post("/v1/plans", content=hard, headers={"Content-Type": "application/json"}).status_code
            == 422
        )
    with ExitStack() as stack:
        for _ in range(4):
            connection = begin(
                address,
                "POST",
                "/v1/plans",
                Authorization=service.assessor.headers["Authorization"],
                Content_Type="application/json",
                Content_Length=str(len(hard)),
            )
            stack.enter_context(connection).sendall(hard)
        before = time.perf_counter()
        assert httpx.get(f"{address}/livez", timeout=60).status_code == 200
        assert time.perf_counter() - before < 2 * PATIENCE
