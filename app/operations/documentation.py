"""The interactive description of the API: Swagger UI from an installed package, not a CDN."""

from importlib.resources import files

_BUNDLE = files("fastapi_offline") / "static"
_OWN = files("app") / "templates"

ASSETS = {
    "swagger-ui.css": str(_BUNDLE / "swagger-ui.css"),
    "swagger-ui-bundle.js": str(_BUNDLE / "swagger-ui-bundle.js"),
    "start.js": str(_OWN / "docs.js"),
}
"""What the page is made of, by name."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page runs its own scripts and speaks to this service only."""


def page() -> str:
    """The page."""
    return (_OWN / "docs.html").read_text()
