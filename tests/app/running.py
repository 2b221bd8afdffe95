"""The service as it really runs: on a port of this machine, for tests of what only a server shows."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic, sleep

import uvicorn
from fastapi import FastAPI

from app.server import options

SECONDS = 20
"""How long a start or a stop may take."""


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port and give its address."""
    taken = socket.create_server(("127.0.0.1", 0))
    settings = uvicorn.Config(app, timeout_graceful_shutdown=1, **options(app.state.settings))
    server = uvicorn.Server(settings)
    thread = Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    ends = monotonic() + SECONDS
    while not server.started and monotonic() < ends:
        sleep(0.01)
    try:
        assert server.started
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(SECONDS)
        taken.close()


def begin(address: str, method: str, path: str, **headers: str) -> socket.socket:
    """Begin a request and send nothing of its body yet."""
    host, _, port = address.removeprefix("http://").partition(":")
    connection = socket.create_connection((host, int(port)), timeout=SECONDS)
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
    return connection


def answer(connection: socket.socket) -> str:
    """All that comes back until the connection ends."""
    parts = []
    with connection:
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts).decode()
