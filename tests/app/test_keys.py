"""The identity provider's keys: fetched from one address, rotated, and kept through an outage."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import jwt
import pytest
from httpx2 import Response

from app.errors import KeysUnavailable, TokenInvalid
from app.tokens import KEPT_FOR, REFETCH_AFTER, RETRY_AFTER, RemoteKeys
from tests.app.provider import AUDIENCE, ISSUER, Provider, provider
from tests.app.service import NOW, Clock, new_service


@pytest.fixture
def at() -> Iterator[Provider]:
    with provider() as made:
        yield made


def known(keys: RemoteKeys, name: str, now: datetime) -> bool:
    try:
        return isinstance(keys.key(name, now), jwt.PyJWK)
    except TokenInvalid:
        return False


def test_a_new_key_is_picked_up_when_a_token_names_it(at: Provider) -> None:
    keys = RemoteKeys(at.url)
    assert known(keys, "rsa-1", NOW)
    at.names = ("rsa", "ec", "rsa-next")
    later = NOW + REFETCH_AFTER

    assert not known(keys, "rsa-next-1", later - timedelta(seconds=1)), "it was asked a moment ago"
    assert known(keys, "rsa-next-1", later)
    assert known(keys, "rsa-1", later)
    assert len(at.asked) == 2


def test_names_nobody_knows_do_not_make_it_ask_again_and_again(at: Provider) -> None:
    keys = RemoteKeys(at.url)
    for number in range(50):
        assert not known(keys, f"made-up-{number}", NOW + timedelta(milliseconds=number))
    assert len(at.asked) == 1


def test_a_key_that_was_withdrawn_counts_an_hour_longer_at_most(at: Provider) -> None:
    keys = RemoteKeys(at.url)
    assert known(keys, "rsa-1", NOW)
    at.names = ("ec",)

    assert known(keys, "rsa-1", NOW + KEPT_FOR - timedelta(seconds=1))
    assert not known(keys, "rsa-1", NOW + KEPT_FOR)


def test_through_an_outage_known_keys_work_and_unknown_ones_are_not_called_forged(at: Provider) -> None:
    keys = RemoteKeys(at.url)
    assert known(keys, "rsa-1", NOW)
    at.status = HTTPStatus.SERVICE_UNAVAILABLE
    later = NOW + REFETCH_AFTER

    with pytest.raises(KeysUnavailable):
        keys.key("rsa-next-1", later)
    asked = len(at.asked)
    with pytest.raises(KeysUnavailable):
        keys.key("rsa-next-1", later + timedelta(seconds=1))
    assert len(at.asked) == asked, "a provider that is down is left alone for a moment"
    assert known(keys, "rsa-1", later + 2 * KEPT_FOR)

    at.status, at.names = HTTPStatus.OK, ("rsa", "rsa-next")
    assert known(keys, "rsa-next-1", later + 2 * KEPT_FOR + RETRY_AFTER)


@pytest.mark.parametrize(
    "body", [b"", b"no JSON", b"[]", b"{}", b'{"keys": []}', b'{"keys": [17]}', b'{"keys": "x"}', b"null"]
)
def test_an_answer_that_is_no_set_of_keys_is_an_outage(at: Provider, body: bytes) -> None:
    at.body = body
    with pytest.raises(KeysUnavailable):
        RemoteKeys(at.url).key("rsa-1", NOW)


def test_a_redirect_is_not_followed(at: Provider) -> None:
    with provider() as elsewhere:
        at.status, at.location, at.body = HTTPStatus.FOUND, elsewhere.url, b""
        with pytest.raises(KeysUnavailable):
            RemoteKeys(at.url).key("rsa-1", NOW)
        assert elsewhere.asked == []


def test_an_address_where_nobody_is_is_an_outage(at: Provider) -> None:
    with provider() as gone:
        url = gone.url
    del at
    with pytest.raises(KeysUnavailable):
        RemoteKeys(url).key("rsa-1", NOW)


def test_over_http_an_outage_is_503_and_known_keys_go_on(
    at: Provider, sqlite_template: Path, tmp_path: Path
) -> None:
    (tmp_path / "ras.db").write_bytes(sqlite_template.read_bytes())
    url, clock = f"sqlite:///{tmp_path / 'ras.db'}", Clock()
    with new_service(
        url, tmp_path, clock=clock, oidc_issuer=ISSUER, oidc_audience=AUDIENCE, oidc_jwks_url=at.url
    ) as service:

        def whoami(by: str) -> Response:
            headers = {"Authorization": f"Bearer {at.token(by=by)}"}
            return service.client.get("/v1/me", headers=headers)

        assert whoami("rsa").status_code == 200
        at.status = HTTPStatus.INTERNAL_SERVER_ERROR
        clock.now += REFETCH_AFTER
        refused = whoami("rsa-next")
        assert (refused.status_code, refused.json()["code"]) == (503, "identity-provider-unavailable")
        assert int(refused.headers["Retry-After"]) > 0
        assert at.url not in refused.text
        assert whoami("rsa").status_code == 200
        assert service.public.get("/livez").status_code == 200
        assert service.public.get("/local-offer/v1/policy").status_code == 200

        at.status, at.names = HTTPStatus.OK, ("rsa", "rsa-next")
        clock.now += RETRY_AFTER
        assert whoami("rsa-next").status_code == 200
