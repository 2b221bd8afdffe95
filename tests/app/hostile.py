"""Hostile input for the tests: values, bodies and texts, and what a refusal of them looks like."""

import json
from collections.abc import Iterator
from typing import Any

from httpx2 import Response

from tests.app.service import Person

JSON = {"Content-Type": "application/json"}

ANYWHERE = {
    "half of a pair": '"\\ud800"',
    "halves in the wrong order": '"\\udc00\\ud800"',
    "NUL": '"\\u0000"',
    "an escape character": '"\\u001b[2J"',
    "2^63": str(2**63),
    "10^400": "1" + 400 * "0",
    "10^5000": "1" + 5000 * "0",
    "1e400": "1e400",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "a fraction": "1.0",
    "a key twice": '{"a": 1, "a": 2}',
    "a hundred thousand lists": 100_000 * "[" + 100_000 * "]",
    "a hundred thousand objects": 100_000 * '{"a":' + "1" + 100_000 * "}",
    "a list in thirty lists": 30 * "[" + 30 * "]",
    "an object": '{"__class__": "x"}',
}
"""Right nowhere, as JSON."""

WHOLE = {
    "true": "true",
    "digits as text": '"4"',
    "hexadecimal as text": '"0x10"',
    "not negative": "-1",
    "one more than is exact": str(2**53),
    "no number": '""',
}
DAY = {
    "year 9999": '"9999-12-31"',
    "year 0000": '"0000-01-01"',
    "year 0001": '"0001-01-01"',
    "29 February of 2027": '"2027-02-29"',
    "a moment": '"2026-11-23T00:00:00Z"',
    "a number": "20261123",
    "a week day": '"2026-W48-1"',
    "other digits": '"\\uff12\\uff10\\uff12\\uff16-11-23"',  # as wide as a letter of Chinese
    "true": "true",
}
CODE = {
    "a very long text": json.dumps(100_000 * "A"),
    "a letter that looks like another": '"E\u0425-0001"',  # Cyrillic
    "a character without width": '"EX\u200b-0001"',
    "a change of direction": '"\u202eEX-0001"',
    "a line end at the end": '"EX-0001\\n"',
    "a space at the end": '"EX-0001 "',
    "a path": '"../../etc/passwd"',
    "SQL": "\"' OR '1'='1\"",
    "a formula": '"=1+1"',
    "a name of the machinery": '"__proto__"',
    "nothing": '""',
}
FLAG = {"1": "1", "text": '"true"', "a day": '"2026-11-23"'}
WORDS = {"too long": json.dumps(4_001 * "x"), "a number": "4"}
KINDS = {"whole": WHOLE, "day": DAY, "code": CODE, "flag": FLAG, "words": WORDS}


def bodies(good: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Whole bodies that are wrong, with what is wrong with them."""
    text = json.dumps(good)
    yield "nothing", b""
    yield "null", b"null"
    yield "a list", b"[]"
    yield "a list of it", f"[{text}]".encode()
    yield "a text", b'"text"'
    yield "a number", b"1"
    yield "not UTF-8", b'{"a": "\xff"}'
    yield "not the shortest UTF-8", b'{"a": "\xc0\x80"}'
    yield "half of a pair in UTF-8", b'{"a": "\xed\xa0\x80"}'
    yield "UTF-16", text.encode("utf-16")
    yield "UTF-16 without a mark", text.encode("utf-16-le")
    yield "UTF-32", text.encode("utf-32")
    yield "a byte order mark", b"\xef\xbb\xbf" + text.encode()
    yield "broken off", text.encode()[:-1]
    yield "something after it", text.encode() + b"}"
    yield "two documents", text.encode() + text.encode()
    yield "a comment", b"/* */" + text.encode()
    yield "other quotation marks", text.replace('"', "'").encode()
    yield "an unknown field", json.dumps({**good, "__class__": "x"}).encode()
    first = next(iter(good))
    yield "a field twice", f'{{"{first}": 1, {text[1:]}'.encode()
    yield "deep lists", 100_000 * b"["
    yield "deep objects", 100_000 * b'{"a":'
    yield "a million digits less two", b"1" * 999_998
    yield "a hundred thousand values", b'{"a": [' + 99_999 * b"1.0, " + b"1]}"
    yield "a hundred thousand fields", ("{" + ", ".join(f'"{n}": 1' for n in range(100_000)) + "}").encode()
    yield "a form", b"reference=EX-0001&team=north"


MEDIA_TYPES = {
    "none": {},
    "empty": {"Content-Type": ""},
    "text": {"Content-Type": "text/plain"},
    "XML": {"Content-Type": "application/xml"},
    "a form": {"Content-Type": "application/x-www-form-urlencoded"},
    "files": {"Content-Type": "multipart/form-data; boundary=x"},
    "nearly JSON": {"Content-Type": "application/jsonx"},
    "a kind of JSON": {"Content-Type": "application/merge-patch+json"},
    "JSON in UTF-16": {"Content-Type": "application/json; charset=utf-16"},
    "not text": {"Content-Type": b"\xff\xfe"},
}


def put(body: dict[str, Any], place: str, raw: str) -> bytes:
    """A body as JSON, with something else at a place, such as `needs.0.domain`."""
    changed = json.loads(json.dumps(body))
    *path, last = [int(part) if part.isdecimal() else part for part in place.split(".")]
    here = changed
    for part in path:
        here = here[part]
    here[last] = "@@"
    return json.dumps(changed).replace('"@@"', raw).encode()


def send(who: Person, method: str, path: str, body: bytes, **headers: Any) -> Response:
    """Send a body as it is."""
    return who.send(method, path, content=body, headers={**JSON, **headers})


def faults(response: Response) -> list[str]:
    """What an answer lacks of a refusal: 4xx, a whole problem document, and the headers of every answer."""
    found = []
    if not 400 <= response.status_code < 500:
        return [f"{response.status_code}: {response.text[:200]}"]
    if response.headers["content-type"] != "application/problem+json":
        return [f"{response.headers['content-type']}: {response.text[:200]}"]
    document = response.json()
    if document["status"] != response.status_code:
        found.append("another status inside")
    words = ("type", "title", "code", "detail", "next_step")
    found += [f"no {name}" for name in words if not document[name]]
    parts = {"pointer", "path", "code", "message"}
    found += [
        f"a poor problem: {each}"
        for each in document["problems"]
        if set(each) != parts or not each["message"]
    ]
    headers = ("x-request-id", "x-content-type-options", "content-security-policy")
    return found + [f"no {name}" for name in headers if name not in response.headers]
