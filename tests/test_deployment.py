"""What is deployed is what the service knows: compose file, realm, roles, unit and catalogue entry."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from configparser import RawConfigParser
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
import typer.main
import yaml

from app.cli import cli
from app.db import Database
from app.demonstration.load import STAFF
from app.installation import EVERY_SCOPE
from app.migration import migrate
from app.settings import Settings
from tests.app.running import running
from tests.app.service import Service, new_service
from tests.postgres import postgres_server
from tests.published import ROOT
from tests.test_observability import RULES

FOLDER = ROOT / "deploy" / "compose"
FILE = FOLDER / "compose.yaml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, container in CONTAINERS.items() if container["image"] == "ras:local"]
REALM: dict[str, Any] = json.loads((FOLDER / "realm.json").read_text())
KNOWN = {f"RAS_{name.upper()}" for name in Settings.model_fields}
SECRET = re.compile(r"PASSWORD|SECRET")
PLACE = re.compile(r"\$\{([A-Z_]+)(:[?+])?([^}]*)\}")
COMMANDS = typer.main.get_command(cli)


def valid(file: Path) -> subprocess.CompletedProcess[str]:
    """Hold a file to the published schema of compose files."""
    check = Path(sys.executable).with_name("check-jsonschema")
    program = [check, "--builtin-schema", "vendor.compose-spec", file]
    return subprocess.run([str(part) for part in program], capture_output=True, text=True, check=False)  # noqa: S603


def test_the_compose_file_is_one_and_a_broken_copy_is_not(tmp_path: Path) -> None:
    assert valid(FILE).returncode == 0, valid(FILE).stdout
    broken = {**COMPOSE, "services": {"service": {**CONTAINERS["service"], "readonly": True}}}
    (tmp_path / "compose.yaml").write_text(yaml.safe_dump(broken))
    refused = valid(tmp_path / "compose.yaml")
    assert refused.returncode == 1
    assert "readonly" in refused.stdout


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_can_do_little_and_is_reached_from_this_machine_only(name: str) -> None:
    container = CONTAINERS[name]
    assert container["cap_drop"] == ["ALL"]
    assert "cap_add" not in container
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid", "ipc", "devices"} & container.keys()
    assert container.get("read_only") is (None if name == "identity" else True)
    assert all(port.startswith("127.0.0.1:") for port in container.get("ports", ()))
    assert re.search(r":v?\d", container["image"]) or name in OURS, "an image has its version"


def test_what_holds_data_has_no_way_out_and_the_database_no_port() -> None:
    assert COMPOSE["networks"] == {"front": {}, "data": {"internal": True}, "watch": {"internal": True}}
    for name in ("database", "migrate", "grant"):
        assert CONTAINERS[name]["networks"] == ["data"]
        assert "ports" not in CONTAINERS[name]


def places(value: Any) -> Iterator[tuple[str, str, str]]:
    """What is filled in from `.env`: its name, how, and what is said or put there."""
    if isinstance(value, str):
        yield from PLACE.findall(value)
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from places(inner)


def test_nothing_starts_without_passwords_and_none_is_written_down() -> None:
    found = set(places(COMPOSE))
    needed = {name for name, how, _ in found if how == ":?"}
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", (FOLDER / "settings.example").read_text(), re.MULTILINE))

    assert found - {(name, ":?", "put it into .env") for name in needed} == {
        ("DEMONSTRATION", ":+", "--demo")
    }
    assert given == dict.fromkeys({*needed, "DEMONSTRATION"}, "")
    for container in CONTAINERS.values():
        for name, value in container.get("environment", {}).items():
            if SECRET.search(name):
                assert PLACE.fullmatch(value), name
            assert not re.search(r"://[^@$]*:[^@$]+@", value), name


def filled(value: str) -> str:
    """A value as compose makes it, with made-up words from `.env`."""
    given = {"IDENTITY_URL": "https://login.example.org"}
    return PLACE.sub(lambda place: given.get(place[1], "0f3a"), value).replace("$$", "$")


@pytest.mark.parametrize("name", OURS)
def test_every_setting_of_the_service_is_known_and_they_go_together(name: str) -> None:
    environment = CONTAINERS[name]["environment"]
    assert {key for key in environment if key.startswith("RAS_")} == set(environment) <= KNOWN
    fields: dict[str, Any] = {
        key.removeprefix("RAS_").lower(): filled(value) for key, value in environment.items()
    }
    settings = Settings(host="0.0.0.0", data_dir=Path("/data"), **fields)  # noqa: S104  as the image sets it
    owner, public = map(sa.make_url, (settings.sqlalchemy_url, settings.local_offer_sqlalchemy_url))
    assert (owner.username, public.username) == ("ras", "local_offer")
    assert (owner.host, owner.database) == (public.host, public.database) == ("database", "ras")
    assert settings.oidc_issuer == f"https://login.example.org/realms/{REALM['realm']}"
    assert settings.oidc_jwks_url.startswith(f"http://identity:8080/realms/{REALM['realm']}/")


def test_a_proxy_on_the_machine_is_believed_through_the_engines_network() -> None:
    """Otherwise all without a token are one address. The port is on loopback: nobody else comes that way."""
    service = CONTAINERS["service"]
    trusted = [ip_network(each) for each in service["environment"]["RAS_TRUSTED_PROXIES"].split(",")]
    for gateway in ("172.17.0.1", "172.31.0.1", "192.168.16.1"):
        assert any(ip_address(gateway) in network for network in trusted)
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])


@pytest.mark.parametrize("name", OURS)
def test_what_a_container_of_the_service_is_told_to_do_is_a_command(name: str) -> None:
    command = CONTAINERS[name]["command"]
    said = command if isinstance(command, list) else shlex.split(filled(command).replace("0f3a", "--demo"))
    assert_command(said)


def assert_command(said: list[str]) -> None:
    """`ras` has such a command with such options."""
    here: Any = COMMANDS
    words = list(said)
    while hasattr(here, "commands"):
        assert words, f"{said} names no command"
        assert words[0] in here.commands, f"there is no `ras {' '.join(said)}`"
        here = here.commands[words.pop(0)]
    options = {option for each in here.params for option in (*each.opts, *each.secondary_opts)}
    for word in words:
        if word.startswith("-"):
            assert word.partition("=")[0] in {*options, "--help"}, f"`ras {' '.join(said)}`: no {word}"


def test_the_database_is_there_first_then_its_tables_then_the_right_of_the_public_side() -> None:
    waits = {
        name: {on: how["condition"] for on, how in container.get("depends_on", {}).items()}
        for name, container in CONTAINERS.items()
    }
    done, healthy = "service_completed_successfully", "service_healthy"
    assert waits == {
        "database": {},
        "migrate": {"database": healthy},
        "grant": {"migrate": done},
        "service": {"database": healthy, "grant": done, "identity": healthy},
        "identity": {"database": healthy},
        "prometheus": {"service": healthy},
    }
    for container in waits.values():
        for on, how in container.items():
            assert how == done or "healthcheck" in CONTAINERS[on]


def healthy(address: str) -> int:
    """Run the health check of the service's container against an address."""
    how, *program = CONTAINERS["service"]["healthcheck"]["test"]
    assert (how, program[0]) == ("CMD", "python")
    environment = {**os.environ, "RAS_PORT": address.rpartition(":")[2]}
    return subprocess.run(  # noqa: S603  the file's own program
        [sys.executable, *program[1:]], env=environment, check=False, capture_output=True, timeout=30
    ).returncode


def test_the_health_check_says_whether_the_service_can_do_its_work(
    sqlite_service: Service, tmp_path: Path
) -> None:
    with running(sqlite_service.app) as address:
        assert healthy(address) == 0
    (tmp_path / "empty").mkdir()
    url = f"sqlite:///{tmp_path / 'empty' / 'ras.db'}"
    with new_service(url, tmp_path / "empty") as service, running(service.app) as address:
        assert healthy(address) != 0


def test_what_is_mounted_is_there_and_what_is_named_as_a_volume_is_one() -> None:
    for container in CONTAINERS.values():
        for volume in container.get("volumes", ()):
            source = volume.partition(":")[0]
            assert (FOLDER / source).is_file() if source.startswith(".") else source in COMPOSE["volumes"]
            assert not source.startswith(".") or volume.endswith(":ro")
    assert OURS == ["migrate", "service"]
    for name in OURS:
        assert (FOLDER / CONTAINERS[name]["build"] / "Dockerfile").is_file()


def psql(url: str, *arguments: str, **environment: str) -> None:
    """Run a psql as the database's container does."""
    program = shutil.which("psql") or str(next(Path(sys.prefix).rglob("pginstall/bin/psql")))
    made = sa.make_url(url)
    where = {
        "PGHOST": str(made.query["host"]),
        "PGUSER": made.username or "",
        "PGDATABASE": made.database or "",
    }
    subprocess.run(  # noqa: S603  psql, with arguments of ours
        [program, "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--quiet", *arguments],
        env={**os.environ, **where, **environment},
        check=True,
        capture_output=True,
    )


def test_the_roles_are_made_and_the_public_one_can_read_one_view_and_do_nothing_else() -> None:
    with postgres_server() as server:
        psql(
            server,
            f"--file={FOLDER / 'roles.sql'}",
            OWNER_PASSWORD="o'wn",
            LOCAL_OFFER_PASSWORD="lo",
            IDENTITY_DATABASE_PASSWORD="id",
        )
        as_owner = server.replace("postgres@/postgres", "ras@/ras")
        database = Database(as_owner)
        migrate(database)
        database.close()
        grant = CONTAINERS["grant"]
        assert grant["entrypoint"][0] == "psql"
        psql(as_owner, *grant["entrypoint"][1:], *grant["command"])

        with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as superuser:
            roles = superuser.execute(
                "SELECT rolname, rolpassword LIKE 'SCRAM-SHA-256$%', rolsuper OR rolcreaterole OR rolcreatedb"
                " FROM pg_authid WHERE rolcanlogin AND rolname <> 'postgres' ORDER BY 1"
            ).fetchall()
        assert roles == [(name, True, False) for name in ("identity", "local_offer", "ras")]

        as_public = as_owner.replace("+psycopg", "").replace("ras@", "local_offer@")
        with psycopg.connect(as_public, autocommit=True) as public:
            assert public.execute("SELECT count(*) FROM local_offer_policy").fetchone() == (0,)
            for forbidden in (
                *("SELECT count(*) FROM person", "SELECT count(*) FROM policy"),
                *(
                    "CREATE TABLE mine (a int)",
                    "CREATE TEMP TABLE mine (a int)",
                    "TRUNCATE policy",
                ),
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    public.execute(forbidden)
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(as_public.replace("/ras?", "/identity?"))


def test_every_token_of_the_realm_is_meant_for_the_service() -> None:
    audience = CONTAINERS["service"]["environment"]["RAS_OIDC_AUDIENCE"]
    assert {client["clientId"] for client in REALM["clients"]} == {"ras-people", "case-system"}
    for client in REALM["clients"]:
        (mapper,) = [m for m in client["protocolMappers"] if m["protocolMapper"] == "oidc-audience-mapper"]
        assert mapper["config"]["included.custom.audience"] == audience
        assert mapper["config"]["access.token.claim"] == "true"
        assert not client["implicitFlowEnabled"]
        assert not client["directAccessGrantsEnabled"]
        assert not client["publicClient"] or client["attributes"]["pkce.code.challenge.method"] == "S256"


def test_the_case_system_has_a_secret_that_is_filled_in_and_may_do_what_its_users_may() -> None:
    (client,) = [client for client in REALM["clients"] if not client["publicClient"]]
    name = client["secret"].removeprefix("${").removesuffix("}")
    assert CONTAINERS["identity"]["environment"][name].startswith(f"${{{name}:?")
    (mapper,) = [m for m in client["protocolMappers"] if m["protocolMapper"] == "oidc-hardcoded-claim-mapper"]
    assert mapper["config"]["claim.name"] == "roles"
    assert json.loads(mapper["config"]["claim.value"]) == EVERY_SCOPE.split()


def test_the_realms_people_are_the_demonstrations_are_marked_as_made_up_and_cannot_sign_in_yet() -> None:
    assert [user["id"] for user in REALM["users"]] == list(STAFF)
    assert "made up" in REALM["displayName"]
    assert not REALM["registrationAllowed"]
    for user in REALM["users"]:
        assert "credentials" not in user
        if "serviceAccountClientId" not in user:
            assert user["firstName"] == "Made-up"
            assert user["email"].endswith("@example.org")
            assert user["requiredActions"] == ["UPDATE_PASSWORD"]


def test_prometheus_reads_the_metrics_where_they_are_given_out_and_has_the_alerts() -> None:
    read = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    (job,) = read["scrape_configs"]
    port = CONTAINERS["service"]["environment"]["RAS_METRICS_PORT"]
    assert f'job="{job["job_name"]}"' in " ".join(rule["expr"] for rule in RULES)
    assert job["static_configs"] == [{"targets": [f"service:{port}"]}]
    mounted = [volume.split(":")[1] for volume in CONTAINERS["prometheus"]["volumes"]]
    assert {*read["rule_files"], CONTAINERS["prometheus"]["command"][0].partition("=")[2]} <= set(mounted)


UNIT = ROOT / "deploy" / "systemd" / "ras.service"
HARDENED = {
    **dict.fromkeys(
        ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "PrivateUsers"), "yes"
    ),
    **dict.fromkeys(("ProtectClock", "ProtectControlGroups", "ProtectHostname", "ProtectKernelLogs"), "yes"),
    **dict.fromkeys(("ProtectKernelModules", "ProtectKernelTunables", "LockPersonality"), "yes"),
    **dict.fromkeys(("MemoryDenyWriteExecute", "RestrictNamespaces", "RestrictRealtime"), "yes"),
    **dict.fromkeys(("RestrictSUIDSGID", "RemoveIPC"), "yes"),
    "ProtectSystem": "strict",
    "ProtectProc": "invisible",
    "CapabilityBoundingSet": "",
    "AmbientCapabilities": "",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "SystemCallArchitectures": "native",
    "UMask": "0077",
    "StateDirectoryMode": "0700",
    "User": "ras",
}


def unit() -> RawConfigParser:
    """The unit; where a directive is there twice, the last counts."""
    read = RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their capitals
    read.read(UNIT)
    return read


def test_the_unit_runs_a_command_there_is_as_nobody_special_and_keeps_its_files_to_itself() -> None:
    service = dict(unit()["Service"])
    program, *said = shlex.split(service["ExecStart"])
    assert Path(program).name == "ras"
    assert_command(said)
    assert HARDENED.items() <= service.items()
    name, _, value = service["Environment"].partition("=")
    assert name in KNOWN
    assert value == service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"
    assert unit()["Install"]["WantedBy"] == "multi-user.target"


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    def told(text: str) -> str:
        (tmp_path / "ras.service").write_text(text.replace("/opt/ras/bin/ras", sys.executable))
        program = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "ras.service")]
        ran = subprocess.run(program, capture_output=True, text=True, check=False)  # noqa: S603
        return "\n".join(line for line in ran.stderr.splitlines() if "ras.service" in line)

    assert told(UNIT.read_text()) == ""
    assert "ProtectSystems" in told(UNIT.read_text().replace("ProtectSystem=", "ProtectSystems="))


CATALOGUE: dict[str, Any] = yaml.safe_load((ROOT / "publiccode.yml").read_text())


def test_the_catalogue_entry_has_what_the_standard_requires() -> None:
    """The keys that publiccode.yml 0.4 calls mandatory, and the bounds it gives them."""
    required = {
        *("publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType"),
        *("description", "legal", "maintenance", "localisation"),
    }
    assert required <= CATALOGUE.keys()
    assert CATALOGUE["publiccodeYmlVersion"] == "0.4"
    assert CATALOGUE["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert CATALOGUE["softwareType"] in {
        *(
            "standalone/mobile",
            "standalone/iot",
            "standalone/desktop",
            "standalone/web",
            "standalone/backend",
        ),
        *("standalone/other", "addon", "library", "configurationFiles"),
    }
    for told in CATALOGUE["description"].values():
        assert len(told["shortDescription"]) <= 150
        assert 500 <= len(told["longDescription"]) <= 10_000
        assert told["features"]
        assert all(len(feature) <= 100 for feature in told["features"])
    assert CATALOGUE["legal"]["license"] == "MIT"
    assert CATALOGUE["maintenance"]["type"] in {"internal", "contract", "community", "none"}
    assert all(contact["name"] for contact in CATALOGUE["maintenance"]["contacts"])
    assert set(CATALOGUE["localisation"]) == {"localisationReady", "availableLanguages"}
    assert set(CATALOGUE["description"]) <= set(CATALOGUE["localisation"]["availableLanguages"])


def test_the_catalogue_entry_names_countries_categories_and_scopes_in_the_words_of_the_standard() -> None:
    """Countries are in small letters there; the other words are those of its lists that are used here."""
    audience = CATALOGUE["intendedAudience"]
    assert set(audience) <= {"countries", "unsupportedCountries", "scope"}
    assert audience["countries"] == ["gb"]
    assert set(audience["scope"]) <= {"local-authorities", "welfare", "education", "healthcare"}
    assert set(CATALOGUE["categories"]) <= {"budgeting", "compliance-management", "workflow-management"}


PAGES = sorted((ROOT / "docs" / "deployment").glob("*.md"))
IN_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
COMMAND = re.compile(r"(?<![\w/.-])(?:ras|as_ras|docker compose run --rm service) ([a-z][^\n|;`#]*)")


def in_code(page: Path) -> str:
    """What stands in code on a page, a line or a span each."""
    return "\n".join(IN_CODE.findall(page.read_text())).replace("`", "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_that_a_page_of_deployment_names_is_one(page: Path) -> None:
    assert set(re.findall(r"\bRAS_[A-Z_]+", page.read_text())) <= KNOWN


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_of_deployment_names_is_one(page: Path) -> None:
    for said in COMMAND.findall(in_code(page)):
        if not said.startswith("…"):
            assert_command([word for word in shlex.split(said.partition(" > ")[0]) if word != "…"])


def test_the_pages_name_commands_and_settings_and_link_to_one_another() -> None:
    """So that what looks for them is seen to find them."""
    said = [command.split()[0] for page in PAGES for command in COMMAND.findall(in_code(page))]
    assert {"migrate", "staff", "doctor", "backup", "restore", "audit", "serve", "move", "token"} <= set(said)
    index = (ROOT / "docs" / "deployment" / "README.md").read_text()
    assert {page.name for page in PAGES} == {"README.md", *re.findall(r"\]\(([a-z-]+\.md)\)", index)}


def test_what_the_pages_install_is_what_is_there() -> None:
    page = (ROOT / "docs" / "deployment" / "one-machine.md").read_text()
    for file in re.findall(r"^install --mode=\S+ (\S+) ", page, re.MULTILINE):
        assert (ROOT / file).is_file()
    assert unit()["Service"]["EnvironmentFile"] in page
    assert f"python3 -m venv {Path(unit()['Service']['ExecStart'].split()[0]).parents[1]}\n" in page
