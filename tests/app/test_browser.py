"""The pages in a real browser: they fetch nothing from elsewhere, and everyone can read them."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from time import monotonic
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has none
from playwright.sync_api import Browser, Page, Playwright, Route, sync_playwright

from app.db import Database
from app.demonstration.load import load_demonstration
from app.ids import new_id
from app.main import create_app
from app.migration import migrate
from app.settings import Settings
from tests.app import lives
from tests.app.letters import path_of, story
from tests.app.running import running
from tests.app.service import NOW, Clock, Service, add_assessment, add_person, add_plan, new_service

pytestmark = pytest.mark.browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
"""It asks nothing of the network for itself; where tests run as root it has no sandbox."""
WCAG = {
    "resultTypes": ["violations"],  # what passes is not listed place by place
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
}
NARROW = {"width": 320, "height": 640}
"""A page of 1280 pixels at 400 % (WCAG 2.2, 1.4.10)."""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

HOSTILE = (
    "<script>window.ran = 1</script> <img src=x onerror='window.ran = 1'> </style></title></p></main> "
    '<a href="javascript:window.ran = 1">here</a> <style>main { display: none }</style> {{ 7 * 7 }} '
    "<base href=https://elsewhere.example/> <iframe srcdoc=x></iframe> <svg onload=window.ran=1> &lt;b&gt;"
)
"""What somebody wrote where reasons and notes are asked for, or as part of a policy."""
MADE_OF_IT = "script, img, a, base, iframe, svg, form, object, embed, style + style, [onerror], [onload]"
"""What would be on a page if it were more than words there."""


@dataclass(frozen=True)
class Site:
    """The service with a demonstration, and a statement somebody with a token may read."""

    address: str
    token: dict[str, str]
    statement: str
    letters: dict[str, str]
    """The address of each kind of letter."""
    hostile: dict[str, str]
    """The address of each page with hostile words on it, by its kind; and of the description of the API."""
    manager: dict[str, str]
    """The token of who may read all of them."""


LETTERS = ("first", "lower", "notice", "answer", "stop", "end")
each_letter = pytest.mark.parametrize("name", LETTERS)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    url = f"sqlite:///{folder / 'ras.db'}"
    database = Database(url)
    migrate(database)
    load_demonstration(database, now=NOW, make_id=new_id, size=11)
    database.close()
    with new_service(url, folder) as service:
        child = add_person(service.assessor, reference="EX-PAGE")
        words = {"needs_not_captured": "Travel to a hospital far away, every month."}
        plan = add_plan(service.assessor, child["id"], words=words)
        kept = add_assessment(service.assessor, plan["id"])
        token = dict(service.assessor.headers)
        _, records = story(service, reference="EX-LETTERS")
        hostile = _hostile_pages(service)
        service.clock.now = NOW
        manager = dict(service.acting_as("demo-team-manager").headers)
    app = create_app(Settings(data_dir=folder, database_url=url), clock=Clock())
    with running(app) as address:
        letters = {name: f"{address}{path_of(records[name])}" for name in LETTERS}
        statement = f"{address}/v1/assessments/{kept['id']}/statement"
        pages = {name: f"{address}{path}" for name, path in hostile.items()}
        yield Site(address, token, statement, letters, pages, manager)


def _hostile_pages(service: Service) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lives, "REASONS", HOSTILE)
        life, records = story(service, reference="EX-HOSTILE")
    life.find("ability-to-manage", "able", on="2027-01-19", recipient="parent", notes=HOSTILE)
    lives.publish(service, version="hostile", illustrative=HOSTILE, valid_from="2027-02-01")
    kept = life.assess(on="2027-02-01")
    return {
        "statement": f"/v1/assessments/{kept['id']}/statement",
        **{name: path_of(records[name]) for name in LETTERS},
        "subject access": f"/v1/people/{life.id}/subject-access?format=html",
        "docs": "/docs",
    }


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as made:
        yield made


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found, "there is no Chromium here: run scripts/need chromium, or leave out -m browser"
    browser = playwright.chromium.launch(executable_path=found, args=QUIET)
    yield browser
    browser.close()


@dataclass
class Seen:
    """A page, and what went wrong on it: requests to elsewhere (none gets there), errors, failures."""

    page: Page
    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@contextmanager
def opened(browser: Browser, site: Site, address: str, **more: Any) -> Iterator[Seen]:
    """Open a page in a profile of its own; at the end nothing may have gone wrong."""
    with browser.new_context(**more) as context:
        seen = Seen(context.new_page())

        def keep_in(route: Route) -> None:
            seen.asked.append(route.request.url)
            if route.request.url.startswith(f"{site.address}/"):
                route.continue_()
            else:
                seen.wrong.append(f"elsewhere: {route.request.url}")
                route.abort()

        context.route("**/*", keep_in)
        seen.page.on("console", lambda said: seen.wrong.append(said.text) if said.type != "log" else None)
        seen.page.on("pageerror", lambda error: seen.wrong.append(str(error)))
        seen.page.on("requestfailed", lambda request: seen.wrong.append(f"failed: {request.url}"))
        answer = seen.page.goto(address)
        assert answer is not None
        assert answer.status == 200
        yield seen
        assert seen.wrong == []


@contextmanager
def statement(browser: Browser, site: Site, **more: Any) -> Iterator[Seen]:
    with opened(browser, site, site.statement, extra_http_headers=site.token, **more) as seen:
        yield seen


def barriers(page: Page, *, outside: str | None = None) -> list[str]:
    """What axe finds on a page that keeps people out, by WCAG 2.2 AA."""
    context = {"exclude": [[outside]]} if outside else None
    found = Axe().run(page, context=context, options=WCAG).response["violations"]
    return [f"{each['id']}: {json.dumps([node['target'] for node in each['nodes']])}" for each in found]


def test_the_statement_asks_for_nothing_but_itself(browser: Browser, site: Site) -> None:
    with statement(browser, site) as seen:
        assert seen.asked == [site.statement]


def test_the_statement_keeps_nobody_out(browser: Browser, site: Site) -> None:
    with statement(browser, site) as seen:
        assert barriers(seen.page) == []
        headings = seen.page.locator("h1, h2").all_inner_texts()
        assert headings[0] == "How your indicative personal budget was worked out"
        assert len(headings) > 5
        assert seen.page.locator("html").get_attribute("lang") == "en-GB"


def test_the_statement_says_first_what_it_comes_to(browser: Browser, site: Site) -> None:
    with statement(browser, site) as seen:
        words = seen.page.locator("main").inner_text()
        assert words.index("ILLUSTRATIVE ONLY") < words.index("£")
        assert words.index("The indicative amount for your child is £") < words.index("Step by step")
        first = seen.page.locator(".summary p").first
        assert float(first.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")) >= 20


def test_the_statement_is_read_on_a_small_screen_without_going_sideways(browser: Browser, site: Site) -> None:
    with statement(browser, site, viewport=NARROW) as seen:
        assert seen.page.evaluate(SIDEWAYS) == 0
        for part in ("h1", "h2", ".illustrative", ".summary p", "li"):
            seen.page.locator(part).first.evaluate("node => { node.textContent = 'W'.repeat(300) }")
        assert seen.page.evaluate(SIDEWAYS) == 0
        assert barriers(seen.page) == []


def test_the_statement_is_read_without_scripts(browser: Browser, site: Site) -> None:
    with statement(browser, site) as seen:
        words = seen.page.locator("main").inner_text()
        assert seen.page.locator("script").count() == 0
    with statement(browser, site, java_script_enabled=False) as seen:
        assert seen.page.locator("main").inner_text() == words


def test_the_statement_is_printed(browser: Browser, site: Site) -> None:
    with statement(browser, site) as seen:
        seen.page.emulate_media(media="print")
        printed = seen.page.pdf(format="A4")
        assert printed.startswith(b"%PDF-")
        assert 2 <= printed.count(b"/Type /Page\n") <= 8
        assert seen.page.evaluate(SIDEWAYS) == 0


def test_the_statement_needs_a_token(browser: Browser, site: Site) -> None:
    with browser.new_context() as context:
        answer = context.request.get(site.statement)
        assert answer.status == 401


@contextmanager
def letter(browser: Browser, site: Site, name: str, **more: Any) -> Iterator[Seen]:
    with opened(browser, site, site.letters[name], extra_http_headers=site.token, **more) as seen:
        yield seen


@each_letter
def test_a_letter_keeps_nobody_out_and_asks_for_nothing_but_itself(
    browser: Browser, site: Site, name: str
) -> None:
    with letter(browser, site, name) as seen:
        assert barriers(seen.page) == []
        assert seen.asked == [site.letters[name]]
        assert seen.page.locator("script").count() == 0
        headings = seen.page.locator("h1, h2").all_inner_texts()
        assert "personal budget" in headings[0]
        assert {"The reasons", "If you do not agree", "Who helps you"} <= set(headings)


@each_letter
def test_a_letter_is_read_on_a_small_screen_without_going_sideways(
    browser: Browser, site: Site, name: str
) -> None:
    with letter(browser, site, name, viewport=NARROW) as seen:
        assert seen.page.evaluate(SIDEWAYS) == 0
        for part in ("h1", "h2", ".opening", ".illustrative", ".summary p", "section p"):
            seen.page.locator(part).first.evaluate("node => { node.textContent = 'W'.repeat(300) }")
        assert seen.page.evaluate(SIDEWAYS) == 0
        assert barriers(seen.page) == []


@each_letter
def test_a_letter_is_printed_with_margins_and_no_heading_left_alone(
    browser: Browser, site: Site, name: str
) -> None:
    with letter(browser, site, name) as seen:
        seen.page.emulate_media(media="print")
        printed = seen.page.pdf(prefer_css_page_size=True)
        assert 1 <= printed.count(b"/Type /Page\n") <= 4
        assert seen.page.evaluate(SIDEWAYS) == 0
        kept = seen.page.locator("h2").evaluate_all(
            "all => all.map(node => getComputedStyle(node).breakAfter)"
        )
        assert set(kept) == {"avoid"}
        pages = "[...document.styleSheets[0].cssRules].filter(rule => rule instanceof CSSPageRule)"
        assert seen.page.evaluate(f"{pages}.map(rule => rule.style.margin)") == ["20mm 18mm"]


@each_letter
def test_a_letter_needs_a_token(browser: Browser, site: Site, name: str) -> None:
    with browser.new_context() as context:
        assert context.request.get(site.letters[name]).status == 401


def test_the_description_asks_nobody_else(browser: Browser, site: Site) -> None:
    with opened(browser, site, f"{site.address}/docs") as seen:
        seen.page.wait_for_selector(".opblock")
        parts = [url.removeprefix(site.address) for url in seen.asked]
        assert parts == [
            *(
                "/docs",
                "/docs/swagger-ui.css",
                "/docs/swagger-ui-bundle.js",
                "/docs/start.js",
                "/openapi.json",
            )
        ]
        assert seen.page.locator(".opblock").count() == len(described(seen.page, site))
        # What Swagger UI draws is its own: its greens and blues are paler than WCAG asks for.
        assert barriers(seen.page, outside="#api") == []


def test_an_operation_is_tried_from_the_description(browser: Browser, site: Site) -> None:
    with opened(browser, site, f"{site.address}/docs#/operations/version") as seen:
        block = seen.page.locator("#operations-operations-version")
        block.locator(".execute").click()
        block.get_by_role("cell", name="200").first.wait_for()
        assert '"engine"' in block.locator(".live-responses-table").inner_text()


def described(page: Page, site: Site) -> list[str]:
    """Every operation of the description."""
    paths = page.request.get(f"{site.address}/openapi.json").json()["paths"]
    return [f"{method} {path}" for path, operations in paths.items() for method in operations]


TEMPLATES = {
    "statement.html": ("statement", *LETTERS),
    "subject-access.html": ("subject access",),
    "docs.html": ("docs",),
}
"""Which pages are made of which template."""
WRITTEN = [name for template, names in TEMPLATES.items() if template != "docs.html" for name in names]


def test_there_is_no_page_that_is_not_looked_at(site: Site) -> None:
    there = {each.name for each in (files("app") / "templates").iterdir() if each.name.endswith(".html")}
    assert there == set(TEMPLATES)
    assert {name for names in TEMPLATES.values() for name in names} == set(site.hostile)


ONE_OF_EACH = "document.querySelectorAll('article:nth-of-type(n+2)').forEach(each => each.remove())"
"""Of many records that are shown alike the first is looked at: axe takes a minute for them all."""


@pytest.mark.parametrize("name", WRITTEN)
def test_what_somebody_wrote_is_words_on_a_page_and_nothing_else(
    browser: Browser, site: Site, name: str
) -> None:
    with opened(browser, site, site.hostile[name], extra_http_headers=site.manager) as seen:
        page = seen.page
        assert seen.asked == [site.hostile[name]]
        assert " ".join(HOSTILE.split()) in " ".join(page.locator("main").inner_text().split())
        assert page.locator(MADE_OF_IT).count() == 0
        assert page.evaluate("window.ran") is None
        assert page.evaluate("[...document.styleSheets].length") == 1
        page.evaluate(ONE_OF_EACH)
        assert barriers(page) == []


PLANTED = """
window.refused = [];
document.addEventListener('securitypolicyviolation', said => window.refused.push(said.effectiveDirective));
const plant = (name, given) => document.body.appendChild(Object.assign(document.createElement(name), given));
plant('script', {textContent: 'window.ran = 1'});
plant('script', {src: 'https://elsewhere.example/x.js'});
plant('script', {src: 'data:text/javascript,window.ran=1'});
plant('img', {src: 'https://elsewhere.example/x.png'});
plant('div', {}).setAttribute('onclick', 'window.ran = 1');
document.body.lastChild.click();
plant('a', {href: 'javascript:window.ran = 1'}).click();
plant('style', {textContent: 'main { display: none }'});
plant('div', {}).setAttribute('style', 'display: none');
plant('link', {rel: 'stylesheet', href: 'https://elsewhere.example/x.css'});
plant('iframe', {src: 'https://elsewhere.example/'});
plant('object', {data: 'https://elsewhere.example/x.pdf'});
plant('base', {href: 'https://elsewhere.example/'});
plant('form', {action: 'https://elsewhere.example/', method: 'post'}).submit();
setTimeout(() => { try { window.eval('window.ran = 1') } catch { window.refused.push('eval') } });
fetch('https://elsewhere.example/').catch(() => {});
"""
"""What somebody would plant who found a hole in a page."""
SECONDS = 10
"""How long the browser may take to say what it refused."""
REFUSED = {
    *("script-src-elem", "script-src-attr", "style-src-elem", "style-src-attr", "img-src", "frame-src"),
    *("object-src", "base-uri", "form-action", "connect-src", "eval", "script-src"),
}


@pytest.mark.parametrize("name", ["statement", "first", "subject access", "docs"])
def test_what_is_planted_in_a_page_neither_runs_nor_asks_anybody(
    browser: Browser, site: Site, name: str
) -> None:
    with opened(browser, site, site.hostile[name], extra_http_headers=site.manager) as seen:
        page = seen.page
        if name == "docs":
            page.wait_for_selector(".opblock")
        asked = list(seen.asked)
        page.evaluate(f"() => {{ {PLANTED} }}")
        ends = monotonic() + SECONDS
        while set(page.evaluate("window.refused")) != REFUSED and monotonic() < ends:
            page.wait_for_timeout(50)
        assert set(page.evaluate("window.refused")) == REFUSED
        assert page.evaluate("window.ran") is None
        assert page.locator("main").is_visible()
        assert seen.asked == asked
        seen.wrong.clear()  # the browser says of each that it refused it


def test_the_description_is_opened_out_without_a_style_or_script_of_its_own(
    browser: Browser, site: Site
) -> None:
    with opened(browser, site, f"{site.address}/docs") as seen:
        page = seen.page
        page.wait_for_selector(".opblock")
        for block in ("policies-check_policy", "imports-import_people", "assessments-get_statement"):
            page.locator(f"#operations-{block} .opblock-summary-control").click()
            page.locator(f"#operations-{block} .execute").wait_for()
