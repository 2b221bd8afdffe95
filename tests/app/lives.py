"""The life of a budget through the API, a step at a time: deciding, giving notice, looking again."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from httpx2 import Response

from app.clock import LONDON
from tests.app.service import (
    Person,
    Service,
    add_assessment,
    add_person,
    add_plan,
    good,
    policy_document,
)

Data = dict[str, Any]

REASONS = "The plan was gone through with the family, and this is what it needs."
COST = 5_171_45
"""What the example plan costs, in pence a year, at the horizon that the tests start in."""
ONCE = 245_00
"""What the example plan's equipment costs."""


def at(service: Service, day: str | date, hour: int = 10) -> None:
    """Let it be a London day, at an hour."""
    on = day if isinstance(day, date) else date.fromisoformat(day)
    service.clock.now = datetime.combine(on, time(hour), LONDON).astimezone(UTC)


def part(delivery: str, annual_pence: int) -> Data:
    """What one delivery is worth."""
    paid = {"recipient": "parent", "paid_every": "four-weeks"} if delivery == "direct-payment" else {}
    return {"delivery": delivery, "annual_pence": annual_pence, **paid}


def component(name: str = "social-care", *, once: int = 0, **parts: int) -> Data:
    """A component of an award; `notional=100_00` is a part."""
    named = {delivery.replace("_", "-"): pence for delivery, pence in parts.items()}
    made: Data = {
        "component": name,
        "annual_pence": sum(named.values()),
        "parts": [part(delivery, pence) for delivery, pence in named.items()],
    }
    if once:
        due = {"code": "equipment", "delivery": "notional", "due_on": "2026-12-01", "pence": once}
        made["one_offs"] = [due]
    return made


@dataclass
class Life:
    """One child's budget and everyone around it."""

    service: Service
    person: Data
    plan: Data
    assessment: Data
    decided: list[Data] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The child's key."""
        return str(self.person["id"])

    @property
    def worker(self) -> Person:
        """The social worker."""
        return self.service.assessor

    @property
    def manager(self) -> Person:
        """The team's manager."""
        return self.service.acting_as("demo-team-manager")

    @property
    def panel(self) -> Person:
        """The panel's chair."""
        return self.service.acting_as("demo-panel-chair")

    @property
    def other_panel(self) -> Person:
        """Another chair, who looks at decisions again."""
        return self.service.acting_as("demo-second-panel-chair")

    def assess(self, *, on: str = "2026-11-23") -> Data:
        """Assess the plan again, for a day."""
        self.assessment = add_assessment(self.worker, self.plan["id"], effective_on=on)
        return self.assessment

    def revise_plan(self, **changes: Any) -> Data:
        """Write the plan's next version, and assess it."""
        path = f"/v1/plans/{self.plan['id']}"
        now = self.worker.get(path)
        content = {**now.json()["content"], **changes}
        self.plan = good(
            self.worker.post(f"{path}/versions", content, headers={"If-Match": now.headers["ETag"]})
        )
        return self.plan

    def find(self, kind: str, outcome: str, *, on: str = "2026-11-20", **more: Any) -> Data:
        """Write a finding down."""
        body = {"person_id": self.id, "kind": kind, "outcome": outcome, "found_on": on, **more}
        found: Data = good(self.worker.post("/v1/findings", body))
        return found

    def may_be_paid(self, recipient: str = "parent", *, on: str = "2026-11-20") -> None:
        """Write down all that a direct payment needs."""
        for kind, outcome in (
            ("consent", "given"),
            ("agreement", "signed"),
            ("account", "designated-account"),
            ("ability-to-manage", "able"),
        ):
            self.find(kind, outcome, on=on, recipient=recipient)

    def terms(self, *components: Data, starts_on: str, **more: Any) -> Data:
        """The terms of an award."""
        return {
            "kind": "award",
            "starts_on": starts_on,
            "components": list(components),
            "occasion": "review",
            "reason_codes": ["plan-costs-more"],
            "considered": [],
            **more,
        }

    def body(self, terms: Data, **more: Any) -> Data:
        """The body of a decision with those terms."""
        rests = (
            {
                "assessment_id": self.assessment["id"],
                "saw_result_sha256": self.assessment["result_sha256"],
            }
            if terms["kind"] == "award"
            else {}
        )
        return {"person_id": self.id, "terms": terms, "reasons": REASONS, **rests, **more}

    def try_to_decide(
        self, terms: Data, *, by: Person | None = None, match: str | None = None, **more: Any
    ) -> Response:
        """Decide, and give the answer whatever it is."""
        by = by or self.manager
        etag = match or by.get(f"/v1/budgets/{self.id}").headers["ETag"]
        return by.post("/v1/decisions", self.body(terms, **more), headers={"If-Match": etag})

    def decide(self, terms: Data, *, by: Person | None = None, **more: Any) -> Data:
        """Decide; it has to go well."""
        made: Data = good(self.try_to_decide(terms, by=by, **more))
        self.decided.append(made)
        return made

    def award(self, *components: Data, starts_on: str, by: Person | None = None, **more: Any) -> Data:
        """Decide an award; it has to go well."""
        return self.decide(self.terms(*components, starts_on=starts_on, **more), by=by)

    def preview(self, terms: Data, *, by: Person | None = None) -> Data:
        """What a decision would do."""
        body = self.body(terms)
        for word in ("reasons", "saw_result_sha256"):
            body.pop(word, None)
        seen: Data = good((by or self.manager).post("/v1/decisions:preview", body))
        return seen

    def draft(self, decision: Data) -> Data:
        """Draft the notice of a decision."""
        made: Data = good(self.worker.post("/v1/notices", {"decision_id": decision["id"]}))
        return made

    def act(self, record: Data, act: str, body: Data | None = None, *, by: Person) -> Response:
        """Do something to a notice or a reconsideration in its present state."""
        kind = "notices" if "changes" in record else "reconsiderations"
        path = f"/v1/{kind}/{record['id']}"
        etag = by.get(path).headers.get("ETag", '"x-0"')
        return by.post(f"{path}/{act}", body, headers={"If-Match": etag})

    def notice(self, decision: Data, *, method: str = "electronic") -> Data:
        """Draft, issue and serve the notice of a decision, now."""
        drafted = self.draft(decision)
        good(self.act(drafted, "issue", by=self.manager))
        return self.serve(drafted, method=method)

    def serve(self, notice: Data, *, method: str = "electronic") -> Data:
        """Serve a letter now."""
        sent = {"method": method, "sent_at": self.service.clock.now.isoformat()}
        served: Data = good(self.act(notice, "serve", sent, by=self.worker))
        return served

    def ask(self, decision: Data, *, on: str, **more: Any) -> Data:
        """Let the family ask for a decision to be looked at again."""
        body = {"decision_id": decision["id"], "asked_by": "parent", "received_on": on, **more}
        asked: Data = good(self.worker.post("/v1/reconsiderations", body))
        return asked

    def answer(self, asked: Data, outcome: str, *components: Data, by: Person | None = None) -> Data:
        """Answer, and serve the answer electronically now."""
        body = {"outcome": outcome, "components": list(components), "reasons": REASONS}
        good(self.act(asked, "answer", body, by=by or self.other_panel))
        return self.serve(asked)

    def payable(self, on: str | date, *, by: Person | None = None) -> int:
        """The rate of a day, in pence a year."""
        path = f"/v1/budgets/{self.id}/payable"
        seen: Data = good((by or self.worker).get(path, params={"on": str(on)}))
        return int(seen["annual_pence"])

    def share(self, shared_with: str = "panel", *, shared: bool = True) -> None:
        """Share the case, or no longer."""
        body = {"shared_with": shared_with, "shared": shared}
        good(self.worker.put(f"/v1/people/{self.id}/shares", body))


def problems(answer: Response) -> list[str]:
    """The codes of the problems of an answer that refuses."""
    assert not answer.is_success, answer.text
    document = answer.json()
    return [each["code"] for each in document["problems"]] or [document["code"]]


def new_life(service: Service, *, reference: str = "EX-0001", day: str = "2026-11-23", **child: Any) -> Life:
    """A child with an assessed plan, shared with the panel; nothing is decided yet."""
    at(service, day)
    person = add_person(service.assessor, reference=reference, **child)
    plan = add_plan(service.assessor, person["id"])
    life = Life(service, person, plan, add_assessment(service.assessor, plan["id"]))
    life.share()
    return life


def awarded(
    service: Service, *, annual_pence: int = 6_000_00, delivery: str = "direct-payment", **child: Any
) -> Life:
    """A child with an award from 1 December 2026, decided on 23 November."""
    life = new_life(service, **child)
    life.may_be_paid()
    care = {
        **component(once=ONCE),
        "annual_pence": annual_pence,
        "parts": [part(delivery, annual_pence)],
    }
    life.award(care, starts_on="2026-12-01", occasion="first-award", by=life.manager)
    return life


def publish(service: Service, **changes: Any) -> Data:
    """Publish the example policy, changed at the top level, as two policy leads."""
    lead, second = (service.acting_as(f"demo-{who}policy-lead") for who in ("", "second-"))
    policy: Data = good(lead.post("/v1/policies", {"document": policy_document(**changes)}))
    for act in ("approve", "publish"):
        policy = _act_on_policy(second, policy, act)
    return policy


def publish_for_a_year(service: Service) -> None:
    """Put a policy that ends on 31 March 2027 in the place of the one that has no end."""
    at(service, "2026-03-02")
    second = service.acting_as("demo-second-policy-lead")
    listed = good(second.get("/v1/policies"))["items"]
    _act_on_policy(second, listed[0], "withdraw")
    publish(service, version="2026.2", valid_before="2027-04-01")


def _act_on_policy(who: Person, policy: Data, act: str) -> Data:
    path = f"/v1/policies/{policy['id']}"
    etag = who.get(path).headers["ETag"]
    done: Data = good(who.post(f"{path}/{act}", headers={"If-Match": etag}))
    return done


def days(first: str, count: int) -> Iterable[date]:
    """So many days from the first."""
    start = date.fromisoformat(first)
    return [date.fromordinal(start.toordinal() + n) for n in range(count)]
