"""How often somebody may ask, and how long: 429, 408, and nobody else is kept waiting (P15)."""

import asyncio
import json
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any

import httpx
import pytest
from httpx2 import Response

from app import server
from app.access import ACCESS
from app.errors import DatabaseBusy, TooManyRequests
from app.main import create_app
from app.patience import MOST_WAITING, Line
from app.rates import Rates
from app.settings import Settings
from ras.policy.checker import check_policy
from tests.app.hostile import faults
from tests.app.running import answer, begin, running
from tests.app.service import Person, Service, new_service, policy_document
from tests.app.test_local_offer import ANSWERS

CHILD = {"reference": "EX-1", "born_on": "2015-06-14", "team": "north"}
ESTIMATES = "/local-offer/v1/estimates"
PATIENCE = 20
"""Seconds after which something will never happen."""


@pytest.fixture
def limited(database_url: str, tmp_path: Path) -> Iterator[Service]:
    """A service that may be asked little."""
    with new_service(
        database_url, tmp_path, rate_per_client="5/minute", rate_per_address="3/minute"
    ) as service:
        yield service


def refused(told: Response, *, limit: str) -> bool:
    """Whether this is a whole answer to somebody who asked too much."""
    if told.status_code != 429:
        return False
    assert faults(told) == []
    assert (told.json()["code"], told.json()["detail"]) == (
        "too-many-requests",
        f"There were more than {limit}.",
    )
    assert 1 <= int(told.headers["Retry-After"]) <= 60
    return True


def test_a_client_may_ask_so_often_and_another_is_not_held_to_it(limited: Service) -> None:
    for _ in range(5):
        assert limited.assessor.get("/v1/me").status_code == 200
    assert refused(limited.assessor.get("/v1/me"), limit="5 per 1 minute")
    assert refused(limited.assessor.post("/v1/people", CHILD), limit="5 per 1 minute")

    manager = limited.acting_as("demo-team-manager")
    assert manager.get("/v1/me").status_code == 200
    people = manager.get("/v1/people").json()["items"]
    assert people == [], "what was refused was not done"


def test_a_system_is_counted_as_one_whoever_it_acts_for(limited: Service) -> None:
    users = ["demo-assessor", "demo-team-manager", "demo-finance", "demo-assessor", "demo-auditor"]
    for user in users:
        assert limited.acting_as("demo-case-system", on_behalf_of=user).get("/v1/me").status_code == 200
    told = limited.acting_as("demo-case-system", on_behalf_of="demo-partner").get("/v1/me")
    assert refused(told, limit="5 per 1 minute")
    assert limited.assessor.get("/v1/me").status_code == 200, "who signs in alone is not the system"


def test_without_a_token_an_address_is_counted(limited: Service) -> None:
    asked = [
        limited.public.post(ESTIMATES, ANSWERS),
        limited.public.get("/local-offer/v1/policy"),
        limited.public.get("/version"),
    ]
    assert [each.status_code for each in asked] == [200, 200, 200]
    assert refused(limited.public.post(ESTIMATES, ANSWERS), limit="3 per 1 minute")
    assert refused(limited.public.get("/docs"), limit="3 per 1 minute")
    assert refused(limited.public.get("/calendars/guessed.ics"), limit="3 per 1 minute")
    assert limited.assessor.get("/v1/me").status_code == 200, "who has a token is not the public"


def test_tokens_that_are_no_good_are_counted_by_address_and_shut_nobody_out(limited: Service) -> None:
    forged = Person(limited.client, {"Authorization": "Bearer e30.e30.e30"})
    assert [forged.get("/v1/people").status_code for _ in range(3)] == [401, 401, 401]
    assert refused(forged.get("/v1/people"), limit="3 per 1 minute")
    assert refused(limited.public.get("/v1/people"), limit="3 per 1 minute")
    assert limited.assessor.get("/v1/people").status_code == 200


def test_who_watches_over_the_service_is_never_told_to_come_later(limited: Service) -> None:
    for path in ("/livez", "/readyz"):
        assert {limited.public.get(path).status_code for _ in range(10)} == {200}


def test_left_empty_there_is_no_limit(sqlite_service: Service) -> None:
    assert {sqlite_service.assessor.get("/v1/me").status_code for _ in range(50)} == {200}


@pytest.mark.parametrize(
    ("setting", "written"),
    [
        ("rate_per_client", "often"),
        ("rate_per_address", "3/fortnight"),
        ("rate_store", "memcached://127.0.0.1"),
        ("trusted_proxies", "proxy.example"),
        ("body_seconds", "0"),
    ],
)
def test_a_limit_that_is_none_is_refused_at_the_start(setting: str, written: str) -> None:
    with pytest.raises(ValueError, match=setting):
        Settings.model_validate({setting: written})


@contextmanager
def serving(service: Service, folder: Path, **settings: str | float) -> Iterator[str]:
    """The same service, really running, with other settings."""
    url = service.app.state.settings.database_url
    found = Settings.model_validate({"data_dir": folder, "database_url": url, **settings})
    with running(create_app(found, clock=service.clock)) as address:
        yield address


def asked_as(address: str, *forwarded: str) -> list[int]:
    """What each of several is answered who come through a proxy, as the proxy says."""
    with httpx.Client(base_url=address) as client:
        return [
            client.get("/local-offer/v1/policy", headers={"X-Forwarded-For": who}).status_code
            for who in forwarded
        ]


def test_a_proxy_says_who_asks_and_nobody_else_does(sqlite_service: Service, tmp_path: Path) -> None:
    ann, bob = "192.0.2.1", "192.0.2.2"
    with serving(sqlite_service, tmp_path, rate_per_address="2/minute") as address:
        assert asked_as(address, ann, ann, ann, bob) == [200, 200, 429, 200]
        # What the caller itself wrote before the proxy added the caller's address does not count.
        assert asked_as(address, f"192.0.2.99, {ann}") == [429]
        six = "2001:db8:1:2::"
        assert asked_as(address, f"{six}1", f"{six}2", f"{six}3", "2001:db8:1:3::1") == [200, 200, 429, 200]
    for own in ("127.0.0.0/8", "192.0.2.200, 127.0.0.1"):
        with serving(sqlite_service, tmp_path, rate_per_address="2/minute", trusted_proxies=own) as address:
            assert asked_as(address, ann, ann, ann, bob) == [200, 200, 429, 200]
    with serving(sqlite_service, tmp_path, rate_per_address="2/minute", trusted_proxies="") as address:
        assert asked_as(address, ann, bob, "192.0.2.3") == [200, 200, 429]


def test_a_body_that_does_not_come_is_not_waited_for(sqlite_service: Service, tmp_path: Path) -> None:
    headers = {
        "Authorization": sqlite_service.assessor.headers["Authorization"],
        "Content_Type": "application/json",
        "Content_Length": "100",
    }
    with serving(sqlite_service, tmp_path, body_seconds=0.3) as address:
        for path in ("/v1/people", ESTIMATES):
            slow = begin(address, "POST", path, **headers)
            slow.sendall(b"{")
            told = answer(slow)
            assert "408" in told.partition("\r\n")[0]
            assert '"code":"body-too-slow"' in told
            assert "connection: close" in told.lower()
        body = json.dumps(CHILD)
        with httpx.Client(base_url=address, headers=dict(sqlite_service.assessor.headers)) as quick:
            sent = quick.post("/v1/people", content=body, headers={"Content-Type": "application/json"})
            assert sent.status_code == 201


def test_a_connection_that_does_not_come_to_the_point_is_closed(
    sqlite_service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 1)
    with serving(sqlite_service, tmp_path) as address:
        host, _, port = address.removeprefix("http://").partition(":")
        silent, dripping, later = (socket.create_connection((host, int(port)), timeout=5) for _ in range(3))
        with silent, dripping, later:
            for _ in range(4):  # one who asks again and again stays
                later.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                told = later.recv(65536)
                while told and not told.endswith(b"}"):
                    told += later.recv(65536)
                assert b"200 OK" in told
                sleep(0.4)
            assert _is_closed_in_the_end(silent, b"")
            assert _is_closed_in_the_end(dripping, b"GET /livez HTTP/1.1\r\nX: ")
            assert _is_closed_in_the_end(later, b"GET /livez HTTP/1.1\r\nX: ")
        assert httpx.get(f"{address}/livez").status_code == 200


def _is_closed_in_the_end(connection: socket.socket, start: bytes) -> bool:
    """Whether somebody who goes on sending a byte now and then is cut off."""
    ends = monotonic() + 5
    try:
        connection.sendall(start)
        while monotonic() < ends:
            connection.sendall(b"x" if start else b"")
            connection.settimeout(0.05)
            try:
                if connection.recv(65536) == b"":
                    return True
            except TimeoutError:
                continue
    except OSError:
        return True
    return False


def test_a_request_with_two_lengths_is_refused_and_nothing_follows_it(
    sqlite_service: Service, tmp_path: Path
) -> None:
    hidden = "GET /version HTTP/1.1\r\nHost: x\r\n\r\n"
    with serving(sqlite_service, tmp_path) as address:
        host, _, port = address.removeprefix("http://").partition(":")
        for path in ("/v1/people", ESTIMATES, "/nothing"):
            sender = socket.create_connection((host, int(port)), timeout=PATIENCE)
            head = (
                f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            sender.sendall(f"{head}0\r\n\r\n{hidden}".encode())
            told = answer(sender)
            assert '"code":"length-in-doubt"' in told
            assert told.count("HTTP/1.1 ") == 1, "what was hidden in it is not answered"


def test_headers_longer_than_any_are_refused(sqlite_service: Service, tmp_path: Path) -> None:
    with serving(sqlite_service, tmp_path) as address:
        host, _, port = address.removeprefix("http://").partition(":")
        endless = socket.create_connection((host, int(port)), timeout=PATIENCE)
        endless.sendall(b"GET /livez HTTP/1.1\r\nX: " + b"x" * server.HEAD_BYTES)
        assert "400" in answer(endless).partition("\r\n")[0]
        assert httpx.get(f"{address}/livez").headers.get("server") is None


def test_clients_take_turns_before_the_database() -> None:
    async def wait(line: Line, client: str, order: list[str]) -> None:
        async with line.turn(client):
            order.append(client)
            await asyncio.sleep(0)

    async def all_at_once() -> list[str]:
        line, order = Line(1, seconds=60), list[str]()
        async with line.turn("first"):
            waiting = [asyncio.create_task(wait(line, who, order)) for who in ["many"] * 20 + ["one", "two"]]
            await asyncio.sleep(0)
            assert line.waiting == 22
        await asyncio.gather(*waiting)
        assert line.waiting == 0
        return order

    order = asyncio.run(all_at_once())
    assert order[:3] == ["many", "one", "two"]
    assert Counter(order) == {"many": 20, "one": 1, "two": 1}


def test_a_line_loses_no_place_to_those_who_give_up_and_is_no_longer_than_it_may_be() -> None:
    async def hold(line: Line, client: str) -> None:
        async with line.turn(client):
            await asyncio.sleep(0.02)

    async def crowd() -> None:
        line = Line(2, seconds=0.3)
        async with line.turn("a"), line.turn("b"):
            tasks = [asyncio.create_task(hold(line, "many")) for _ in range(MOST_WAITING)]
            await asyncio.sleep(0)
            with pytest.raises(DatabaseBusy):
                await hold(line, "many")
            others = asyncio.create_task(hold(line, "other"))
            await asyncio.sleep(0)
            for task in tasks[::2]:
                task.cancel()
        # Some are cancelled at the very moment at which their turn comes.
        tasks[1].cancel()
        await asyncio.sleep(0.001)
        tasks[3].cancel()
        gone = await asyncio.gather(*tasks, return_exceptions=True)
        assert sum(isinstance(each, asyncio.CancelledError) for each in gone) >= MOST_WAITING // 2
        await others
        async with line.turn("a"), line.turn("b"):
            with pytest.raises(DatabaseBusy):  # both places are there, and no third
                await hold(line, "c")
        assert line.waiting == 0

    asyncio.run(crowd())


def test_one_who_sends_very_much_keeps_nobody_waiting(service: Service, tmp_path: Path) -> None:
    rows = "".join(f"EX-{{}}-{n},2015-06-14,north\n" for n in range(100))
    greedy = dict(service.assessor.headers) | {"Content-Type": "text/csv"}
    other = dict(service.acting_as("demo-team-manager").headers)

    async def ask(address: str) -> tuple[Counter[int], list[int]]:
        async with httpx.AsyncClient(base_url=address, timeout=60, limits=httpx.Limits()) as client:

            async def import_people(number: int) -> int:
                body = "reference,born_on,team\n" + rows.replace("{}", str(number))
                return (await client.post("/v1/imports/people", content=body, headers=greedy)).status_code

            much = [asyncio.create_task(import_people(number)) for number in range(30)]
            await asyncio.sleep(0.5)
            answers = []
            for number in range(3):
                added = await client.post(
                    "/v1/people", json={**CHILD, "reference": f"EX-{number}"}, headers=other
                )
                answers.append(added.status_code)
                assert number or not all(task.done() for task in much), "the many are still being worked on"
            return Counter(await asyncio.gather(*much)), answers

    with serving(service, tmp_path) as address:
        much, answers = asyncio.run(ask(address))
    assert answers == [201, 201, 201]
    assert set(much) <= {201, 503}
    assert much[201] > 0


def test_policies_are_tried_out_one_at_a_time(
    sqlite_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, at_once, lock = [0], [0], Lock()

    def slowly(*arguments: Any, **more: Any) -> Any:
        with lock:
            now[0] += 1
            at_once[0] = max(now[0], at_once[0])
        sleep(0.05)
        with lock:
            now[0] -= 1
        return check_policy(*arguments, **more)

    monkeypatch.setattr("app.policy.service.look_at", slowly)
    document = {"document": policy_document()}
    leads = [sqlite_service.acting_as(f"demo-{which}policy-lead") for which in ("", "second-")]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: leads[n % 2].post("/v1/policies:check", document), range(4)))
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert at_once == [1]
    assert {name for name, rule in ACCESS.items() if rule.takes_long} >= {
        *("import_people", "import_plans", "import_monitoring", "publish_policy", "get_policy_findings"),
    }


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """A Redis of one's own, and its process."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603  of our own making
        ends = monotonic() + 20
        while monotonic() < ends:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                sleep(0.02)
        yield f"redis://127.0.0.1:{port}", process
        process.kill()


def test_several_processes_count_together_and_each_alone_while_they_cannot(
    sqlite_service: Service, tmp_path: Path, redis: tuple[str, "subprocess.Popen[bytes]"]
) -> None:
    store, process = redis
    shared: dict[str, str | float] = {"rate_per_address": "4/minute", "rate_store": store}
    with (
        serving(sqlite_service, tmp_path, **shared) as one,
        serving(sqlite_service, tmp_path, **shared) as two,
    ):
        policy = "/local-offer/v1/policy"
        asked = [httpx.get(f"{address}{policy}").status_code for address in (one, two, one, two, one, two)]
        assert asked == [200] * 4 + [429] * 2
        process.kill()
        process.wait()
        asked = [httpx.get(f"{address}{policy}").status_code for address in (one, two) for _ in range(5)]
        assert asked == ([200] * 4 + [429]) * 2


def test_a_store_that_says_nothing_is_soon_done_without() -> None:
    async def count(store: str) -> None:
        rates = Rates(per_client="2/minute", per_address="", store=store)
        async with asyncio.timeout(PATIENCE):
            for _ in range(2):
                await rates.count_client("anna")
            with pytest.raises(TooManyRequests):
                await rates.count_client("anna")

    with socket.create_server(("127.0.0.1", 0)) as silent:
        asyncio.run(count(f"redis://127.0.0.1:{silent.getsockname()[1]}"))


def test_when_the_wait_is_over_one_may_ask_again() -> None:
    async def count() -> None:
        rates = Rates(per_client="1/second", per_address="", store="")
        await rates.count_client("anna")
        with pytest.raises(TooManyRequests) as told:
            await rates.count_client("anna")
        assert told.value.wait == 1
        await asyncio.sleep(told.value.wait)
        await rates.count_client("anna")

    asyncio.run(count())
