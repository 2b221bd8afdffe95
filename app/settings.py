"""Settings: environment variables that begin with `RAS_`. An unknown one is refused."""

import os
from datetime import date
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Self

from pydantic import Field, TypeAdapter, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app import rates
from app.working_days import LISTED_UNTIL, working_days
from ras.dates import WorkingDays
from ras.records import Day

_DAY: TypeAdapter[date] = TypeAdapter(Day)

LIBRARIES = {"traces_endpoint": ("opentelemetry.sdk", "traces"), "rate_store": ("redis", "redis")}
"""Settings that need a library which is not always there, and the extra that brings it."""


class Settings(BaseSettings):
    """What an installation can set. Each has a default that is safe on one's own machine."""

    model_config = SettingsConfigDict(env_prefix="RAS_", use_attribute_docstrings=True, frozen=True)

    data_dir: Path = Path("data")
    """Where the embedded database and the local issuer's key are kept."""
    database_url: str = ""
    """`postgresql://user:password@host/name`; left out, SQLite in the data directory."""
    local_offer_database_url: str = ""
    """The same database under rights that reach only the published policies; left out, as above."""
    host: str = "127.0.0.1"
    """The address to listen on."""
    port: int = Field(default=8000, ge=1, le=65535)
    """The port to listen on."""
    local_offer_fresh_seconds: float = Field(default=1, ge=0, le=60)
    """How long the public side may answer from the list of published policies it read last."""
    audit_key_file: Path | None = None
    """The Ed25519 key that signs checkpoints of the audit log; left out, one in the data directory."""
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    """The port on which Prometheus reads the metrics; left out, they are not given out."""
    metrics_host: str = "127.0.0.1"
    """The address on which Prometheus reads them. They name nobody, and still are no one else's business."""
    metrics_fresh_seconds: float = Field(default=15, ge=0, le=600)
    """How long what was read from the database for the metrics counts before it is read again."""
    traces_endpoint: str = Field(default="", pattern="^(https?://.+)?$")
    """Where traces are sent, by OTLP over HTTP; left out, none are made. Needs `ras[traces]`."""
    oidc_issuer: str = ""
    """The identity provider's issuer; left out, a local issuer that is only for one's own machine."""
    oidc_audience: str = "ras"
    """Who tokens must be meant for."""
    oidc_jwks_url: str = ""
    """Where the identity provider publishes its keys."""
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    """How much is logged."""
    max_body_bytes: int = Field(default=1_000_000, ge=1_000)
    """The largest request body, in bytes."""
    max_import_bytes: int = Field(default=20_000_000, ge=1_000)
    """The largest CSV of a bulk import, in bytes."""
    max_import_rows: int = Field(default=500, ge=1)
    """The most rows of a bulk import over HTTP, which others wait for; `ras import` takes any number."""
    rate_per_client: str = "6000/minute"
    """How often one client may ask: a system, whoever it acts for, or somebody with a token of their own.
    Several limits are divided by `;`; left empty, there is none."""
    rate_per_address: str = "300/minute"
    """How often one address may ask without a good token, as on the public side; as above."""
    rate_store: str = Field(default="", pattern="^(rediss?://.+)?$")
    """`redis://host`, where several processes count together (needs `ras[redis]`); left out, each alone."""
    trusted_proxies: str = "127.0.0.1,::1"
    """The addresses and networks whose `X-Forwarded-For` says who asks: those of the proxies in front."""
    body_seconds: float = Field(default=60, gt=0)
    """How long a request's body may take to come."""
    bank_holidays_added: str = ""
    """Bank holidays proclaimed since this release, as `2030-05-03,2030-06-07`."""
    bank_holidays_listed_until: Day = LISTED_UNTIL
    """The last day of the published list of bank holidays: what depends on later days is provisional."""
    retention_age: int = Field(default=31, ge=18)
    """Nothing is erased before this birthday. An EHC plan can last until 25 (Children and Families Act 2014
    s.46), and a claim can be made for six years after (Limitation Act 1980 ss.5, 28)."""
    retention_years_after_last_act: int = Field(default=7, ge=1)
    """Nor before so many years after the last act: six to claim (Limitation Act 1980 s.5), and the year."""
    busy_seconds: float = Field(default=4, gt=0)
    """How long a request waits for a database that says nothing before it is told to try again."""

    @field_validator("metrics_port", mode="before")
    @classmethod
    def _empty_is_none(cls, written: object) -> object:
        return None if written == "" else written

    @field_validator("traces_endpoint", "rate_store")
    @classmethod
    def _has_its_library(cls, written: str, info: ValidationInfo) -> str:
        library, extra = LIBRARIES[str(info.field_name)]
        if written and find_spec(library) is None:
            raise ValueError(f"it needs more libraries: pip install 'ras[{extra}]'")
        return written

    @field_validator("rate_per_client", "rate_per_address")
    @classmethod
    def _are_limits(cls, limits: str) -> str:
        rates.written(limits)
        return limits

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, written: str) -> str:
        for proxy in written.split(",") if written else ():
            ip_network(proxy.strip())
        return written

    @field_validator("bank_holidays_added")
    @classmethod
    def _are_days(cls, written: str) -> str:
        for day in written.split(",") if written else ():
            _DAY.validate_python(day)
        return written

    @model_validator(mode="after")
    def _identity_is_safe(self) -> Self:
        if self.oidc_issuer and not self.oidc_jwks_url:
            raise ValueError("RAS_OIDC_JWKS_URL is needed with RAS_OIDC_ISSUER")
        if not self.oidc_issuer and not self.listens_on_loopback:
            raise ValueError(
                f"the local issuer is for one's own machine: set RAS_OIDC_ISSUER to listen on {self.host}"
            )
        return self

    @property
    def listens_on_loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def working_days(self) -> WorkingDays:
        """The working days, with what was proclaimed since the release."""
        added = [date.fromisoformat(day) for day in self.bank_holidays_added.split(",") if day]
        return working_days(added, listed_until=self.bank_holidays_listed_until)

    @property
    def audit_key_path(self) -> Path:
        """Where the key is that signs checkpoints of the audit log."""
        return self.audit_key_file or self.data_dir / "audit-key.pem"

    @property
    def sqlalchemy_url(self) -> str:
        """The URL of the database."""
        return _with_driver(self.database_url) or f"sqlite:///{self.data_dir / 'ras.db'}"

    @property
    def local_offer_sqlalchemy_url(self) -> str:
        """The URL under which the public side reaches the database."""
        return _with_driver(self.local_offer_database_url) or self.sqlalchemy_url


def _with_driver(url: str) -> str:
    """Let a plain PostgreSQL address mean the driver that is installed."""
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def read_settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        ValueError: one is unknown or unusable; the message says which.
    """
    known = {f"RAS_{name.upper()}" for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith("RAS_") and name not in known)
    if unknown:
        raise ValueError(f"unknown settings: {', '.join(unknown)}")
    return Settings()
