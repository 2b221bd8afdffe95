"""Alerts, dashboard and runbooks go together, and name only what the service gives out."""

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
import yaml

from app.doctor import HOLIDAYS_AHEAD
from tests.app.service import Service
from tests.published import ROOT

FILES = ROOT / "deploy" / "observability"
RUNBOOKS = ROOT / "docs" / "runbooks"
HOME = yaml.safe_load((ROOT / "publiccode.yml").read_text())["url"]
HEADINGS = ["What it means", "What to look at", "What to do", "Who is affected"]
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((FILES / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
DASHBOARD: dict[str, Any] = json.loads((FILES / "dashboard.json").read_text())


def page_of(alert: str) -> str:
    """The name of an alert's page: `RasNotScraped` has `not-scraped.md`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", alert.removeprefix("Ras")).lower() + ".md"


def expressions() -> Iterator[str]:
    """Every question that alerts and dashboard ask of Prometheus."""
    yield from (rule["expr"] for rule in RULES)
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))


def test_every_alert_says_what_is_wrong_how_urgent_it_is_and_where_to_read_on() -> None:
    names = [rule["alert"] for rule in RULES]
    assert len(set(names)) == len(names)
    for rule in RULES:
        assert rule["labels"] == {"severity": rule["labels"]["severity"]}
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["runbook_url"] == f"{HOME}/docs/runbooks/{page_of(rule['alert'])}"


def test_every_alert_has_its_page_and_every_page_its_alert() -> None:
    pages = {path.name for path in RUNBOOKS.glob("*.md")} - {"README.md"}
    assert pages == {page_of(rule["alert"]) for rule in RULES}
    listed = re.findall(
        r"^\| \[(\w+)\]\((\S+)\) \| (.+) \|$", (RUNBOOKS / "README.md").read_text(), re.MULTILINE
    )
    assert listed == [
        (rule["alert"], page_of(rule["alert"]), rule["annotations"]["summary"]) for rule in RULES
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_page_says_what_it_means_what_to_look_at_what_to_do_and_who_is_affected(
    rule: dict[str, Any],
) -> None:
    title, *rest = (RUNBOOKS / page_of(rule["alert"])).read_text().split("\n## ")
    assert title == f"# {rule['alert']}\n\n{rule['annotations']['summary']}\n"
    assert [part.partition("\n")[0] for part in rest] == HEADINGS
    assert all(part.partition("\n")[2].strip().endswith((".", "?")) for part in rest)


def test_alerts_and_dashboard_ask_only_for_what_is_given_out(sqlite_service: Service) -> None:
    assert sqlite_service.public.get("/livez").status_code == HTTPStatus.OK
    families = list(sqlite_service.app.state.metrics.registry.collect())
    samples = [sample for family in families for sample in family.samples]
    names = {sample.name for sample in samples} | {family.name for family in families}
    for expression in expressions():
        asked = re.findall(r"\b((?:ras|process)_\w+)(?:\{([^}]*)\})?", expression)
        assert asked or expression == 'up{job="ras"} == 0'
        for name, labels in asked:
            assert name in names, expression
            wanted = dict(re.findall(r'(\w+)="([^"]*)"', labels))
            wanted.pop("job", None)
            assert any(s.name == name and wanted.items() <= s.labels.items() for s in samples) or not wanted
        known = {label for sample in samples for label in sample.labels}
        for group in re.findall(r"by \(([^)]*)\)", expression):
            assert set(group.split(", ")) <= known, expression


def test_the_dashboard_has_panels_that_do_not_overlap_and_ask_the_source_that_is_chosen() -> None:
    places: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & places, panel["title"]
        places |= cells
        for target in panel.get("targets", ()):
            assert target["datasource"]["uid"] == "${datasource}"
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)


def test_the_end_of_the_bank_holidays_is_told_as_early_as_by_the_doctor() -> None:
    (rule,) = [rule for rule in RULES if rule["alert"] == "RasBankHolidaysEnd"]
    assert rule["expr"] == f"ras_bank_holidays_days_left < {HOLIDAYS_AHEAD.days}"
