"""Lives that have letters in them: a lower award and its notice, an answer, a stop and an end."""

from typing import Any

from tests.app.lives import Data, Life, at, awarded, component
from tests.app.service import Service, good

LESS = {
    "needs": [
        {"domain": "independence", "levels": {"short": "regular", "medium": "regular", "long": "regular"}},
        {"domain": "behaviour", "levels": {"short": "regular", "medium": "regular", "long": "now-and-then"}},
        {
            "domain": "relationships",
            "levels": {"short": "regular", "medium": "now-and-then", "long": "now-and-then"},
        },
        {
            "domain": "education",
            "levels": {"short": "now-and-then", "medium": "now-and-then", "long": "none"},
        },
    ]
}
"""The example plan's needs with less help wanted to be independent."""
DECISION, NOTICE, ANSWER = (
    "/v1/decisions/{}/letter",
    "/v1/notices/{}/document",
    "/v1/reconsiderations/{}/letter",
)


def path_of(record: Data) -> str:
    """Where a record's letter is."""
    if "changes" in record:
        return NOTICE.format(record["id"])
    return (ANSWER if "asked_by" in record else DECISION).format(record["id"])


def lowered(service: Service, **child: Any) -> tuple[Life, Data]:
    """A child whose award goes lower because less help is needed and fewer nights are wanted."""
    life = awarded(service, annual_pence=6_000_00, **child)
    at(service, "2026-12-10")
    lines = [line for line in life.plan["content"]["lines"] if line["item"] != "activity-club"]
    life.revise_plan(lines=lines, **LESS)
    life.assess(on="2026-12-10")
    lower = life.award(
        component(direct_payment=5_000_00),
        starts_on="2027-01-01",
        by=life.manager,
        reason_codes=["plan-costs-more"],
    )
    return life, lower


def story(service: Service, **child: Any) -> tuple[Life, dict[str, Data]]:
    """A life with every kind of letter in it."""
    life, lower = lowered(service, **child)
    letters = {"first": life.decided[0], "lower": lower}
    letters["draft"] = life.draft(lower)
    good(life.act(letters["draft"], "issue", by=life.manager))
    letters["notice"] = life.serve(letters["draft"], method="post")
    at(service, "2027-01-10")
    asked = life.ask(lower, on="2027-01-08", representations="Nobody asked us about the nights.")
    at(service, "2027-01-20")
    letters["answer"] = life.answer(asked, "varied", component(direct_payment=5_500_00))
    life.find("consent", "withdrawn", on="2027-01-19", recipient="parent")
    letters["stop"] = life.decide(
        {
            "kind": "stop",
            "ground": "consent-withdrawn",
            "component": "social-care",
            "starts_on": "2027-01-21",
            "becomes": "notional",
            "recoverable_pence": 80_25,
        },
        by=life.manager,
    )
    letters["end"] = life.decide(
        {
            "kind": "end",
            "ground": "family-asks",
            "happened_on": "2027-01-20",
            "ends_before": "2027-02-01",
            "components": ["social-care"],
            "asked_by": "parent",
        },
        by=life.manager,
    )
    return life, letters
