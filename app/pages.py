"""Pages made on the server: plain HTML that needs no script and fetches nothing."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from ras.money import pounds
from ras.statement import Statement, as_text


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def content_security_policy() -> str:
    """What a page may do: nothing but be styled, by the styles that are ours to the letter."""
    texts = (_templates().get_template(name).render() for name in ("statement.css", "subject-access.css"))
    styles = " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts)
    return (
        f"default-src 'none'; style-src {styles}; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def statement_page(statement: Statement) -> str:
    """The statement for a family as a page. Its sentences are steps, and so are numbered."""
    return _templates().get_template("statement.html").render(statement=statement, numbered=True)


def letter_page(letter: Statement) -> str:
    """A letter to a family as a page."""
    return _templates().get_template("statement.html").render(statement=letter, numbered=False)


def subject_access_page(access: dict[str, Any]) -> str:
    """Everything that is held about one person as a page."""
    template = _templates().get_template("subject-access.html")
    return template.render(access=access, in_words=_in_words, shown=_shown)


def _in_words(field: str) -> str:
    """A field's name as a person reads it."""
    return field.removesuffix("_pence").replace("_", " ").replace("-", " ").capitalize()


def _shown(field: str, value: object) -> str:
    """A value as a person reads it: pounds for pence, yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and field.endswith("_pence"):
        return pounds(value)
    return str(value)


def letter_as(kind: str, letter: Statement) -> Response:
    """A letter as `html`, as `text`, or as `json`: its headings and sentences."""
    match kind:
        case "json":
            return JSONResponse(letter.model_dump(mode="json"))
        case "text":
            return PlainTextResponse(as_text(letter))
        case _:
            return HTMLResponse(letter_page(letter))


LETTER: dict[int | str, dict[str, Any]] = {
    200: {"model": Statement, "content": {"text/html": {}, "text/plain": {}}},
}
"""What an operation that answers with a letter says of it in the description."""
