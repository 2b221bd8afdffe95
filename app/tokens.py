"""Bearer tokens: who is calling, as the identity provider says.

Only asymmetric signatures, only the configured issuer and audience, only keys from the configured
address. Headers in a token that point elsewhere (`jku`, `x5u`) are never followed.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import httpx
import jwt

from app.errors import RETRY_SECONDS, KeysUnavailable, TokenInvalid
from app.keys import own_key
from app.settings import Settings

ALGORITHMS = ("EdDSA", "ES256", "ES384", "PS256", "RS256")
LEEWAY = timedelta(seconds=30)
"""How far the identity provider's clock may be from ours."""
YEAR_10000 = 253_402_300_800
"""In seconds since 1970, as tokens tell time: no token lasts until then, for ever, or for no number."""
LOCAL_ISSUER = "urn:ras:local-issuer"
LOCAL_KEY_FILE = "local-issuer.pem"
REFETCH_AFTER, RETRY_AFTER = timedelta(seconds=30), timedelta(seconds=RETRY_SECONDS)
"""The least time between two looks for a key that is not known: when the first was answered, when not."""
KEPT_FOR, KEPT_AT_MOST = timedelta(hours=1), timedelta(hours=24)
"""How long keys are kept before they are asked for again, and how long while nobody answers."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says.

    Attributes:
        subject: Who it was issued to.
        scopes: What a system client may do: from `scope`, or as Microsoft Entra ID writes it, from
            `scp` or, with client credentials, from `roles`.
    """

    subject: str
    scopes: frozenset[str]


class KeySource(Protocol):
    """Where the keys that verify tokens come from."""

    def key(self, key_id: str | None, now: datetime) -> jwt.PyJWK:
        """The key with that id.

        Raises:
            TokenInvalid: there is none.
            KeysUnavailable: the identity provider cannot be reached.
        """


class RemoteKeys:
    """The identity provider's published keys (JWKS), kept for a while, and fetched again for a new key id.

    While the provider cannot be reached, the keys it gave last still count, for a day.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._asked_at: datetime | None = None
        self._answered_at: datetime | None = None
        self._lock = Lock()

    def key(self, key_id: str | None, now: datetime) -> jwt.PyJWK:
        """The key with that id, from what is kept or from the provider."""
        if self._should_ask(key_id, now):
            with self._lock:
                if self._should_ask(key_id, now):
                    self._ask(now)
        key = self._keys.get(key_id)
        if self._answered_at is None or now - self._answered_at >= KEPT_AT_MOST:
            raise KeysUnavailable
        if key is None:
            raise TokenInvalid if self._answered_at == self._asked_at else KeysUnavailable
        return key

    @property
    def answered_at(self) -> datetime | None:
        """When the provider gave the keys that are kept; None where it never did."""
        return self._answered_at

    @property
    def is_answering(self) -> bool | None:
        """Whether the provider gave its keys when it was asked last; None where it was never asked."""
        return None if self._asked_at is None else self._answered_at == self._asked_at

    def _should_ask(self, key_id: str | None, now: datetime) -> bool:
        if self._asked_at is None:
            return True
        if self._answered_at != self._asked_at:
            return now - self._asked_at >= RETRY_AFTER
        return now - self._asked_at >= (KEPT_FOR if key_id in self._keys else REFETCH_AFTER)

    def _ask(self, now: datetime) -> None:
        self._asked_at = now
        with suppress(httpx.HTTPError, jwt.PyJWTError, ValueError, AttributeError, TypeError):
            answer = httpx.get(self._url, timeout=5, follow_redirects=False)
            answer.raise_for_status()
            self._keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(answer.json()).keys}
            self._answered_at = now


class LocalKeys:
    """The key of the local issuer, for one's own machine: made once, readable by its owner only."""

    def __init__(self, data_dir: Path) -> None:
        self._private = own_key(data_dir / LOCAL_KEY_FILE)
        public = self._private.public_key().public_bytes_raw()
        self.key_id = f"local-{public.hex()[:16]}"
        self._public = jwt.PyJWK.from_dict(
            {
                **json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(self._private.public_key())),
                "kid": self.key_id,
                "alg": "EdDSA",
            }
        )

    def key(self, key_id: str | None, now: datetime) -> jwt.PyJWK:
        """The local key, if that is the one meant."""
        del now
        if key_id != self.key_id:
            raise TokenInvalid
        return self._public

    def issue(self, subject: str, *, audience: str, now: datetime, lasts: timedelta, scopes: str = "") -> str:
        """Sign a token for someone on this machine."""
        claims = {
            "iss": LOCAL_ISSUER,
            "aud": audience,
            "sub": subject,
            "iat": int(now.timestamp()),
            "exp": int((now + lasts).timestamp()),
        }
        if scopes:
            claims["scope"] = scopes
        return jwt.encode(claims, self._private, algorithm="EdDSA", headers={"kid": self.key_id})


class Verifier:
    """Checks tokens against one issuer, one audience and one source of keys."""

    def __init__(self, *, issuer: str, audience: str, keys: KeySource) -> None:
        self._issuer, self._audience, self.keys = issuer, audience, keys

    @classmethod
    def from_settings(cls, settings: Settings) -> "Verifier":
        """The configured identity provider, or the local issuer where none is configured."""
        if settings.oidc_issuer:
            keys: KeySource = RemoteKeys(settings.oidc_jwks_url)
            return cls(issuer=settings.oidc_issuer, audience=settings.oidc_audience, keys=keys)
        return cls(issuer=LOCAL_ISSUER, audience=settings.oidc_audience, keys=LocalKeys(settings.data_dir))

    def verify(self, token: str, *, now: datetime) -> Claims:
        """What the token says, if it can be trusted at this moment.

        Raises:
            TokenInvalid: it cannot.
            KeysUnavailable: the identity provider's keys cannot be read.
        """
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS:
                raise TokenInvalid
            key = self.keys.key(header.get("kid"), now)
            claims = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=self._audience,
                issuer=self._issuer,
                # Times are checked below: the clock is read in one place.
                options={
                    "require": ["exp", "iat", "sub", "iss", "aud"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError):
            raise TokenInvalid from None
        if not _in_time(claims, now):
            raise TokenInvalid
        return _claims(claims)


def _in_time(claims: dict[str, Any], now: datetime) -> bool:
    times = [claims["exp"], claims["iat"], claims.get("nbf", claims["iat"])]
    if not all(isinstance(time, int | float) and 0 <= time < YEAR_10000 for time in times):
        return False
    expires, issued, not_before = times
    moment, leeway = now.timestamp(), LEEWAY.total_seconds()
    return bool(moment < expires + leeway and max(issued, not_before) <= moment + leeway)


def _claims(claims: dict[str, Any]) -> Claims:
    scopes: set[str] = set()
    for name in ("scope", "scp", "roles"):
        given = claims.get(name, "")
        words = given.split() if isinstance(given, str) else given
        if isinstance(words, list):
            scopes |= {word for word in words if isinstance(word, str)}
    return Claims(subject=claims["sub"], scopes=frozenset(scopes))
