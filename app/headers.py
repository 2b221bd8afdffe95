"""What every answer tells the browser that may show it: the headers of the OWASP Secure Headers project.

`Strict-Transport-Security` is sent always, without asking whether the request came by TLS: behind a proxy
that ends TLS the service does not see it. Over plain HTTP, and at a bare address such as 127.0.0.1, browsers
must ignore the header (RFC 6797, 8.1 and 8.1.1), so that a trial on one's own machine is left as it is.
"""

from functools import cache

from app import pages
from app.operations import documentation

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            *("accelerometer", "camera", "display-capture", "fullscreen", "geolocation", "gyroscope"),
            *("magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "usb"),
        )
    ),
}
"""The same for every answer. HTTPS is remembered for two years; no page has use for a device."""


@cache
def safe_headers(*, is_docs: bool, is_public: bool) -> dict[str, str]:
    """The headers of one kind of answer.

    Args:
        is_docs: Whether it is the description of the API, the one page that runs scripts.
        is_public: Whether it is of the public side, which any website may show; no other part may be.
    """
    policy = documentation.CONTENT_SECURITY_POLICY if is_docs else pages.content_security_policy()
    return {
        **ALWAYS,
        "Content-Security-Policy": policy,
        "Cross-Origin-Resource-Policy": "cross-origin" if is_public else "same-origin",
    }
