"""Who may hold a direct payment: each condition a dated record, and what lifts each barrier is said."""

import pytest

from tests.app.lives import ONCE, Life, at, component, new_life, problems
from tests.app.service import Service, good

NEEDS = {
    "consent": ("given", "withdrawn", "no-consent"),
    "agreement": ("signed", "ended", "no-agreement"),
    "account": ("prepaid-card", "closed", "no-account"),
    "ability-to-manage": ("able-with-help", "not-able", "no-finding-of-ability"),
}
"""For each condition: a finding that meets it, one that does not, and what is said without it."""


def pay(life: Life, recipient: str = "parent", *, starts_on: str = "2026-12-01") -> list[str]:
    """Try to award a direct payment; what stands in its way."""
    paid = component(direct_payment=6_000_00, once=ONCE)
    paid["parts"][0]["recipient"] = recipient
    answer = life.try_to_decide(life.terms(paid, starts_on=starts_on))
    return [] if answer.is_success else problems(answer)


@pytest.mark.parametrize("missing", NEEDS)
def test_each_condition_is_a_record_of_its_own_and_each_is_needed(service: Service, missing: str) -> None:
    life = new_life(service)
    for kind, (good_outcome, _, _) in NEEDS.items():
        if kind != missing:
            life.find(kind, good_outcome, recipient="parent")
    met, unmet, code = NEEDS[missing]

    assert pay(life) == [code]
    life.find(missing, unmet, recipient="parent", on="2026-11-20")
    assert pay(life) == [code]
    life.find(missing, met, recipient="nominee")
    assert pay(life) == [code], "it is about another recipient"
    life.find(missing, met, recipient="parent", on="2026-11-20")
    assert pay(life) == []


def test_without_any_every_one_is_named_and_a_notional_budget_is_still_there(sqlite_service: Service) -> None:
    life = new_life(sqlite_service)

    assert pay(life) == [code for _, _, code in NEEDS.values()]
    life.award(component(notional=6_000_00, once=ONCE), starts_on="2026-12-01")


def test_the_latest_finding_counts_and_not_the_last_one_written(sqlite_service: Service) -> None:
    life = new_life(sqlite_service)
    life.may_be_paid(on="2026-11-20")
    life.find("consent", "withdrawn", recipient="parent", on="2026-11-10")
    assert pay(life) == []


@pytest.mark.parametrize(
    ("ground", "code"), [("drug-rehabilitation", "excluded"), ("safeguarding-plan", "excluded-unless")]
)
def test_an_exclusion_blocks_the_direct_payment_and_says_what_lifts_it(
    service: Service, ground: str, code: str
) -> None:
    life = new_life(service)
    life.may_be_paid()
    life.find("exclusion", "applies", ground=ground)

    refused = life.try_to_decide(
        life.terms(component(direct_payment=6_000_00, once=ONCE), starts_on="2026-12-01")
    )
    assert problems(refused) == [code]
    assert "What lifts it:" in refused.json()["problems"][0]["message"]
    life.find("exclusion-condition", "met", ground=ground, on="2026-11-21")
    assert pay(life) == ([code] if code == "excluded" else []), "a hard one ends, it is never met"
    life.find("exclusion", "lifted", ground=ground, on="2026-11-22")
    assert pay(life) == []


def test_a_condition_met_before_the_exclusion_began_says_nothing(sqlite_service: Service) -> None:
    life = new_life(sqlite_service)
    life.may_be_paid()
    life.find("exclusion-condition", "met", ground="safeguarding-plan", on="2026-11-01")
    life.find("exclusion", "applies", ground="safeguarding-plan", on="2026-11-10")
    assert pay(life) == ["excluded-unless"]


def test_a_ground_counts_for_the_streams_whose_rules_have_it(sqlite_service: Service) -> None:
    life = new_life(sqlite_service)
    life.may_be_paid()
    life.find("exclusion", "applies", ground="drug-rehabilitation")
    life.share("health")
    agreed = {"person_id": life.id, "annual_pence": 900_00, "reasons": "Two hours of nursing care a month."}
    good(life.service.acting_as("demo-partner").post("/v1/component-agreements", agreed))

    parts = [component(notional=6_000_00, once=ONCE), component("health", direct_payment=900_00)]
    life.award(*parts, starts_on="2026-12-01")


def test_the_parent_decides_to_the_end_of_year_11_and_then_who_is_found_to(service: Service) -> None:
    life = new_life(service, born_on="2010-08-31")  # 16 in the school year that ended on 26 June 2026
    life.may_be_paid()

    assert pay(life) == ["no-finding-of-capacity"]
    life.find("capacity", "lacks-capacity")
    assert pay(life) == []
    life.find("capacity", "has-capacity", on="2026-11-21")
    assert pay(life) == ["recipient-not-in-control"]
    life.may_be_paid("nominee")
    assert pay(life, "nominee") == ["no-nomination"]
    life.find("nomination", "named")
    assert pay(life, "nominee") == []
    life.may_be_paid("young-person")
    assert pay(life, "young-person") == []


def test_a_young_person_is_paid_in_their_own_right_from_16(sqlite_service: Service) -> None:
    life = new_life(sqlite_service, born_on="2010-12-02")  # in Year 11: the parent decides still
    life.may_be_paid("young-person")

    assert pay(life, "young-person") == ["recipient-too-young"]
    assert pay(life, "young-person", starts_on="2026-12-02") == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "consent", "outcome": "given"}, "missing"),
        ({"kind": "consent", "outcome": "able", "recipient": "parent"}, "wrong-value"),
        ({"kind": "capacity", "outcome": "has-capacity", "recipient": "parent"}, "unknown-field"),
        ({"kind": "exclusion", "outcome": "applies"}, "missing"),
        ({"kind": "exclusion", "outcome": "applies", "ground": "bad-temper"}, "unknown-ground"),
        ({"kind": "capacity", "outcome": "has-capacity", "found_on": "2026-11-24"}, "day-in-future"),
    ],
)
def test_a_finding_that_makes_no_sense_is_refused(
    sqlite_service: Service, body: dict[str, str], code: str
) -> None:
    life = new_life(sqlite_service)
    answer = life.worker.post("/v1/findings", {"person_id": life.id, "found_on": "2026-11-20", **body})
    assert answer.status_code == 422
    assert problems(answer) == [code]
    assert life.worker.get("/v1/findings").json()["items"] == []


def test_a_stop_needs_its_ground_found_and_can_be_at_once(service: Service) -> None:
    life = new_life(service)
    life.may_be_paid()
    life.award(component(direct_payment=6_000_00, once=ONCE), starts_on="2026-11-24")
    at(service, "2026-11-25")
    stop = {
        "kind": "stop",
        "ground": "consent-withdrawn",
        "component": "social-care",
        "starts_on": "2026-11-25",
        "becomes": "third-party",
    }
    assert problems(life.try_to_decide(stop)) == ["ground-not-found"]
    life.find("consent", "withdrawn", recipient="parent", on="2026-11-25")
    made = life.decide(stop)
    seen = good(life.worker.get(f"/v1/budgets/{life.id}/payable"))
    assert seen["components"][0]["parts"] == [{"delivery": "third-party", "annual_pence": 6_000_00}]
    assert seen["components"][0]["why"] == "direct-payment-stopped"
    assert problems(life.try_to_decide(stop)) == ["no-direct-payment"]
    assert life.worker.post("/v1/notices", {"decision_id": made["id"]}).json()["code"] == "nothing-to-notice"

    life.answer(life.ask(made, on="2026-11-25"), "overturned")
    seen = good(life.worker.get(f"/v1/budgets/{life.id}/payable"))
    assert seen["components"][0]["parts"] == [{"delivery": "direct-payment", "annual_pence": 6_000_00}]


def test_the_hand_over_pack_is_made_from_the_age_the_policy_says(service: Service) -> None:
    life = new_life(service, born_on="2012-11-24")
    path = f"/v1/budgets/{life.id}/hand-over"
    assert life.worker.get(path).json()["code"] == "too-young-to-hand-over"
    life.award(component(notional=6_000_00, once=ONCE), starts_on="2026-11-24")
    at(service, "2026-11-24")
    pack = good(life.worker.get(path))

    assert (pack["adult_on"], pack["last_school_day"]) == ("2030-11-24", "2029-06-29")
    assert (pack["decides"], pack["adult_decision_recorded"]) == ("parent", False)
    assert pack["payable"]["annual_pence"] == 6_000_00
    assert pack["goes_on_after_18"] == ["sen-top-up"]
    assert pack["latest_assessment_id"] == life.assessment["id"]
    assert pack["latest_plan_id"] == life.plan["id"]
