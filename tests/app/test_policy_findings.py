"""What is found in a policy keeps it from being published: mistakes always, warnings till answered."""

from typing import Any

import pytest
import sqlalchemy as sa

from app.policy import repository
from app.policy.tables import PolicyRevisionRow
from ras.canonical import canonical
from tests.app.service import Person, Service, good, policy_document
from tests.app.test_policies import THIS_YEAR, code, do, drafted, lead, revise, second, withdraw_example

__all__ = ["lead", "second"]

BANDS = {
    "variant": "banded",
    "source": "Exampleshire illustrative policy, schedule B",
    "bands": [
        {"from_points": "0", "before_points": "20", "amount_pence": 0},
        {"from_points": "20", "before_points": "60", "amount_pence": 3_000_00},
        {"from_points": "60", "amount_pence": 9_000_00},
    ],
}
SHRINKS = {
    "kind": "multiply",
    "code": "high-need",
    "title": "High need",
    "because": "the score is high",
    "when": {"score": {"at_least": "50"}},
    "factor": "0.5",
    "source": "Exampleshire illustrative policy, section 4.9",
}
WHY = "The forum asked for steps that people know by heart (fictional consultation, autumn 2025)."


def findings(who: Person, policy: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = good(who.get(f"/v1/policies/{policy['id']}/findings"))
    return found


def answer(who: Person, policy: dict[str, Any], fingerprint: str, words: str = WHY) -> Any:
    return who.post(f"/v1/policies/{policy['id']}/answers", {"fingerprint": fingerprint, "answer": words})


def test_each_finding_says_where_what_why_and_what_to_do(lead: Person) -> None:
    found = findings(lead, drafted(lead, allocation=BANDS))

    assert found["ready"] is False
    (only,) = found["findings"]
    assert only["answer"] is None
    assert only["finding"] == {
        "severity": "warning",
        "code": "cliff",
        "path": "allocation.bands.2.from_points",
        "pointer": "/allocation/bands/2/from_points",
        "what": "At 60 points the amount jumps by £6,000 a year (200.0%), from £3,000 a year to £9,000 a "
        "year. There are 2 such steps; this is the greatest.",
        "why": "One answer decides over a large sum: families and workers will argue over that one answer.",
        "what_to_do": "Look at the table without cliffs that is proposed, or say why the steps are kept.",
    }
    assert [cliff["points"] for cliff in found["cliffs"]] == ["20", "60"]
    assert found["cliff_free"]["knots"][0] == {"points": "0", "amount_pence": 0}


def test_a_warning_keeps_a_policy_from_being_published_until_it_is_answered(
    lead: Person, second: Person
) -> None:
    withdraw_example(second)
    policy = drafted(lead, allocation=BANDS)
    good(do(second, policy, "approve"))

    refused = do(second, policy, "publish")

    assert code(refused) == (409, "policy-not-ready")
    (problem,) = refused.json()["problems"]
    assert (problem["path"], problem["code"]) == ("allocation.bands.2.from_points", "cliff")
    (only,) = findings(lead, policy)["findings"]
    shown = good(answer(lead, policy, only["fingerprint"]))
    assert shown["ready"] is True
    assert shown["findings"][0]["answer"]["answer"] == WHY
    assert shown["findings"][0]["answer"]["written"]["by"] == "demo-policy-lead"
    assert good(do(second, policy, "publish"))["state"] == "published"


def test_an_answer_holds_for_the_same_figures_only(lead: Person, second: Person) -> None:
    policy = drafted(lead, allocation=BANDS)
    (only,) = findings(lead, policy)["findings"]
    good(answer(lead, policy, only["fingerprint"]))

    good(revise(lead, policy, title="Another title"))
    assert findings(lead, policy)["ready"] is True
    steeper = {**BANDS, "bands": [*BANDS["bands"][:2], {"from_points": "60", "amount_pence": 19_000_00}]}
    good(revise(lead, policy, allocation=steeper))

    assert findings(second, policy)["ready"] is False
    assert code(answer(lead, policy, only["fingerprint"])) == (422, "request-invalid")


def test_a_mistake_is_never_answered_away(lead: Person, second: Person) -> None:
    withdraw_example(second)
    modifiers = [*policy_document()["modifiers"], {**SHRINKS, "counts_support_from": []}]
    policy = drafted(lead, modifiers=modifiers)
    errors = [f for f in findings(lead, policy)["findings"] if f["finding"]["severity"] == "error"]
    warnings = [f for f in findings(lead, policy)["findings"] if f["finding"]["severity"] == "warning"]
    assert [f["finding"]["code"] for f in errors] == ["falls-with-need"]
    assert errors[0]["finding"]["path"] == "modifiers.high-need"

    assert code(answer(lead, policy, errors[0]["fingerprint"])) == (422, "request-invalid")
    for warning in warnings:
        good(answer(lead, policy, warning["fingerprint"]))
    good(do(second, policy, "approve"))

    refused = do(second, policy, "publish")
    assert code(refused) == (409, "policy-not-ready")
    assert [problem["code"] for problem in refused.json()["problems"]] == ["falls-with-need"]


def test_an_example_that_does_not_come_out_keeps_a_policy_from_being_published(
    lead: Person, second: Person
) -> None:
    withdraw_example(second)
    written = good(lead.get("/v1/policies"))["items"][0]
    example = good(lead.get(f"/v1/policies/{written['id']}"))["document"]["examples"]
    changed = [{**example[0], "expect": {"indicative_annual_pence": 4_616_00}}, example[1]]
    policy = drafted(lead, examples=changed)
    good(do(second, policy, "approve"))

    refused = do(second, policy, "publish")

    assert code(refused) == (409, "policy-not-ready")
    (problem,) = refused.json()["problems"]
    assert problem["code"] == "example-fails"
    assert problem["path"] == "examples.0.expect.indicative_annual_pence"
    assert "expected 461600, and it comes to 461700" in problem["message"]


def test_what_is_published_takes_no_more_answers(lead: Person, second: Person) -> None:
    withdraw_example(second)
    policy = drafted(lead)
    for act in ("approve", "publish"):
        good(do(second, policy, act))
    assert code(answer(lead, policy, "0" * 64)) == (409, "wrong-state")


@pytest.mark.parametrize("words", ["", "   ", "\n", "x" * 4001, "a\x00b"])
def test_an_answer_is_words(lead: Person, words: str) -> None:
    policy = drafted(lead, allocation=BANDS)
    (only,) = findings(lead, policy)["findings"]
    assert answer(lead, policy, only["fingerprint"], words).status_code in {400, 422}
    assert findings(lead, policy)["ready"] is False


def test_a_caseload_says_how_many_children_are_one_answer_away(lead: Person) -> None:
    body = {
        "document": policy_document(**THIS_YEAR, allocation=BANDS),
        "caseload_points": ["0", "10", "55", "58", "61.5", "90"],
    }
    report = good(lead.post("/v1/policies:check", body))["report"]
    at_sixty = next(cliff for cliff in report["cliffs"] if cliff["points"] == "60")
    assert at_sixty["within_reach_percent"] == "50.0"
    assert report["caseload"] == 6
    assert report["cliff_free"]["over_the_caseload"] is True
    assert abs(report["cliff_free"]["now_pence"] - report["cliff_free"]["proposed_pence"]) <= 6


def test_what_differs_from_last_years_is_said_in_sentences(lead: Person) -> None:
    old = good(lead.get("/v1/policies"))["items"][0]
    policy = drafted(lead, title="Another title")

    shown = good(lead.get(f"/v1/policies/{policy['id']}/changes?since={old['id']}"))

    assert "Another title" in " ".join(change["sentence"] for change in shown["changes"])
    assert not any("{" in change["sentence"] for change in shown["changes"])
    missing = lead.get(f"/v1/policies/{policy['id']}/changes?since={policy['id'][:-4]}0000")
    assert code(missing)[0] == 404


def test_a_later_check_never_keeps_a_kept_policy_from_being_read(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past decisions recompute although a new release would refuse their policy today."""
    monkeypatch.setattr("ras.policy.document.faults", lambda *_: pytest.fail("it was checked again"))
    monkeypatch.setattr(repository, "_READ", {})
    with service.database.read() as session:
        revision = session.scalars(sa.select(PolicyRevisionRow)).first()
        assert revision is not None
        assert canonical(repository.policy_in(revision)).decode() == revision.document
