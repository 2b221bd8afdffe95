"""The whole story once, through the API: every operation, in an order that makes sense.

Run as a program it records a request and an answer of each operation as the examples of the API's
description (`app/examples.json`), and writes the description itself (`openapi/`), unless that would
break callers. The tests tell the same story again on both databases and compare what they hear.
"""

import json
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from httpx2 import Response

from app.access import ACCESS
from app.main import create_app
from app.openapi import describe, examples
from app.settings import Settings
from tests.app.service import (
    NOW,
    Clock,
    Ids,
    Person,
    Service,
    new_service,
    plan_content,
    policy_document,
    template_of,
)
from tests.app.surface import breaking, surface

EXAMPLES = Path("app/examples.json")
DESCRIPTION = Path("openapi/ras.json")
SURFACE = Path("openapi/surface.txt")
BREAKING = "--breaking"
NOT_TOLD = {"docs", "docs_asset"}
"""Pages, which the browser tests open."""

NO_SECRET = "a-secret-that-is-shown-once-and-never-again"
"""What the examples have in the place of a calendar's secret."""

Exchange = dict[str, Any]


class Recorder:
    """Sends requests and writes down, for each operation, the first request and its answer."""

    def __init__(self, service: Service) -> None:
        self.heard: dict[str, Exchange] = {}
        description = describe(service.app)
        self._operations = [
            (method.upper(), re.compile(re.sub(r"\{[^}]+\}", "([^/]+)", path)), path, operation)
            for path, operations in description["paths"].items()
            for method, operation in operations.items()
        ]

    def __call__(
        self, who: Person, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> Any:
        """Send a request that has to go well, and give the answer's body."""
        response = who.send(method, path, headers=headers, **more)
        name, parameters = self._operation(method, path)
        parameters |= {**more.get("params", {}), **(headers or {})}
        if name not in self.heard:
            self.heard[name] = _exchange(method, path, parameters, more, response)
        assert response.is_success, f"{name}: {response.text}"
        return _body(response)

    def leave_out(self, secret: str) -> None:
        """Write something else where an exchange holds a secret: it is another one each time."""
        text = json.dumps(self.heard).replace(secret, NO_SECRET)
        self.heard = json.loads(text)

    def _operation(self, method: str, path: str) -> tuple[str, dict[str, str]]:
        # The more exact address first: /v1/policies/in-force before /v1/policies/{policy_id}.
        for verb, pattern, template, operation in sorted(self._operations, key=lambda o: o[2].count("{")):
            found = pattern.fullmatch(path)
            if verb == method and found:
                names = re.findall(r"\{([^}]+)\}", template)
                return operation["operationId"], dict(zip(names, found.groups(), strict=True))
        raise LookupError(f"{method} {path} is not in the description")


def tell(service: Service) -> dict[str, Exchange]:
    """Tell the story and give the first exchange of each operation."""
    call = Recorder(service)
    _is_it_up(call, service)
    _the_council_publishes_its_policy(call, service)
    child = _a_family_asks(call, service)
    plan = _a_plan_is_written(call, service, child)
    assessment = _the_plan_is_assessed(call, service, plan)
    _the_partner_agrees_its_part(call, service, child)
    first = _the_panel_decides(call, service, child, assessment)
    lower = _a_lower_amount_is_decided(call, service, child, assessment)
    notice = _notice_is_given_over_christmas(call, service, lower)
    _the_family_asks_again(call, service, lower)
    _letters_are_written(call, service, first, notice)
    _it_is_reviewed(call, service, child)
    _it_is_taken_back(call, service, notice)
    _the_budget_is_shown(call, service, child, first)
    _finance_looks_ahead(call, service)
    _files_are_imported(call, service)
    _anyone_asks(call, service)
    _it_is_held_and_erased(call, service, child)
    _the_auditor_looks(call, service, child)
    return call.heard


def _is_it_up(call: Recorder, service: Service) -> None:
    for path in ("/livez", "/readyz", "/version"):
        call(service.public, "GET", path)
    call(service.assessor, "GET", "/v1/me")


def _the_council_publishes_its_policy(call: Recorder, service: Service) -> None:
    lead = service.acting_as("demo-policy-lead")
    second = service.acting_as("demo-second-policy-lead")
    this_year = policy_document(valid_before="2027-04-01")
    next_year = policy_document(version="2027.1", valid_from="2027-04-01")

    broken = {**this_year, "title": "", "valid_from": "1 April 2026"}
    assert not call(lead, "POST", "/v1/policies:check", json={"document": broken})["usable"]
    key = {"Idempotency-Key": "draft-2026.1"}
    policy = call(lead, "POST", "/v1/policies", json={"document": this_year}, headers=key)
    revised = {**this_year, "consultation": "Parent carer forum (fictional), spring 2026"}
    bare = {**this_year["bounds"], "hard_cap_pence": 40_000_00}
    del bare["equality_reference"]
    doubtful = {**revised, "bounds": bare}
    policy = call(lead, "PUT", _path(policy), json={"document": doubtful}, headers=_match(policy))
    (finding,) = call(lead, "GET", f"{_path(policy)}/findings")["findings"]
    assert finding["finding"]["code"] == "cap-without-equality-analysis"
    answer = {
        "fingerprint": finding["fingerprint"],
        "answer": "Exampleshire looked at the limit in its equality analysis of January 2026, section 5.",
    }
    answer_key = {"Idempotency-Key": "answer-1"}
    answered = call(lead, "POST", f"{_path(policy)}/answers", json=answer, headers=answer_key)
    assert answered["ready"]
    policy = call(lead, "PUT", _path(policy), json={"document": revised}, headers=_match(policy))
    policy = call(second, "POST", f"{_path(policy)}/approve", headers=_match(policy))
    policy = call(second, "POST", f"{_path(policy)}/publish", headers=_match(policy))
    call(lead, "GET", _path(policy))
    call(service.assessor, "GET", "/v1/policies/in-force", params={"on": "2026-11-23"})

    later = call(lead, "POST", "/v1/policies", json={"document": next_year})
    call(lead, "GET", f"{_path(later)}/changes", params={"since": policy["id"]})
    for act in ("approve", "publish", "withdraw"):
        later = call(second, "POST", f"{_path(later)}/{act}", headers=_match(later))
    assert later["state"] == "withdrawn"
    assert len(call(lead, "GET", "/v1/policies", params={"state": "published"})["items"]) == 1


def _a_family_asks(call: Recorder, service: Service) -> dict[str, Any]:
    assessor = service.assessor
    body = {"reference": "EX-0001", "born_on": "2015-06-14", "team": "north"}
    child = call(assessor, "POST", "/v1/people", json=body, headers={"Idempotency-Key": "person-1"})
    path = f"/v1/people/{child['id']}"
    known = {"born_on": "2015-06-14", "team": "north", "current_package_annual_pence": 3_900_00}
    child = call(assessor, "PUT", path, json=known, headers=_match(child))
    monitoring = {"ethnic_group": "prefer-not-to-say", "household": "one-parent"}
    call(assessor, "PUT", f"{path}/monitoring", json=monitoring)
    call(assessor, "GET", f"{path}/monitoring")
    call(assessor, "GET", path)
    call(assessor, "GET", "/v1/people", params={"team": "north"})

    asked = {
        "person_id": child["id"],
        "asked_on": "2026-09-14",
        "asked_by": "parent",
        "plan_stage": "ehc-review",
    }
    request = call(assessor, "POST", "/v1/requests", json=asked)
    settled = {
        "outcome": "accepted",
        "decided_on": "2026-09-21",
        "reasons": "The EHC plan names social care that a personal budget can secure.",
    }
    path = f"/v1/requests/{request['id']}"
    call(assessor, "POST", f"{path}/outcome", json=settled, headers=_match(request))
    call(assessor, "GET", path)
    call(assessor, "GET", "/v1/requests", params={"person_id": child["id"]})
    return dict(child)


def _a_plan_is_written(call: Recorder, service: Service, child: dict[str, Any]) -> dict[str, Any]:
    assessor = service.assessor
    words = {"family_views": "Evenings are the hardest part of the day for all of us."}
    first = {**plan_content(words=words), "person_id": child["id"]}
    plan = call(assessor, "POST", "/v1/plans", json=first, headers={"Idempotency-Key": "plan-1"})
    path = f"/v1/plans/{plan['id']}"
    captured = {**words, "needs_not_captured": "Travel to a hospital far away, every month."}
    plan = call(assessor, "POST", f"{path}/versions", json=plan_content(words=captured), headers=_match(plan))
    call(assessor, "GET", path)
    call(assessor, "GET", f"{path}/versions/1")
    call(assessor, "GET", "/v1/plans", params={"person_id": child["id"]})
    return dict(plan)


def _the_plan_is_assessed(call: Recorder, service: Service, plan: dict[str, Any]) -> dict[str, Any]:
    assessor = service.assessor
    tried = {"born_on": "2015-06-14", "content": plan_content(), "effective_on": "2026-11-23"}
    before = call(assessor, "POST", "/v1/assessments:try", json=tried)
    new = {"plan_id": plan["id"], "effective_on": "2026-11-23"}
    key = {"Idempotency-Key": "assessment-1"}
    kept = call(assessor, "POST", "/v1/assessments", json=new, headers=key)
    assert kept["indicative_annual_pence"] == before["result"]["indicative_annual_pence"]
    path = f"/v1/assessments/{kept['id']}"
    assert call(assessor, "GET", path) == kept
    assert call(service.acting_as("demo-auditor"), "GET", f"{path}/replay")["equal"]
    call(assessor, "GET", f"{path}/sensitivity")
    call(assessor, "GET", f"{path}/statement", params={"format": "text"})
    call(assessor, "GET", "/v1/assessments", params={"plan_id": plan["id"]})
    return dict(kept)


def _the_partner_agrees_its_part(call: Recorder, service: Service, child: dict[str, Any]) -> None:
    assessor, partner = service.assessor, service.acting_as("demo-partner")
    path = f"/v1/people/{child['id']}/shares"
    call(assessor, "PUT", path, json={"shared_with": "health", "shared": True})
    call(assessor, "GET", path)
    agreed = {
        "person_id": child["id"],
        "annual_pence": 900_00,
        "reasons": "Two hours of nursing care a month, from the health plan.",
    }
    made = call(partner, "POST", "/v1/component-agreements", json=agreed)
    call(partner, "GET", f"/v1/component-agreements/{made['id']}")
    call(partner, "GET", "/v1/component-agreements", params={"person_id": child["id"]})
    for kind, outcome in (
        ("consent", "given"),
        ("agreement", "signed"),
        ("account", "prepaid-card"),
        ("ability-to-manage", "able-with-help"),
    ):
        finding = {
            "person_id": child["id"],
            "kind": kind,
            "outcome": outcome,
            "found_on": "2026-11-20",
            "recipient": "parent",
            "notes": "Talked through at home, with the agreement on the table.",
        }
        found = call(assessor, "POST", "/v1/findings", json=finding)
    call(assessor, "GET", f"/v1/findings/{found['id']}")
    call(assessor, "GET", "/v1/findings", params={"person_id": child["id"]})


def _social_care(annual_pence: int) -> dict[str, Any]:
    return {
        "component": "social-care",
        "annual_pence": annual_pence,
        "parts": [
            {
                "delivery": "direct-payment",
                "annual_pence": annual_pence,
                "recipient": "parent",
                "paid_every": "four-weeks",
            }
        ],
    }


def _terms(*components: dict[str, Any], starts_on: str, occasion: str) -> dict[str, Any]:
    return {
        "kind": "award",
        "starts_on": starts_on,
        "components": list(components),
        "occasion": occasion,
        "reason_codes": ["plan-costs-more"],
        "considered": ["needs-not-captured"],
    }


def _the_panel_decides(
    call: Recorder, service: Service, child: dict[str, Any], assessment: dict[str, Any]
) -> dict[str, Any]:
    assessor, panel = service.assessor, service.acting_as("demo-panel-chair")
    equipment = {"code": "equipment", "delivery": "notional", "due_on": "2026-12-01", "pence": 245_00}
    health = {
        "component": "health",
        "annual_pence": 900_00,
        "parts": [{"delivery": "notional", "annual_pence": 900_00}],
    }
    care = {**_social_care(6_000_00), "one_offs": [equipment]}
    terms = _terms(care, health, starts_on="2026-12-01", occasion="first-award")
    about = {"person_id": child["id"], "assessment_id": assessment["id"], "terms": terms}
    proposed = {
        **about,
        "addressed_to": "panel",
        "reasons": "The evenings need a second pair of hands, as the family says in the plan.",
    }
    proposal = call(assessor, "POST", "/v1/proposals", json=proposed)
    call(panel, "GET", "/v1/proposals", params={"addressed_to": "panel"})
    call(panel, "GET", f"/v1/proposals/{proposal['id']}")
    on_it = {**about, "proposal_id": proposal["id"]}
    assert call(panel, "POST", "/v1/decisions:preview", json=on_it)["allowed"]
    decided = {
        **on_it,
        "saw_result_sha256": assessment["result_sha256"],
        "reasons": "The plan costs more than the indicative amount. Every line of it meets an outcome.",
    }
    headers = {"If-Match": _budgets_etag(service, child), "Idempotency-Key": "decision-1"}
    made = call(panel, "POST", "/v1/decisions", json=decided, headers=headers)
    call(assessor, "GET", f"/v1/decisions/{made['id']}")
    call(assessor, "GET", "/v1/decisions", params={"person_id": child["id"]})
    return dict(made)


def _a_lower_amount_is_decided(
    call: Recorder, service: Service, child: dict[str, Any], assessment: dict[str, Any]
) -> dict[str, Any]:
    service.clock.now = datetime(2026, 12, 21, 10, 0, tzinfo=UTC)
    terms = _terms(_social_care(5_400_00), starts_on="2027-01-01", occasion="review")
    about = {"person_id": child["id"], "assessment_id": assessment["id"], "terms": terms}
    manager = service.acting_as("demo-team-manager")
    before = call(manager, "POST", "/v1/decisions:preview", json=about)
    assert [day["dates"]["lower_from"] for day in before["earliest"]] == [
        "2027-03-24",
        "2027-03-22",
        "2027-03-22",
    ]
    decided = {
        **about,
        "saw_result_sha256": assessment["result_sha256"],
        "reasons": "The club now ends at five, so two hours less of care are needed each week.",
    }
    headers = {"If-Match": _budgets_etag(service, child)}
    return dict(call(manager, "POST", "/v1/decisions", json=decided, headers=headers))


def _notice_is_given_over_christmas(
    call: Recorder, service: Service, decision: dict[str, Any]
) -> dict[str, Any]:
    assessor, manager = service.assessor, service.acting_as("demo-team-manager")
    notice = call(assessor, "POST", "/v1/notices", json={"decision_id": decision["id"]})
    path = f"/v1/notices/{notice['id']}"
    notice = call(manager, "POST", f"{path}/issue", headers=_match(notice))
    service.clock.now = datetime(2026, 12, 24, 16, 0, tzinfo=UTC)
    posted = {"method": "post", "sent_at": "2026-12-24T15:45:00Z"}
    assessor = service.assessor
    notice = call(assessor, "POST", f"{path}/serve", json=posted, headers=_match(notice))
    assert notice["running"][0]["lower_from"] == "2027-03-31"
    call(assessor, "GET", path)
    call(assessor, "GET", "/v1/notices", params={"person_id": decision["person_id"]})
    return dict(notice)


def _the_family_asks_again(call: Recorder, service: Service, decision: dict[str, Any]) -> None:
    service.clock.now = datetime(2027, 1, 18, 9, 0, tzinfo=UTC)
    assessor, panel = service.assessor, service.acting_as("demo-second-panel-chair")
    asked = {
        "decision_id": decision["id"],
        "asked_by": "parent",
        "received_on": "2027-01-18",
        "representations": "The club ends at five, but the bus home comes at six.",
    }
    pending = call(assessor, "POST", "/v1/reconsiderations", json=asked)
    assert pending["holds"]
    path = f"/v1/reconsiderations/{pending['id']}"
    pending = call(assessor, "POST", f"{path}/acknowledge", headers=_match(pending))
    answer = {
        "outcome": "varied",
        "components": [_social_care(5_700_00)],
        "reasons": "The hour until the bus comes is needed, and was left out. The other hour is not.",
    }
    pending = call(panel, "POST", f"{path}/answer", json=answer, headers=_match(pending))
    sent = {"method": "electronic", "sent_at": "2027-01-18T09:00:00Z"}
    call(assessor, "POST", f"{path}/serve", json=sent, headers=_match(pending))
    call(assessor, "GET", path)
    call(assessor, "GET", "/v1/reconsiderations", params={"decision_id": decision["id"]})


def _letters_are_written(
    call: Recorder, service: Service, decision: dict[str, Any], notice: dict[str, Any]
) -> None:
    assessor = service.assessor
    asked = call(assessor, "GET", "/v1/reconsiderations", params={"person_id": decision["person_id"]})
    for path in (
        f"/v1/decisions/{decision['id']}/letter",
        f"/v1/notices/{notice['id']}/document",
        f"/v1/reconsiderations/{asked['items'][0]['id']}/letter",
    ):
        call(assessor, "GET", path, params={"format": "text"})


def _it_is_reviewed(call: Recorder, service: Service, child: dict[str, Any]) -> None:
    assessor = service.assessor
    held = {
        "person_id": child["id"],
        "held_on": "2027-01-15",
        "with_ehc_review": False,
        "outcome": "unchanged",
        "notes": "Held at home, with the grandmother who helps on Saturdays.",
    }
    review = call(assessor, "POST", "/v1/reviews", json=held)
    call(assessor, "GET", f"/v1/reviews/{review['id']}")
    call(assessor, "GET", "/v1/reviews", params={"person_id": child["id"]})
    call(assessor, "GET", "/v1/reviews/due", params={"by": "2027-12-31"})
    call(assessor, "GET", "/v1/reviews/roll-out", params={"starts_on": "2026-08-01"})
    calendar = call(assessor, "POST", "/v1/calendars")
    call(service.public, "GET", calendar["address"])
    call.leave_out(calendar["address"].removeprefix("/calendars/").removesuffix(".ics"))
    call(assessor, "GET", "/v1/calendars")
    call(assessor, "POST", f"/v1/calendars/{calendar['id']}/revoke")


def _finance_looks_ahead(call: Recorder, service: Service) -> None:
    finance = service.acting_as("demo-finance")
    months = {"first_month": "2026-11", "months": "6"}
    call(finance, "GET", "/v1/commitments", params=months)
    call(finance, "GET", "/v1/forecasts", params=months)


def _it_is_taken_back(call: Recorder, service: Service, notice: dict[str, Any]) -> None:
    why = {"reasons": "The amount it told of is no longer the one that was decided."}
    manager = service.acting_as("demo-team-manager")
    path = f"/v1/notices/{notice['id']}/withdraw"
    call(manager, "POST", path, json=why, headers=_match(notice))


def _the_budget_is_shown(
    call: Recorder, service: Service, child: dict[str, Any], first: dict[str, Any]
) -> None:
    assessor = service.assessor
    path = f"/v1/budgets/{child['id']}"
    shown = call(assessor, "GET", path)
    assert shown["components"][0]["spans"][0]["set_by_decision_id"] == first["id"]
    payable = call(service.acting_as("demo-finance"), "GET", f"{path}/payable", params={"on": "2027-04-01"})
    assert payable["annual_pence"] == 6_900_00
    service.clock.now = NOW
    older = {"reference": "EX-0014", "born_on": "2011-05-02", "team": "north"}
    older = call(service.assessor, "POST", "/v1/people", json=older)
    call(service.assessor, "GET", f"/v1/budgets/{older['id']}/hand-over")
    call(service.assessor, "GET", "/v1/events", params={"after": "30"})


def _budgets_etag(service: Service, child: dict[str, Any]) -> str:
    etag: str = service.assessor.get(f"/v1/budgets/{child['id']}").headers["ETag"]
    return etag


def _files_are_imported(call: Recorder, service: Service) -> None:
    people = "reference,born_on,team\nEX-0002,2013-01-31,north\nEX-0003,2017-11-05,north\n"
    plans = (
        "person_reference,kind,reference,starts_on,needs.1.domain,needs.1.levels.short\n"
        "EX-0002,care,CARE-2026-0002,2026-10-01,independence,regular\n"
    )
    monitoring = "person_reference,ethnic_group,household\nEX-0002,prefer-not-to-say,two-parents\n"
    for kind, content in (("people", people), ("plans", plans), ("monitoring", monitoring)):
        csv = {"Content-Type": "text/csv"}
        call(service.assessor, "POST", f"/v1/imports/{kind}", content=content, headers=csv)


def _anyone_asks(call: Recorder, service: Service) -> None:
    call(service.public, "GET", "/local-offer/v1/policy")
    answers = {
        "age": 11,
        "needs": [
            {"domain": "independence", "level": "frequent"},
            {"domain": "behaviour", "level": "regular"},
            {"domain": "relationships", "level": "regular"},
            {"domain": "education", "level": "now-and-then"},
        ],
        "resources": [{"domain": "independence", "kind": "family", "contribution": "some"}],
        "circumstances": [
            {"circumstance": "area", "choice": "town"},
            {"circumstance": "disabled-siblings", "count": 0},
        ],
    }
    call(service.public, "POST", "/local-offer/v1/estimates", json=answers)


def _it_is_held_and_erased(call: Recorder, service: Service, child: dict[str, Any]) -> None:
    manager, path = service.acting_as("demo-team-manager"), f"/v1/people/{child['id']}"
    why = {"held": True, "reason": "The family has gone to the Ombudsman about the evenings."}
    call(manager, "PUT", f"{path}/legal-hold", json=why)
    call(manager, "GET", f"{path}/legal-hold")
    why = {"held": False, "reason": "The Ombudsman has decided."}
    call(manager, "PUT", f"{path}/legal-hold", json=why)
    review = call(manager, "GET", "/v1/reviews", params={"person_id": child["id"]})["items"][0]
    words = {"what": "words", "record_id": review["id"], "ground": "family-asked"}
    call(manager, "POST", f"{path}/erasures", json=words)
    call(manager, "GET", f"{path}/erasures")
    call(manager, "GET", f"{path}/subject-access", params={"format": "html"})
    grown = {"reference": "EX-0015", "born_on": "1998-02-03", "team": "north"}
    grown = call(service.assessor, "POST", "/v1/people", json=grown)
    service.clock.now = datetime(2034, 1, 9, 10, 0, tzinfo=UTC)
    manager = service.acting_as("demo-team-manager")
    assert call(manager, "GET", "/v1/retention")["items"][0]["id"] == grown["id"]
    call(manager, "POST", f"/v1/people/{grown['id']}/erasures", json={"what": "record"})
    service.clock.now = NOW


def _the_auditor_looks(call: Recorder, service: Service, child: dict[str, Any]) -> None:
    service.clock.now = NOW - timedelta(hours=2)  # so that the glass is whole again when tests go on
    auditor = service.acting_as("demo-auditor")
    path = f"/v1/people/{child['id']}"
    why = {"reason": "The yearly look at lowered budgets, AUD-7: what did the family say?"}
    call(auditor, "POST", f"{path}/break-glass", json=why)
    call(auditor, "GET", path)
    call(service.acting_as("demo-team-manager"), "GET", f"{path}/reads", params={"limit": "3"})
    call(auditor, "GET", "/v1/audit/key")
    call(auditor, "GET", "/v1/audit/checkpoint")
    call(auditor, "GET", "/v1/audit/log", params={"purpose": "internal-audit", "after": "26", "limit": "2"})
    service.clock.now = NOW
    # Salts are drawn and the key is made: what follows from them is another each time.
    for name in ("get_audit_key", "get_audit_checkpoint", "get_audit_log", "get_subject_access"):
        text = json.dumps(call.heard[name])
        text = re.sub(r"[0-9a-f]{64,128}", lambda drawn: "0" * len(drawn[0]), text)
        text = re.sub(r"(-----\\n)[A-Za-z0-9+/=]+(\\n-----)", r"\1the key\2", text)
        call.heard[name] = json.loads(text)


def _path(policy: dict[str, Any]) -> str:
    return f"/v1/policies/{policy['id']}"


def _match(record: dict[str, Any]) -> dict[str, str]:
    return {"If-Match": f'"{record["id"].replace("-", "")[-12:]}-{record["revision"]}"'}


def _exchange(
    method: str, path: str, parameters: dict[str, str], more: dict[str, Any], response: Response
) -> Exchange:
    kind = response.headers["content-type"].partition(";")[0]
    request: dict[str, Any] = {"method": method, "path": path, "parameters": parameters}
    if "json" in more:
        request["body"] = more["json"]
    if "content" in more:
        request["body"] = more["content"]
    return {
        "request": request,
        "response": {"status": response.status_code, "content_type": kind, "body": _body(response)},
    }


def _body(response: Response) -> Any:
    is_json = response.headers["content-type"].partition(";")[0].endswith(("/json", "+json"))
    return response.json() if is_json else response.text


@dataclass(frozen=True)
class Story:
    """A database in which the story has been told, and what was said in it."""

    url: str
    heard: dict[str, Exchange]

    @property
    def file(self) -> Path:
        """Where SQLite keeps it."""
        return Path(self.url.removeprefix("sqlite:///"))


def hear(url: str, folder: Path) -> dict[str, Exchange]:
    """Tell the story on an empty database, with a clock and keys that are the same every time."""
    template_of(url, with_policy=False)
    with new_service(url, folder, clock=Clock(), ids=Ids()) as service:
        return tell(service)


def main() -> None:
    """Record the examples and write the description."""
    with TemporaryDirectory() as folder:
        heard = hear(f"sqlite:///{folder}/ras.db", Path(folder))
        EXAMPLES.write_text(json.dumps(heard, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
        examples.cache_clear()
        description = describe(create_app(Settings(data_dir=Path(folder))))
    lines = surface(description)
    broken = breaking(SURFACE.read_text().splitlines(), lines) if SURFACE.exists() else []
    if broken and BREAKING not in sys.argv:
        how = f"If it is meant: make openapi ARGS={BREAKING}, and say so in the changelog."
        sys.exit("\n".join(["This breaks callers.", *broken, how]))
    DESCRIPTION.parent.mkdir(exist_ok=True)
    DESCRIPTION.write_text(published(description))
    SURFACE.write_text("\n".join(lines) + "\n")
    missing = set(ACCESS) - NOT_TOLD - set(heard)
    if missing:
        sys.exit(f"The story leaves out: {', '.join(sorted(missing))}")


def published(description: dict[str, Any]) -> str:
    """A description as the file that is committed."""
    return json.dumps(description, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
