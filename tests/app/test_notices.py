"""Notices on their way: drafted, issued, served, running, ended; and what each tells."""

from tests.app.lives import ONCE, REASONS, Life, at, awarded, component, new_life, problems
from tests.app.service import Service, good

FIRST, LESS = 6_000_00, 5_200_00


def lower(service: Service, day: str = "2027-01-11") -> tuple[Life, dict[str, object]]:
    life = awarded(service, annual_pence=FIRST)
    at(service, day)
    return life, life.award(component(direct_payment=LESS), starts_on=day)


def state(life: Life, notice: dict[str, object]) -> object:
    return good(life.worker.get(f"/v1/notices/{notice['id']}"))["state"]


def test_a_notice_goes_from_draft_to_ended(service: Service) -> None:
    life, decided = lower(service)
    notice = life.draft(decided)
    assert state(life, notice) == "draft"
    issued = good(life.act(notice, "issue", by=life.manager))
    assert (issued["state"], issued["issued"]["by"]) == ("issued", "demo-team-manager")
    assert issued["running"] == [], "nothing runs before it is served"
    at(service, "2027-01-15")
    served = life.serve(notice, method="post")
    assert served["state"] == "running"
    dates = served["running"][0]["dates"]
    assert (dates["served_on"], dates["last_day"], dates["lower_from"]) == (
        "2027-01-19",
        "2027-04-19",
        "2027-04-20",
    )
    at(service, "2027-04-19", hour=23)
    assert state(life, notice) == "running"
    assert life.payable("2027-04-19") == FIRST
    at(service, "2027-04-20", hour=0)
    assert state(life, notice) == "ended"
    assert life.payable("2027-04-20") == LESS


def test_what_it_lowers_is_worked_out_and_never_given(service: Service) -> None:
    life, decided = lower(service)
    refused = life.worker.post("/v1/notices", {"decision_id": decided["id"], "changes": []})
    assert problems(refused) == ["unknown-field"]
    change = life.draft(decided)["changes"][0]
    assert (change["old_annual_pence"], change["new_annual_pence"]) == (FIRST, LESS)
    assert [part["delivery"] for part in change["old_parts"]] == ["direct-payment"]


def test_there_is_nothing_to_notice_where_nothing_is_lower(service: Service) -> None:
    life = awarded(service, annual_pence=FIRST)
    for made in (life.decided[0], life.award(component(direct_payment=FIRST), starts_on="2027-01-01")):
        refused = life.worker.post("/v1/notices", {"decision_id": made["id"]})
        assert (refused.status_code, refused.json()["code"]) == (409, "nothing-to-notice")


def test_each_component_runs_by_its_own_rule(service: Service) -> None:
    life = new_life(service)
    life.share("health")
    health = service.acting_as("demo-partner")
    for pence in (1_000_00, 400_00):
        agreed = {"person_id": life.id, "annual_pence": pence, "reasons": "Nursing care by the health plan."}
        good(health.post("/v1/component-agreements", agreed))
        care = component(notional=6_000_00 if pence == 1_000_00 else LESS, once=ONCE)
        made = life.award(care, component("health", notional=pence), starts_on="2026-12-01", by=life.panel)
    served = life.notice(made)
    days = {each["component"]: each["lower_from"] for each in served["running"]}
    assert days == {"social-care": "2027-02-24", "health": "2026-12-24"}
    assert [life.payable(day) for day in ("2026-12-23", "2026-12-24", "2027-02-24")] == [
        7_000_00,
        6_400_00,
        5_600_00,
    ]


def test_sent_again_its_clock_starts_again(service: Service) -> None:
    life, decided = lower(service)
    notice = life.notice(decided)
    assert notice["running"][0]["lower_from"] == "2027-04-12"
    at(service, "2027-02-10")
    again = life.serve(notice, method="by-hand")
    assert again["running"][0]["lower_from"] == "2027-05-11"
    assert [life.payable(day) for day in ("2027-04-12", "2027-05-11")] == [FIRST, LESS]


def test_once_it_has_ended_it_is_not_sent_again(service: Service) -> None:
    life, decided = lower(service)
    notice = life.notice(decided)
    at(service, "2027-04-12")
    sent = {"method": "electronic", "sent_at": service.clock.now.isoformat()}
    assert problems(life.act(notice, "serve", sent, by=life.worker)) == ["wrong-state"]


def test_withdrawn_even_after_it_ended_the_old_amount_is_payable_again_and_another_can_follow(
    service: Service,
) -> None:
    life, decided = lower(service)
    notice = life.notice(decided)
    at(service, "2027-05-01")
    assert life.payable("2027-05-01") == LESS
    gone = good(life.act(notice, "withdraw", {"reasons": REASONS}, by=life.manager))
    assert (gone["state"], gone["withdrawal_reasons"]) == ("withdrawn", REASONS)
    assert life.payable("2027-04-20") == FIRST
    another = life.notice(decided)
    assert another["running"][0]["lower_from"] == "2027-08-05", "Monday 3 May 2027 is a bank holiday"


def test_a_second_notice_of_one_decision_is_refused_while_the_first_counts(sqlite_service: Service) -> None:
    life, decided = lower(sqlite_service)
    life.draft(decided)
    refused = life.worker.post("/v1/notices", {"decision_id": decided["id"]})
    assert refused.json()["code"] == "wrong-state"


def test_nothing_of_a_decision_that_was_overturned_is_noticed(sqlite_service: Service) -> None:
    life, decided = lower(sqlite_service)
    life.answer(life.ask(decided, on="2027-01-11"), "overturned")
    refused = life.worker.post("/v1/notices", {"decision_id": decided["id"]})
    assert refused.json()["code"] == "wrong-state"


def test_each_step_starts_from_the_present_state(sqlite_service: Service) -> None:
    life, decided = lower(sqlite_service)
    notice = life.draft(decided)
    path = f"/v1/notices/{notice['id']}/issue"
    assert life.manager.post(path).status_code == 428
    stale = {"If-Match": life.worker.get(f"/v1/notices/{notice['id']}").headers["ETag"]}
    good(life.manager.post(path, headers=stale))
    assert life.manager.post(path, headers=stale).status_code == 412
