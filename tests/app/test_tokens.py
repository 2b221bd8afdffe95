"""Tokens cannot be forged, whoever makes them up."""

import hmac
import json
import stat
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from httpx2 import Response

from app.settings import Settings
from app.tokens import ALGORITHMS, LOCAL_KEY_FILE, LocalKeys
from tests.app.provider import AUDIENCE, ISSUER, Provider, provider
from tests.app.service import NOW, Service, new_service

Forge = Callable[[Provider], str]


@pytest.fixture(scope="module")
def at() -> Iterator[Provider]:
    """An identity provider with an RSA and an elliptic-curve key, on this machine."""
    with provider() as made:
        yield made


@pytest.fixture
def service(at: Provider, sqlite_template: Path, tmp_path: Path) -> Iterator[Service]:
    """The service with that identity provider. Tokens are checked before the database is asked."""
    (tmp_path / "ras.db").write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{tmp_path / 'ras.db'}"
    with new_service(url, tmp_path, oidc_issuer=ISSUER, oidc_audience=AUDIENCE, oidc_jwks_url=at.url) as made:
        yield made


def whoami(service: Service, token: str) -> Response:
    headers: Any = {"Authorization": b"Bearer " + token.encode("latin-1")}
    return service.client.get("/v1/me", headers=headers)


def raw(header: Mapping[str, Any], claims: Any, signature: bytes = b"") -> str:
    """A token put together by hand."""
    parts = [json.dumps(part).encode() for part in (header, claims)]
    return b".".join(urlsafe_b64encode(part).rstrip(b"=") for part in (*parts, signature)).decode()


def hs(at: Provider, secret: bytes, **header: Any) -> str:
    """A token signed with a shared secret: what is public of a key pair, in some spelling."""
    signed = raw({"alg": "HS256", "typ": "JWT", "kid": "rsa-1", **header}, at.claims()).rpartition(".")[0]
    return f"{signed}.{urlsafe_b64encode(hmac.digest(secret, signed.encode(), sha256)).rstrip(b'=').decode()}"


def public(at: Provider, encoding: serialization.Encoding) -> bytes:
    return at.rsa.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)


def tampered(at: Provider) -> str:
    header, _, signature = at.token(sub="demo-finance").split(".")
    return f"{header}.{at.token().split('.')[1]}.{signature}"


def test_only_signatures_that_the_public_key_cannot_make_are_allowed() -> None:
    assert set(ALGORITHMS) == {"EdDSA", "ES256", "ES384", "PS256", "RS256"}


SECONDS = int(NOW.timestamp())
FORGED: dict[str, Forge] = {
    "algorithm none": lambda at: raw({"alg": "none", "kid": "rsa-1"}, at.claims()),
    "algorithm None": lambda at: raw({"alg": "None", "kid": "rsa-1"}, at.claims()),
    "no algorithm": lambda at: raw({"kid": "rsa-1"}, at.claims()),
    "an algorithm that is no text": lambda at: raw({"alg": ["RS256"], "kid": "rsa-1"}, at.claims()),
    "no signature": lambda at: at.token().rpartition(".")[0] + ".",
    "another's signature": tampered,
    "HS256 with the public key as PEM": lambda at: hs(at, public(at, serialization.Encoding.PEM)),
    "HS256 with the public key as DER": lambda at: hs(at, public(at, serialization.Encoding.DER)),
    "HS256 with the published key": lambda at: hs(at, json.dumps(at.published()[0]).encode()),
    "HS256 with an empty secret": lambda at: hs(at, b""),
    "HS256 with no key named": lambda at: hs(at, b"secret", kid=None),
    "an RSA signature for the curve's key": lambda at: at.token(headers={"kid": "ec-1"}),
    "a curve's signature for the RSA key": lambda at: at.token(by="ec", headers={"kid": "rsa-1"}),
    "a stranger's key under a known name": lambda at: at.token(by="stranger", headers={"kid": "rsa-1"}),
    "a stranger's key, sent along": lambda at: at.token(
        by="stranger", headers={"kid": "rsa-1", "jwk": at.published("stranger")[0]}
    ),
    "a key nobody published": lambda at: at.token(headers={"kid": "rsa-9"}),
    "a key that is not named": lambda at: at.token(headers={"kid": None}),
    "a key named by a list": lambda at: raw({"alg": "RS256", "kid": ["rsa-1"]}, at.claims()),
    "a header that must be understood": lambda at: at.token(headers={"crit": ["ras"], "ras": 1}),
    "another issuer": lambda at: at.token(iss="https://elsewhere.example/"),
    "an issuer that only begins the same": lambda at: at.token(iss=ISSUER + "x"),
    "the local issuer": lambda at: at.token(iss="urn:ras:local-issuer"),
    "several issuers": lambda at: at.token(iss=[ISSUER]),
    "another audience": lambda at: at.token(aud="another-service"),
    "several other audiences": lambda at: at.token(aud=["a", "b"]),
    "expired": lambda at: at.token(iat=SECONDS - 7200, exp=SECONDS - 31),
    "issued in the future": lambda at: at.token(iat=SECONDS + 31),
    "not valid yet": lambda at: at.token(nbf=SECONDS + 31),
    "no issuer": lambda at: at.token(iss=None),
    "no audience": lambda at: at.token(aud=None),
    "no subject": lambda at: at.token(sub=None),
    "no end": lambda at: at.token(exp=None),
    "no beginning": lambda at: at.token(iat=None),
    "a subject that is no text": lambda at: at.token(sub=17),
    "an end that is text": lambda at: at.token(exp=str(SECONDS + 3600)),
    "an end that never comes": lambda at: at.token(exp=float("inf")),
    "an end beyond every calendar": lambda at: at.token(exp=10**400),
    "an end that is no number": lambda at: at.token(exp=float("nan")),
    "claims that are a list": lambda at: raw({"alg": "RS256", "kid": "rsa-1"}, [at.claims()]),
    "two words": lambda _: "a b",
    "one part": lambda _: "abc",
    "four parts": lambda at: at.token() + ".x",
    "not base64": lambda _: "§§§.§§§.§§§",
    "very deep": lambda _: urlsafe_b64encode(b"[" * 3000).decode() + ".e30.AAAA",
    "very long": lambda at: at.token(padding="x" * 30_000)[:-10] + "AAAAAAAAAA",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_a_token_that_cannot_be_trusted_is_401(at: Provider, service: Service, forge: Forge) -> None:
    refused = whoami(service, forge(at))

    assert refused.status_code == 401, refused.text
    assert refused.json()["code"] == "token-invalid"
    assert refused.json()["problems"] == [], "why is nobody's business"
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


GOOD: dict[str, Forge] = {
    "RSA": lambda at: at.token(),
    "an elliptic curve": lambda at: at.token(by="ec"),
    "our audience among others": lambda at: at.token(aud=["another-service", AUDIENCE]),
    "a clock 29 seconds ahead": lambda at: at.token(iat=SECONDS + 29, nbf=SECONDS + 29),
    "run out 29 seconds ago": lambda at: at.token(iat=SECONDS - 3600, exp=SECONDS - 29),
    "claims we do not know": lambda at: at.token(tid="a", roles=["Everything.ReadWrite"], role="auditor"),
}


@pytest.mark.parametrize("make", GOOD.values(), ids=GOOD.keys())
def test_a_good_token_says_who_and_the_register_says_what(
    at: Provider, service: Service, make: Forge
) -> None:
    answer = whoami(service, make(at))

    assert answer.status_code == 200, answer.text
    assert (answer.json()["subject"], answer.json()["role"]) == ("demo-assessor", "assessor")


@pytest.mark.parametrize("name", ["jku", "x5u"])
@pytest.mark.parametrize("by", ["rsa", "stranger"])
def test_an_address_of_keys_in_a_token_is_never_asked(
    at: Provider, service: Service, name: str, by: str
) -> None:
    asked = at.asked
    with provider(only="stranger") as trap:
        known = whoami(service, at.token(by=by, headers={"kid": "rsa-1", name: trap.url}))
        unknown = whoami(service, at.token(by=by, headers={"kid": "rsa-9", name: trap.url}))

        assert known.status_code == (200 if by == "rsa" else 401)
        assert unknown.status_code == 401
        assert trap.asked == []
        httpx.get(trap.url)
        assert trap.asked == ["/jwks"], "the trap would have noticed"
    assert set(at.asked[len(asked) :]) <= {"/jwks"}


def test_a_name_of_a_key_is_not_part_of_an_address(at: Provider, service: Service) -> None:
    for kid in ("../secret", "https://elsewhere.example/", "x\r\nHost: y", "' OR 1=1 --"):
        assert whoami(service, at.token(headers={"kid": kid})).status_code == 401
    assert set(at.asked) == {"/jwks"}


def test_the_local_issuers_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    made = LocalKeys(tmp_path / "data")
    path = tmp_path / "data" / LOCAL_KEY_FILE

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert LocalKeys(tmp_path / "data").key_id == made.key_id, "it is made once"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "ras.example", ""])  # noqa: S104  it is refused
def test_the_local_issuer_is_refused_beyond_ones_own_machine(host: str) -> None:
    with pytest.raises(ValueError, match="the local issuer is for one's own machine"):
        Settings(host=host)
    there = Settings(host=host, oidc_issuer=ISSUER, oidc_jwks_url="https://login.example/keys")
    assert not there.listens_on_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_on_ones_own_machine_it_may_be_used(host: str) -> None:
    assert Settings(host=host).listens_on_loopback


def test_an_issuer_without_an_address_of_its_keys_is_refused() -> None:
    with pytest.raises(ValueError, match="RAS_OIDC_JWKS_URL"):
        Settings(oidc_issuer=ISSUER)


def test_a_local_token_is_no_token_where_an_identity_provider_is_set(service: Service) -> None:
    assert service.assessor.get("/v1/me").status_code == 401


def test_one_machines_local_token_is_no_token_on_another(sqlite_service: Service, tmp_path: Path) -> None:
    elsewhere = LocalKeys(tmp_path / "elsewhere")
    token = elsewhere.issue("demo-assessor", audience="ras", now=NOW, lasts=NOW - NOW.replace(hour=9))
    assert whoami(sqlite_service, token).status_code == 401
    header = jwt.get_unverified_header(token)
    renamed = {**header, "kid": sqlite_service.keys.key_id}
    parts = token.split(".")
    named = urlsafe_b64encode(json.dumps(renamed).encode()).rstrip(b"=").decode()
    assert whoami(sqlite_service, f"{named}.{parts[1]}.{parts[2]}").status_code == 401


def test_a_local_token_runs_out(sqlite_service: Service) -> None:
    assessor = sqlite_service.assessor
    assert assessor.get("/v1/me").status_code == 200
    sqlite_service.clock.now = NOW.replace(hour=11, second=31)
    assert assessor.get("/v1/me").status_code == 401
