"""A hostile policy is refused whole, or its words are words: nothing in it is run (P19)."""

import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.app.hostile import JSON, faults
from tests.app.rows import row_counts
from tests.app.service import (
    Person,
    Service,
    add_assessment,
    add_person,
    add_plan,
    good,
    new_service,
    policy_document,
    template_of,
)
from tests.postgres import new_database

Change = Callable[[dict[str, Any]], object]
LEVEL = ("domains", 0, "levels", 1)


def at(*place: str | int, value: Any) -> Change:
    """Put something at a place of a document."""

    def change(document: dict[str, Any]) -> None:
        here: Any = document
        for part in place[:-1]:
            here = here[part]
        here[place[-1]] = value

    return change


def also(*place: str | int, **fields: Any) -> Change:
    """Put fields into a place of a document."""

    def change(document: dict[str, Any]) -> None:
        here: Any = document
        for part in place:
            here = here[part]
        here.update(fields)

    return change


NUMBERS: tuple[str, ...] = (
    "=1+1",
    "1e9",
    "0x10",
    "1_000",
    "+1",
    " 1",
    "1 ",
    "1/3",
    "-1",
    "NaN",
    "Infinity",
    "\u0663",
    "",
)
NUMBERS = (*NUMBERS, 400 * "9", "0." + 400 * "9", "__import__('os').getpid()", "{0}", "1\n")
CODES = (
    "__proto__",
    "__class__",
    "../x",
    "A",
    "a b",
    "a--b",
    "-a",
    61 * "a",
    "a\n",
    "\u0430",
    "",
    "{0}",
    "a.b",
)
LINES = ("", " ", "a\nb", "\t", "\x7f", 301 * "x", "a\x00b", "\x1b[2J")

HOSTILE: dict[str, Change] = {
    **{f"points {each!r:.20}": at(*LEVEL, "points", value=each) for each in NUMBERS},
    **{f"weight {each!r:.20}": at("domains", 0, "weight", value=each) for each in NUMBERS},
    **{f"code {each!r:.20}": at("domains", 0, "code", value=each) for each in CODES},
    **{f"level {each!r:.20}": at(*LEVEL, "code", value=each) for each in CODES},
    **{f"title {each!r:.20}": at("domains", 0, "title", value=each) for each in LINES},
    "pence as text": at("bounds", value={"hard_cap_pence": "1", "source": "x"}),
    "pence as a formula": at("bounds", value={"hard_cap_pence": "=A1", "source": "x"}),
    "more pence than there are": at("bounds", value={"hard_cap_pence": 10**12, "source": "x"}),
    "no variant": at("allocation", value={}),
    "an unknown variant": at("allocation", value={"variant": "eval", "source": "x", "code": "1+1"}),
    "a variant by its place in the code": at("allocation", "variant", value="ras.allocation.banded"),
    "a list for a variant": at("allocation", "variant", value=["banded"]),
    "an unknown mode": at("resources_present", "mode", value="__dict__"),
    "a formula as a modifier": at("modifiers", value=[{"kind": "eval", "expression": "1+1"}]),
    "another calculation": at("calculation", value="2"),
    "an alias": at("domains", 1, value="*first"),
    "a merge key": also("domains", 0, **{"<<": {"weight": "9"}}),
    "a tag": at("domains", 0, "weight", value="!!python/object/apply:os.system"),
    "names of the machinery": also(__class__="x", __proto__={}, model_config={}),
    "a reference": also("domains", 0, **{"$ref": "#/domains/1"}),
    "no domains": at("domains", value=[]),
    "a hundred thousand domains": at("domains", value=100_000 * [{}]),
    "ten thousand domains": at("domains", value=10_000 * [{}]),
    "a million bands": at("allocation", value={"variant": "banded", "source": "x", "bands": 1_000_000 * [0]}),
    "bands in the millions of points": at(
        "allocation", "knots", value=[{"points": 10 * "9", "amount_pence": 0}]
    ),
    "twenty thousand wrong knots": at(
        "allocation", "knots", value=20_000 * [{"points": "1", "amount_pence": 1}]
    ),
    "nests": at("allocation", value=json.loads(40 * '{"allocation":' + "1" + 40 * "}")),
}


@pytest.fixture
def lead(service: Service) -> Person:
    return service.acting_as("demo-policy-lead")


@pytest.mark.parametrize("path", ["/v1/policies", "/v1/policies:check"])
def test_a_hostile_document_is_refused_whole(service: Service, lead: Person, path: str) -> None:
    before = row_counts(service)
    wrong = []
    for what, change in HOSTILE.items():
        document = policy_document(version="2099.1")
        change(document)
        answer = lead.post(path, {"document": document})
        is_told = answer.status_code == 200 and not answer.json()["usable"] and answer.json()["problems"]
        wrong += [] if is_told else [f"{what}: {fault}" for fault in faults(answer)]
        wrong += [f"{what}: told at length"] if len(answer.content) > 1_000_000 else []
    assert wrong == []
    assert row_counts(service) == before


def test_a_name_that_is_said_with_every_problem_is_cut_short(sqlite_service: Service) -> None:
    lead = sqlite_service.acting_as("demo-policy-lead")
    document = policy_document(domains=[{"code": 50_000 * "x", **{f"f{n}": 1 for n in range(900)}}])
    answer = lead.post("/v1/policies:check", {"document": document})
    assert answer.json()["usable"] is False
    assert len(answer.content) < 1_000_000


WORDS = (
    *(
        "{0.__class__}",
        "{domain}",
        "{result.__class__.__mro__}",
        "{domain.__init__.__globals__}",
        "{",
        "}",
        "{!r}",
    ),
    *("%s", "%(domain)s", "%n", "{{7*7}}", "{% raw %}", "{# note #}", "${7*7}", "<%= 7*7 %>", "#{7*7}"),
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</main></body>", "&lt;b&gt;", "<!--"),
    *("=1+1", "@SUM(A1)", "-1", "javascript:alert(1)", "\u202eabc", "a\u200bb", "\\u0041", "$(id)", "`id`"),
)
"""What programs that put texts together have mistaken for something to do."""
TEXTS = {"title", "question", "why_asked", "descriptor", "because", "unit", "source", "name", "illustrative"}
TEXTS |= {"consultation", "equality_analysis", "equality_reference"}


def places(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Every text field of a document."""
    if isinstance(value, dict):
        for name, inside in value.items():
            if name in TEXTS and isinstance(inside, str):
                yield value, name
            yield from places(inside)
    if isinstance(value, list):
        for inside in value:
            yield from places(inside)


def hostile_words() -> dict[str, Any]:
    """The example policy with something hostile in every text of it, each time another."""
    document: dict[str, Any] = json.loads(json.dumps(policy_document()))
    for number, (record, name) in enumerate(list(places(document))):
        record[name] = f"{WORDS[number % len(WORDS)]} #{number}."
    return document


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(params=["sqlite", "postgresql"])
def hostile_service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """A service whose policy in force is hostile in every word."""
    url = f"sqlite:///{tmp_path / 'ras.db'}"
    if request.param == "postgresql":
        url = new_database(request.getfixturevalue("postgres"))
    template_of(url, with_policy=False)
    with new_service(url, tmp_path) as service:
        lead, second = service.acting_as("demo-policy-lead"), service.acting_as("demo-second-policy-lead")
        answer = lead.post("/v1/policies", {"document": hostile_words()})
        for act in ("approve", "publish"):
            path, etag = f"/v1/policies/{good(answer)['id']}/{act}", answer.headers["etag"]
            answer = second.post(path, headers={"If-Match": etag})
        assert good(answer)["state"] == "published"
        yield service


def test_words_that_look_like_something_to_do_are_words(hostile_service: Service) -> None:
    service = hostile_service
    written = [record[name] for record, name in places(hostile_words())]
    plan = add_plan(service.assessor, add_person(service.assessor)["id"])
    kept = add_assessment(service.assessor, plan["id"])
    path = f"/v1/assessments/{kept['id']}/statement"

    text = service.assessor.get(path, params={"format": "text"}).text
    said = {words for words in written if words in text}
    assert len(said) > 30
    assert {words.rpartition(" #")[0] for words in said} > {"{domain}", "{{7*7}}", "%s"}
    assert not {"49", "<class", "globals"} & set(text.replace("{", " ").split())

    html = service.assessor.get(path)
    page = Page(html.text)
    assert {words for words in written if words in page.text} == said
    assert page.tags <= {
        "html",
        "head",
        "meta",
        "title",
        "link",
        "style",
        "body",
        "main",
        "div",
        "section",
    } | {*("h1", "h2", "p", "ol", "ul", "li")}
    assert html.text.count("<link") == html.text.count('<link rel="icon" href="data:,">')
    links = {"rel", "href"}
    assert page.attributes <= links | {"lang", "charset", "name", "content", "class", "id", "aria-labelledby"}
    assert "script-src" not in html.headers["content-security-policy"]
    assert "default-src 'none'" in html.headers["content-security-policy"]

    assert all(
        words in " ".join(kept["sentences"]["working"] + kept["sentences"]["plan_cost"]) or words in text
        for words in said
    )
    assert good(service.acting_as("demo-auditor").get(f"/v1/assessments/{kept['id']}/replay"))["equal"]


def test_the_public_side_says_them_as_they_are(hostile_service: Service) -> None:
    published = good(hostile_service.public.get("/local-offer/v1/policy"))
    assert published["document"] == hostile_words()
    in_words = " ".join(published["how_amounts_are_worked_out"])
    titles = [domain["title"] for domain in hostile_words()["domains"]]
    assert all(title in in_words for title in titles)

    needs = [
        {"domain": each["code"], "level": each["levels"][1]["code"]} for each in hostile_words()["domains"]
    ]
    answers = {"age": 11, "needs": needs}
    answers["circumstances"] = [
        {"circumstance": "area", "choice": "town"},
        {"circumstance": "disabled-siblings", "count": 0},
    ]
    estimate = good(hostile_service.public.post("/local-offer/v1/estimates", answers))
    assert all(any(title in sentence for sentence in estimate["sentences"]) for title in titles)


def test_a_problem_names_a_hostile_code_as_it_is(hostile_service: Service) -> None:
    for code in ("x-0-class", "constructor", "proto"):
        body = json.dumps({"age": 11, "needs": [{"domain": code, "level": code}]})
        answer = hostile_service.public.send("POST", "/local-offer/v1/estimates", content=body, headers=JSON)
        assert (answer.status_code, faults(answer)) == (409, [])
        assert code in answer.text
