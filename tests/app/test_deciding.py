"""Deciding: what is kept apart, what is refused and why, who may decide, and on what they saw."""

from typing import Any

import pytest

from tests.app.lives import (
    COST,
    ONCE,
    REASONS,
    Life,
    at,
    awarded,
    component,
    new_life,
    part,
    problems,
    publish,
    publish_for_a_year,
)
from tests.app.service import Service, good, policy_document

STARTS = "2026-12-01"


@pytest.fixture
def life(service: Service) -> Life:
    """A child with an assessed plan and all that a direct payment needs."""
    made = new_life(service)
    made.may_be_paid()
    return made


def terms(life: Life, *components: dict[str, Any], **more: Any) -> dict[str, Any]:
    components = components or (component(direct_payment=6_000_00, once=ONCE),)
    return life.terms(*components, **{"starts_on": STARTS, "occasion": "first-award", **more})


def test_indicative_plan_cost_and_agreed_are_kept_apart(life: Life) -> None:
    made = life.decide(terms(life))

    assert made["indicative_annual_pence"] == life.assessment["indicative_annual_pence"] == 4_617_00
    assert made["plan_cost_annual_pence"] == COST
    assert made["agreed_annual_pence"] == 6_000_00
    assert made["distance_annual_pence"] == 6_000_00 - 4_617_00
    assert (made["reasons"], made["decided_by_role"]) == (REASONS, "team-manager")
    assert made["written"]["by"] == "demo-team-manager"


def test_a_decision_says_what_the_decider_had_before_them(life: Life) -> None:
    made = life.decide(terms(life))

    assert made["saw"]["assessment_result_sha256"] == life.assessment["result_sha256"]
    assert made["saw"]["plan_version"] == 1
    assert made["saw"]["budget_revision"] == 1


def test_nobody_decides_on_an_assessment_they_do_not_have_before_them(life: Life) -> None:
    for seen in (None, "0" * 64):
        refused = life.try_to_decide(terms(life), saw_result_sha256=seen)
        assert problems(refused) == ["not-seen"]


def test_whatever_breaks_rules_is_told_all_at_once(life: Life) -> None:
    wrong = {**component("social-care", direct_payment=9_000_00), "annual_pence": 1}
    refused = life.try_to_decide(terms(life, wrong, component("health", notional=5_00), reason_codes=[]))

    assert refused.status_code == 409
    assert refused.json()["code"] == "decision-refused"
    assert set(problems(refused)) >= {"sums-differ", "partner-has-not-agreed", "missing", "below-plan-cost"}
    assert all(each["pointer"].startswith("/terms") for each in refused.json()["problems"])
    assert life.worker.get("/v1/decisions").json()["items"] == []


REFUSED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("below plan cost", {"components": [component(notional=COST - 1, once=ONCE)]}, ["below-plan-cost"]),
    (
        "below the one-off cost",
        {"components": [component(notional=COST, once=ONCE - 1)]},
        ["below-plan-cost"],
    ),
    ("without reason codes", {"reason_codes": []}, ["missing"]),
    ("with an unknown reason code", {"reason_codes": ["because"]}, ["unknown-reason-code"]),
    (
        "above the manager's limit",
        {"components": [component(notional=7_500_01, once=ONCE)]},
        ["above-limit"],
    ),
    (
        "one delivery twice",
        {
            "components": [
                {
                    "component": "social-care",
                    "annual_pence": 6_000_00,
                    "parts": [part("notional", 3_000_00), part("notional", 3_000_00)],
                    "one_offs": component(once=ONCE, notional=1)["one_offs"],
                }
            ]
        },
        ["repeated-delivery"],
    ),
    (
        "one component twice",
        {"components": [component(notional=3_000_00, once=ONCE), component(notional=3_000_00)]},
        ["repeated-component"],
    ),
    (
        "a direct payment to nobody",
        {
            "components": [
                {
                    **component(notional=6_000_00, once=ONCE),
                    "parts": [{"delivery": "direct-payment", "annual_pence": 6_000_00}],
                }
            ]
        },
        ["missing"],
    ),
    (
        "an end before the start",
        {
            "components": [
                {
                    **component(notional=6_000_00, once=ONCE),
                    "agreed_end": {"ends_before": STARTS, "because": "the club ends"},
                }
            ]
        },
        ["below-plan-cost", "out-of-order"],
    ),
    (
        "a delivery that will be asked for",
        {"components": [{**component(notional=6_000_00, once=ONCE), "delivery_asked_for_on": "2026-12-24"}]},
        ["day-in-future"],
    ),
]


@pytest.mark.parametrize(("changes", "codes"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_an_award_is_refused(sqlite_service: Service, changes: dict[str, Any], codes: list[str]) -> None:
    life = new_life(sqlite_service)
    life.may_be_paid()

    assert problems(life.try_to_decide({**terms(life), **changes})) == codes
    assert life.payable("2027-06-01") == 0, "nothing is half-kept"


def test_exactly_the_plan_cost_is_enough(life: Life) -> None:
    assert life.decide(terms(life, component(direct_payment=COST, once=ONCE)))["agreed_annual_pence"] == COST


def test_a_plan_without_costed_support_carries_no_award_but_an_interim_one(life: Life) -> None:
    life.revise_plan(lines=[])
    life.assess()
    assert problems(life.try_to_decide(terms(life))) == ["no-costed-plan"]
    refused = life.try_to_decide(terms(life), assessment_id=None, saw_result_sha256=None)
    assert problems(refused) == ["no-costed-plan"]

    interim = {
        "kind": "interim-award",
        "starts_on": STARTS,
        "review_on": "2026-12-20",
        "components": [
            {
                **component(notional=1_000_00),
                "agreed_end": {"ends_before": "2027-02-01", "because": "a plan is being written"},
            }
        ],
    }
    assert problems(life.try_to_decide({**interim, "components": [component(notional=1_000_00)]})) == [
        "missing"
    ]
    assert problems(life.try_to_decide({**interim, "review_on": "2027-02-01"})) == ["out-of-order"]
    without_review = {name: value for name, value in interim.items() if name != "review_on"}
    assert problems(life.try_to_decide(without_review)) == ["missing"]
    life.decide(interim)
    assert [life.payable(day) for day in ("2027-01-31", "2027-02-01")] == [1_000_00, 0]


def test_a_plan_that_has_changed_since_is_assessed_again_first(life: Life) -> None:
    life.revise_plan(reference="EHC-2026-0002")
    assert problems(life.try_to_decide(terms(life))) == ["plan-has-changed"]
    life.assess()
    life.decide(terms(life))


def test_a_day_that_the_plan_does_not_speak_of_is_refused(life: Life) -> None:
    for day in ("2026-08-31", "2028-09-01"):
        assert problems(life.try_to_decide(terms(life, starts_on=day))) == ["outside-plan"]


def test_what_today_may_not_be_bought_is_not_decided_on_an_old_assessment(sqlite_service: Service) -> None:

    publish_for_a_year(sqlite_service)
    life = new_life(sqlite_service)
    scope = policy_document()["scope"]
    purposes = [{**each, "effect": "refused"} for each in scope["purposes"]]
    publish(sqlite_service, version="2027.1", valid_from="2027-04-01", scope={**scope, "purposes": purposes})
    at(sqlite_service, "2027-04-01")

    refused = life.try_to_decide(terms(life, component(notional=6_000_00, once=ONCE), starts_on="2027-05-01"))
    assert set(problems(refused)) == {"refused-by-rule"}


def test_marks_have_to_be_looked_at(life: Life) -> None:
    words = {"needs_not_captured": "Travel to a hospital far away, every month."}
    life.revise_plan(words=words)
    life.assess()

    assert problems(life.try_to_decide(terms(life))) == ["mark-not-considered"]
    life.decide(terms(life, considered=["needs-not-captured"]))


def test_nothing_at_all_is_agreed_only_by_a_person_who_says_so(life: Life) -> None:
    life.revise_plan(lines=[])
    life.assess()
    nothing = terms(life, component(notional=0))
    assert problems(life.try_to_decide(nothing)) == ["mark-not-considered"]
    life.decide({**nothing, "considered": ["zero"]})


def test_reasons_are_always_written(life: Life) -> None:
    for reasons in (None, "", "because"):
        assert life.try_to_decide(terms(life), reasons=reasons).status_code == 422


def test_nobody_decides_what_they_assessed_or_proposed(sqlite_service: Service) -> None:
    life = new_life(sqlite_service)
    own = good(
        life.manager.post("/v1/assessments", {"plan_id": life.plan["id"], "effective_on": "2026-11-23"})
    )
    life.assessment = own
    award = terms(life, component(notional=6_000_00, once=ONCE))
    assert problems(life.try_to_decide(award)) == ["decided-by-assessor"]

    life.assess()
    proposed = {
        "person_id": life.id,
        "addressed_to": "panel",
        "assessment_id": life.assessment["id"],
        "terms": award,
        "reasons": REASONS,
    }
    proposal = good(life.manager.post("/v1/proposals", proposed))
    assert problems(life.try_to_decide(award, proposal_id=proposal["id"])) == ["decided-by-assessor"]
    made = life.decide(award, by=life.panel, proposal_id=proposal["id"])
    seen = good(life.worker.get(f"/v1/proposals/{proposal['id']}"))
    assert (seen["decision_id"], made["saw"]["proposal_id"]) == (made["id"], proposal["id"])


def test_the_panel_has_no_limit_and_a_flagged_case_is_the_panels(life: Life) -> None:
    life.revise_plan(
        needs=[
            {"domain": domain, "levels": dict.fromkeys(("short", "medium", "long"), "constant")}
            for domain in ("independence", "behaviour", "relationships", "education")
        ],
        resources=[],
    )
    life.assess()
    assert "above-soft-cap" in life.assessment["result"]["horizons"][0]["marks"]
    award = terms(
        life,
        component(notional=7_000_00, once=ONCE),
        considered=["above-soft-cap"],
        reason_codes=["plan-costs-less"],
    )
    assert problems(life.try_to_decide(award)) == ["flagged-for-panel"]
    life.decide(award, by=life.panel)


def test_the_machine_decides_nothing_and_nobody_decides_in_bulk(life: Life) -> None:
    system = life.service.acting_as("demo-case-system")
    etag = {"If-Match": life.manager.get(f"/v1/budgets/{life.id}").headers["ETag"]}
    one = life.body(terms(life))

    alone = system.post("/v1/decisions", one, headers={**etag, "Idempotency-Key": "1"})
    assert (alone.status_code, alone.json()["code"]) == (403, "on-behalf-of-needed")
    many = life.manager.post("/v1/decisions", [one, one], headers=etag)
    assert many.status_code == 422
    for path in ("/v1/imports/decisions", "/v1/decisions:batch"):
        assert life.manager.post(path, [one]).status_code == 404
    assert life.worker.post("/v1/decisions", one, headers=etag).json()["code"] == "not-allowed-for-role"


def test_a_decision_starts_from_the_budget_as_it_stands(life: Life) -> None:
    body = life.body(terms(life))
    assert life.manager.post("/v1/decisions", body).status_code == 428
    assert life.try_to_decide(terms(life), match='"000000000000-1"').status_code == 412


def test_the_amount_may_come_from_another_assessment_with_the_ras_beside_it(life: Life) -> None:
    other = {"type": "child-and-family", "reference": "CF-2026-17", "annual_pence": 6_000_00}
    made = life.decide(terms(life, other_assessment=other, reason_codes=["other-assessment"]))

    assert made["terms"]["other_assessment"] == other
    assert made["distance_annual_pence"] == 6_000_00 - made["indicative_annual_pence"]


def test_each_partner_enters_and_agrees_its_own_component(life: Life) -> None:
    health = life.service.acting_as("demo-partner")
    agreed = {"person_id": life.id, "annual_pence": 900_00, "reasons": "Two hours of nursing care a month."}
    assert health.post("/v1/component-agreements", agreed).status_code == 404, "not shared with them"
    life.share("health")
    made = good(health.post("/v1/component-agreements", agreed))
    assert (made["component"], made["number"]) == ("health", 1)

    care = component(direct_payment=6_000_00, once=ONCE)
    for wrong in (899_99, 900_01):
        refused = life.try_to_decide(terms(life, care, component("health", notional=wrong)))
        assert problems(refused) == ["partner-agreed-otherwise"]
    refused = life.try_to_decide(terms(life, care, component("sen-top-up", notional=900_00)))
    assert problems(refused) == ["partner-has-not-agreed"]
    life.decide(terms(life, care, component("health", notional=900_00)))
    seen = good(life.worker.get(f"/v1/budgets/{life.id}/payable", params={"on": STARTS}))
    assert {each["component"]: each["annual_pence"] for each in seen["components"]} == {
        "social-care": 6_000_00,
        "health": 900_00,
    }
    assert seen["annual_pence"] == 6_900_00
    life.share("health", shared=False)
    assert health.get("/v1/component-agreements").json()["items"] == []


def test_health_counts_towards_the_plan_cost_and_not_towards_the_limit(life: Life) -> None:
    life.share("health")
    agreed = {"person_id": life.id, "annual_pence": 4_000_00, "reasons": "Nursing care, day and night."}
    good(life.service.acting_as("demo-partner").post("/v1/component-agreements", agreed))
    parts = [component(notional=4_617_00, once=ONCE), component("health", notional=4_000_00)]
    assert life.decide(terms(life, *parts, reason_codes=[]))["agreed_annual_pence"] == 8_617_00


def test_the_panel_sees_a_case_that_is_referred_to_it_and_no_other(sqlite_service: Service) -> None:
    life = new_life(sqlite_service)
    life.share(shared=False)
    paths = [
        f"/v1/budgets/{life.id}",
        f"/v1/assessments/{life.assessment['id']}",
        f"/v1/plans/{life.plan['id']}",
    ]
    assert [life.panel.get(path).status_code for path in paths] == [404, 404, 404]
    proposed = {
        "person_id": life.id,
        "addressed_to": "panel",
        "assessment_id": life.assessment["id"],
        "terms": terms(life, component(notional=6_000_00, once=ONCE)),
        "reasons": REASONS,
    }
    good(life.worker.post("/v1/proposals", proposed))
    assert [life.panel.get(path).status_code for path in paths] == [200, 200, 200]
    assert "2015-06-14" not in life.panel.get(paths[1]).text
    assert life.panel.get(f"/v1/people/{life.id}").json()["code"] == "not-allowed-for-role"


def test_the_earliest_lawful_day_is_shown_before_the_decision_is_made(service: Service) -> None:
    life = awarded(service)
    at(service, "2026-12-24", hour=17)
    seen = life.preview(life.terms(component(direct_payment=5_400_00), starts_on="2027-01-01"))

    assert seen["allowed"]
    assert seen["effects"][0]["change"] == "fall"
    days = {each["method"]: each["dates"]["lower_from"] for each in seen["earliest"]}
    assert days == {"post": "2027-03-31", "electronic": "2027-03-30", "by-hand": "2027-03-30"}
    assert "Posted first class on 24 December 2026" in seen["earliest"][0]["working"][0]
    assert len(life.worker.get("/v1/decisions").json()["items"]) == 1, "nothing is kept"


def test_a_preview_lists_what_would_be_refused(life: Life) -> None:
    seen = life.preview(terms(life, component(notional=1_00, once=ONCE)))
    assert not seen["allowed"]
    assert [each["code"] for each in seen["problems"]] == ["below-plan-cost"]
    assert seen["effects"][0]["change"] == "rise"


def test_after_a_death_nothing_is_awarded(life: Life) -> None:
    life.decide(terms(life))
    at(life.service, "2027-01-10")
    end = {
        "kind": "end",
        "ground": "death",
        "happened_on": "2027-01-08",
        "ends_before": "2027-01-09",
        "components": ["social-care"],
        "recoverable_pence": 120_00,
    }
    life.decide(end)
    assert [life.payable(day) for day in ("2027-01-08", "2027-01-09")] == [6_000_00, 0]
    assert problems(life.try_to_decide(terms(life))) == ["ended-by-death"]


def test_the_adult_decision_ends_social_care_from_18_and_leaves_sen_going_on(service: Service) -> None:
    life = new_life(service, born_on="2009-01-15")
    award = terms(life, component(notional=6_000_00, once=ONCE))
    life.decide(award)
    at(service, "2027-02-01")
    end = {
        "kind": "end",
        "ground": "adult-decision",
        "happened_on": "2027-01-20",
        "ends_before": "2027-03-01",
        "components": ["social-care"],
    }
    assert problems(life.try_to_decide(end)) == ["no-adult-decision"]
    life.find("adult-decision", "recorded", on="2027-01-20")
    assert problems(life.try_to_decide({**end, "components": ["social-care", "sen-top-up"]})) == [
        "goes-on-after-18"
    ]
    life.decide(end)
    assert [life.payable(day) for day in ("2027-02-28", "2027-03-01")] == [6_000_00, 0]


def test_a_limit_is_of_what_is_payable_in_all_and_of_what_is_bought_once(sqlite_service: Service) -> None:
    life = new_life(sqlite_service)
    life.share("sen-top-up")
    agreed = {"person_id": life.id, "annual_pence": 2_000_00, "reasons": "What the school funds of the plan."}
    good(life.service.acting_as("demo-sen-partner").post("/v1/component-agreements", agreed))
    life.decide(terms(life, component(notional=6_000_00, once=ONCE)))

    split = terms(life, component("sen-top-up", notional=2_000_00), reason_codes=[])
    assert problems(life.try_to_decide(split)) == ["above-limit"]
    dear = terms(life, component(notional=6_000_00, once=1_500_01))
    assert problems(life.try_to_decide(dear)) == ["above-limit"]
    life.decide(split, by=life.panel)


def test_who_proposed_does_not_decide_by_leaving_out_the_proposal(sqlite_service: Service) -> None:
    life = new_life(sqlite_service)
    award = terms(life, component(notional=6_000_00, once=ONCE))
    proposed = {
        "person_id": life.id,
        "addressed_to": "team-manager",
        "assessment_id": life.assessment["id"],
        "terms": award,
        "reasons": REASONS,
    }
    good(life.manager.post("/v1/proposals", proposed))
    assert problems(life.try_to_decide(award)) == ["decided-by-assessor"]


def test_who_assessed_does_not_make_an_interim_award_instead(sqlite_service: Service) -> None:
    life = new_life(sqlite_service)
    at(life.service, "2026-11-23", hour=11)
    body = {"plan_id": life.plan["id"], "effective_on": "2026-11-23"}
    good(life.manager.post("/v1/assessments", body))
    interim: dict[str, Any] = {
        "kind": "interim-award",
        "starts_on": STARTS,
        "review_on": "2026-12-20",
        "components": [
            {
                **component(notional=1_000_00),
                "agreed_end": {"ends_before": "2027-02-01", "because": "a plan is being written"},
            }
        ],
    }
    assert problems(life.try_to_decide(interim)) == ["decided-by-assessor"]
    long = {**interim["components"][0], "agreed_end": {"ends_before": "2027-03-02", "because": "a plan"}}
    assert problems(life.try_to_decide({**interim, "components": [long]}, by=life.panel)) == [
        "too-long-interim"
    ]
    life.decide(interim, by=life.panel)


def test_what_a_school_funds_goes_on_after_18_on_the_partners_own_assessment(sqlite_service: Service) -> None:
    life = new_life(sqlite_service, born_on="2009-01-15")
    life.share("sen-top-up")
    for day, pence in (("2026-11-23", 2_000_00), ("2027-02-01", 1_500_00)):
        at(life.service, day)
        agreed = {
            "person_id": life.id,
            "annual_pence": pence,
            "reasons": "What the school funds of the plan.",
        }
        good(life.service.acting_as("demo-sen-partner").post("/v1/component-agreements", agreed))
        if day == "2026-11-23":
            parts = [component(notional=5_200_00, once=ONCE), component("sen-top-up", notional=pence)]
            life.decide(terms(life, *parts))
    lower = life.terms(component("sen-top-up", notional=1_500_00), starts_on="2027-02-01", reason_codes=[])
    made = life.decide(lower, assessment_id=None, saw_result_sha256=None)
    assert life.notice(made)["running"][0]["lower_from"] == "2027-05-02"
    assert life.payable("2027-05-02") == 6_700_00


def test_a_fall_that_begins_later_is_noticed_ahead(sqlite_service: Service) -> None:
    life = awarded(sqlite_service)
    at(sqlite_service, "2026-12-10")
    life.award(component(direct_payment=7_000_00), starts_on="2027-03-01")
    lower = life.award(component(direct_payment=6_500_00), starts_on="2026-12-10")
    assert life.payable("2026-12-10") == 6_500_00
    served = life.notice(lower)
    assert served["running"][0]["lower_from"] == "2027-03-11"
    assert [life.payable(day) for day in ("2027-03-01", "2027-03-10", "2027-03-11")] == [
        7_000_00,
        7_000_00,
        6_500_00,
    ]


def test_sums_larger_than_any_one_amount_are_shown(sqlite_service: Service) -> None:
    life = new_life(sqlite_service)
    life.share("health")
    most = 100_000_000_000
    agreed = {"person_id": life.id, "annual_pence": most, "reasons": "A slip of the keyboard, many times."}
    good(life.service.acting_as("demo-partner").post("/v1/component-agreements", agreed))
    award = terms(life, component(notional=most, once=most), component("health", notional=most))
    assert life.decide(award, by=life.panel)["agreed_annual_pence"] == 2 * most
    assert life.payable(STARTS) == 2 * most
