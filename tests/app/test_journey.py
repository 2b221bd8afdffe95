"""The whole story once, on both databases, and what it heard kept as the examples of the API."""

import json
from pathlib import Path

import pytest

from app.access import ACCESS
from app.main import create_app
from app.openapi import describe
from app.settings import Settings
from tests.app.journey import DESCRIPTION, EXAMPLES, NOT_TOLD, hear, published
from tests.postgres import new_database

STALE = "it differs from what the service answers: run `make openapi`, look at the change, and commit it"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_story_is_heard_the_same_on_both_databases(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    is_sqlite = kind == "sqlite"
    url = (
        f"sqlite:///{tmp_path / 'ras.db'}" if is_sqlite else new_database(request.getfixturevalue("postgres"))
    )
    heard = hear(url, tmp_path)

    assert heard == json.loads(EXAMPLES.read_text()), STALE


def test_the_story_leaves_no_operation_out() -> None:
    assert set(json.loads(EXAMPLES.read_text())) == set(ACCESS) - NOT_TOLD


def test_the_committed_description_is_what_the_code_says(tmp_path: Path) -> None:
    described = describe(create_app(Settings(data_dir=tmp_path)))

    assert published(described) == DESCRIPTION.read_text(), STALE
