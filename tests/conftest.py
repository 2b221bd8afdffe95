"""What tests of the service share: databases that are really migrated, and people to act as."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.app.journey import Story, hear
from tests.app.service import Service, new_service, template_of
from tests.postgres import drop_database, memory, new_database, postgres_server

pytest_plugins = ["tests.figures"]

if memory():  # the databases of tests are made and thrown away by the thousand
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory()))


@pytest.fixture(autouse=True, scope="session")
def _quiet() -> None:
    """Keep log lines out of the tests' output; the tests of logs set up their own."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("CRITICAL"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database with the demonstration's staff and policy, to copy."""
    path = tmp_path_factory.mktemp("template") / "ras.db"
    template_of(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server for this run."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    """A migrated PostgreSQL database with the demonstration's staff and policy, to copy."""
    url = new_database(postgres)
    template_of(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of one's own, on each of the two."""
    if request.param == "sqlite":
        yield sqlite_copy(request.getfixturevalue("sqlite_template"), tmp_path)
        return
    server = request.getfixturevalue("postgres")
    url = new_database(server, template=request.getfixturevalue("postgres_template"))
    yield url
    drop_database(server, url)


def sqlite_copy(template: Path, folder: Path) -> str:
    """A copy of the SQLite template in a folder."""
    path = folder / "ras.db"
    path.write_bytes(template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def service(database_url: str, tmp_path: Path) -> Iterator[Service]:
    """The service on each of the two databases."""
    with new_service(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def sqlite_service(sqlite_template: Path, tmp_path: Path) -> Iterator[Service]:
    """The service on SQLite, for what does not touch the database."""
    with new_service(sqlite_copy(sqlite_template, tmp_path), tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def sqlite_story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The whole story on SQLite, to copy: telling it takes seconds."""
    folder = tmp_path_factory.mktemp("story")
    url = f"sqlite:///{folder / 'ras.db'}"
    return Story(url, hear(url, folder))


@pytest.fixture(scope="session")
def postgres_story(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The whole story on PostgreSQL, to copy."""
    url = new_database(postgres)
    return Story(url, hear(url, tmp_path_factory.mktemp("story")))


@pytest.fixture
def story_copy(sqlite_story: Story, tmp_path: Path) -> Story:
    """The whole story on an SQLite database of one's own."""
    return Story(sqlite_copy(sqlite_story.file, tmp_path), sqlite_story.heard)


@pytest.fixture(params=["sqlite", "postgresql"])
def story(request: pytest.FixtureRequest) -> Iterator[Story]:
    """The whole story, in which all is done that can be done, on a database of one's own of each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("story_copy")
        return
    server, told = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_story")
    url = new_database(server, template=told.url)
    yield Story(url, told.heard)
    drop_database(server, url)


@pytest.fixture
def told(story: Story, tmp_path: Path) -> Iterator[Service]:
    """The service after the whole story, on each database."""
    with new_service(story.url, tmp_path) as service:
        yield service
