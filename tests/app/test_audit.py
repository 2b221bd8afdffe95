"""The log of acts: a chain of hashes for each subject, which anyone can compute again from the rows."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from httpx2 import Response

from app.columns import Row
from tests.app.service import Service, add_person, good

ENTRY, CONTENT, HEAD = (Row.metadata.tables[name] for name in ("audit_entry", "audit_content", "audit_head"))
IN_HASH = (
    "id",
    "chain",
    "sequence",
    "at",
    "actor",
    "client",
    "act",
    "record",
    "commitment",
    "previous_hash",
)
ACTS = {
    "person": {
        "person-added",
        "person-revised",
        "monitoring-kept",
        "request-added",
        "request-settled",
        "plan-written",
        "assessed",
        *("case-shared", "finding-written", "component-agreed", "decision-proposed", "decision-made"),
        *("notice-drafted", "notice-issued", "notice-served", "notice-withdrawn"),
        *("reconsideration-asked", "reconsideration-acknowledged", "reconsideration-answered"),
        *("reconsideration-answer-served", "review-held", "glass-broken"),
        *("legal-hold-placed", "legal-hold-lifted", "words-erased", "record-erased"),
    },
    "policies": {
        *("policy-drafted", "policy-finding-answered", "policy-approved", "policy-published"),
        "policy-withdrawn",
    },
    "staff-register": {"put-on-register"},
    "calendars": {"calendar-made", "calendar-revoked"},
    "reads": {"records-read"},
}


def entries(service: Service) -> list[dict[str, Any]]:
    """Every entry, chain by chain, in order."""
    with service.database.reading.connect() as connection:
        rows = connection.execute(sa.select(ENTRY).order_by(ENTRY.c.chain, ENTRY.c.sequence))
        return [dict(row._mapping) for row in rows]  # noqa: SLF001  it is SQLAlchemy's public name


def hash_of(entry: dict[str, Any]) -> str:
    """The hash of an entry as its description says: SHA-256 of the canonical JSON of the rest of it.

    Written down here once more, with nothing of the service's, as an auditor would.
    """
    written = {name: entry[name] for name in IN_HASH}
    written |= {"id": str(entry["id"]), "record": str(entry["record"]), "at": entry["at"].isoformat()}
    text = json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def faults(rows: list[dict[str, Any]]) -> list[str]:
    """What is wrong with the chains."""
    found = []
    for chain, acts in groupby(rows, key=lambda row: row["chain"]):
        previous, expected = "0" * 64, 1
        for act in acts:
            if act["sequence"] != expected:
                found.append(f"{chain}: {act['sequence']} stands where {expected} should")
            if act["previous_hash"] != previous:
                found.append(f"{chain}: {act['sequence']} does not follow the one before")
            if act["hash"] != hash_of(act):
                found.append(f"{chain}: {act['sequence']} is not what was hashed")
            previous, expected = act["hash"], act["sequence"] + 1
    return found


def test_every_chain_is_unbroken_and_its_hashes_come_out_of_the_rows_alone(told: Service) -> None:
    rows = entries(told)

    assert faults(rows) == []
    acts: dict[str, set[str]] = {}
    for row in rows:
        acts.setdefault(row["chain"].partition(":")[0], set()).add(row["act"])
    assert acts == ACTS, "everything that is done is in the log"


def test_the_head_of_each_chain_is_its_last_entry(told: Service) -> None:
    last = {row["chain"]: (row["sequence"], row["hash"]) for row in entries(told)}
    with told.database.reading.connect() as connection:
        heads = {row.chain: (row.sequence, row.hash) for row in connection.execute(sa.select(HEAD))}
    assert heads == last


def test_every_entry_commits_to_its_content_with_its_own_salt(told: Service) -> None:
    with told.database.reading.connect() as connection:
        kept = {row.entry_id: row for row in connection.execute(sa.select(CONTENT))}
    rows = entries(told)

    (erased,) = {row["chain"] for row in rows if row["act"] == "record-erased"}
    gone = [row for row in rows if row["id"] not in kept]
    assert [row["act"] for row in gone] == ["person-added"], "what was known of somebody who is erased"
    assert {row["chain"] for row in gone} == {erased}
    assert len({row.salt for row in kept.values()}) == len(kept)
    for row in (row for row in rows if row["id"] in kept):
        salt, content = kept[row["id"]].salt, kept[row["id"]].content
        assert len(salt) == 32
        assert hashlib.sha256(bytes.fromhex(salt) + content.encode()).hexdigest() == row["commitment"]


def test_an_entry_says_what_was_done_to_which_record_and_nothing_about_anyone(told: Service) -> None:
    person = good(told.assessor.get("/v1/people?reference=EX-0001"))["items"][0]
    mine = [row for row in entries(told) if row["chain"] == f"person:{person['id']}"]

    assert [row["act"] for row in mine][:2] == ["person-added", "person-revised"]
    assert str(mine[0]["record"]) == person["id"]
    hands = {"assessor", "partner", "team-manager", "panel-chair", "second-panel-chair", "auditor"}
    assert {row["actor"] for row in mine} == {f"demo-{hand}" for hand in hands}
    secrets = ("2015-06-14", "EX-0001", "Evenings", "600000", "nursing", "bus home", "AUD-7")
    assert not [secret for secret in secrets if secret in repr(mine)]


def test_when_content_is_erased_the_chain_still_verifies(told: Service) -> None:
    with told.database.writing.begin() as connection:
        assert connection.execute(sa.delete(CONTENT)).rowcount > 0

    assert faults(entries(told)) == []
    add_person(told.assessor, reference="EX-9999")
    assert faults(entries(told)) == []


def _edit(rows: list[dict[str, Any]]) -> None:
    rows[3]["actor"] = "somebody-else"


def _edit_and_hash_again(rows: list[dict[str, Any]]) -> None:
    rows[3]["actor"] = "somebody-else"
    rows[3]["hash"] = hash_of(rows[3])


def _leave_out(rows: list[dict[str, Any]]) -> None:
    del rows[3]


def _swap(rows: list[dict[str, Any]]) -> None:
    rows[3], rows[4] = rows[4], rows[3]


@pytest.mark.parametrize("tamper", [_edit, _edit_and_hash_again, _leave_out, _swap])
def test_the_check_sees_what_was_changed(sqlite_service: Service, tamper: Any) -> None:
    rows = entries(sqlite_service)
    assert faults(rows) == []
    assert len({row["chain"] for row in rows[3:6]}) == 1
    tamper(rows)
    assert faults(rows) != []


def test_acts_on_one_person_at_the_same_moment_stand_in_one_line(service: Service) -> None:
    threads, each = 10, 2
    child = add_person(service.assessor)
    together = Barrier(threads)
    who = service.assessor
    asked = {
        "person_id": child["id"],
        "asked_on": "2026-09-14",
        "asked_by": "parent",
        "plan_stage": "ehc-plan",
    }

    def act(_number: int) -> list[Response]:
        together.wait()
        return [who.post("/v1/requests", asked) for _ in range(each)]

    with ThreadPoolExecutor(threads) as pool:
        answers = [answer for some in pool.map(act, range(threads)) for answer in some]

    assert {answer.status_code for answer in answers} == {201}
    mine = [row for row in entries(service) if row["chain"] == f"person:{child['id']}"]
    assert [row["sequence"] for row in mine] == list(range(1, threads * each + 2))
    assert faults(entries(service)) == []


def test_what_is_refused_leaves_no_entry(service: Service) -> None:
    child = add_person(service.assessor)
    before = entries(service)
    refused = service.assessor.post(
        "/v1/people", {"reference": "EX-0001", "born_on": "2015-06-14", "team": "north"}
    )
    stale = service.assessor.put(
        f"/v1/people/{child['id']}",
        {"born_on": "2015-06-14", "team": "north"},
        headers={"If-Match": '"x-1"'},
    )
    assert (refused.status_code, stale.status_code) == (409, 412)
    assert entries(service) == before
