"""An identity provider for tests: its keys, over HTTP on this machine, and tokens it has signed or not."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.app.service import NOW

ISSUER = "https://login.example/tenant/v2.0"
AUDIENCE = "api://ras"
Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def key_called(name: str) -> Private:
    """A private key by a name of the tests, made once."""
    if name.startswith("ec"):
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 2048)


@dataclass
class Provider:
    """What it publishes and how it behaves, both for tests to change.

    Attributes:
        url: Where its keys are.
        names: The keys it publishes, by name; each has the id `name-1`.
        status: What it answers with.
        body: What it says instead of its keys.
        location: Where it sends who asks.
        asked: The addresses it was asked for.
    """

    url: str = ""
    names: tuple[str, ...] = ("rsa", "ec")
    status: HTTPStatus = HTTPStatus.OK
    body: bytes | None = None
    location: str | None = None
    asked: list[str] = field(default_factory=list)

    @property
    def rsa(self) -> rsa.RSAPrivateKey:
        found = key_called("rsa")
        assert isinstance(found, rsa.RSAPrivateKey)
        return found

    def published(self, *names: str) -> list[dict[str, Any]]:
        """Keys as they are published (JWK)."""
        return [_jwk(name) for name in names or self.names]

    def claims(self, **changes: Any) -> dict[str, Any]:
        """The claims of a good token, changed; a claim that is None is left out."""
        now = int(NOW.timestamp())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "demo-assessor", "iat": now, "exp": now + 3600}
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def token(self, *, by: str = "rsa", headers: Mapping[str, Any] | None = None, **changes: Any) -> str:
        """A token signed with a key of this name."""
        named = {"kid": f"{by}-1", **(headers or {})}
        named = {name: value for name, value in named.items() if value is not None}
        algorithm = "ES256" if by.startswith("ec") else "RS256"
        payload = json.dumps(self.claims(**changes)).encode()
        return jwt.api_jws.encode(payload, key_called(by), algorithm=algorithm, headers=named)


def _jwk(name: str) -> dict[str, Any]:
    public = key_called(name).public_key()
    made: dict[str, Any] = (
        jwt.algorithms.ECAlgorithm.to_jwk(public, as_dict=True)
        if isinstance(public, ec.EllipticCurvePublicKey)
        else jwt.algorithms.RSAAlgorithm.to_jwk(public, as_dict=True)
    )
    return {**made, "kid": f"{name}-1", "use": "sig"}


@contextmanager
def provider(*, only: str | None = None) -> Iterator[Provider]:
    """Let a provider answer on a free port of this machine."""
    made = Provider(names=(only,) if only else Provider.names)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            keys = json.dumps({"keys": made.published()}).encode()
            body = keys if made.body is None else made.body
            self.send_response(made.status)
            if made.location:
                self.send_header("Location", made.location)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/jwks"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
