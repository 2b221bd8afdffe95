"""The example policy and plan, as text and as plain data to break."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from ras.reading import read_yaml

ROOT = Path(__file__).parents[2]
POLICY_TEXT = (ROOT / "app/demonstration/exampleshire.yaml").read_text("utf-8")
PLAN_TEXT = (ROOT / "app/demonstration/example-plan.yaml").read_text("utf-8")
_POLICY, _PLAN = read_yaml(POLICY_TEXT), read_yaml(PLAN_TEXT)

Data = dict[str, Any]
Place = tuple[str | int, ...]
NAMES = ("code", "domain", "horizon")
"""What an item of a list is called by, in this order."""


def policy_data() -> Data:
    """The example policy as plain data, one's own copy; without the examples that hold for it alone."""
    return {field: deepcopy(value) for field, value in _POLICY.items() if field != "examples"}


def plan_data() -> Data:
    """The example plan as plain data, one's own copy."""
    return deepcopy(_PLAN)


def inside(data: Any, part: str | int) -> Any:
    """What is at one part of a path; things in a list are named by their code or their number."""
    if isinstance(data, list) and isinstance(part, str):
        return next(item for n, item in enumerate(data) if part in {str(n), *name_of(item)})
    return data[part]


def changed(data: Data, changes: dict[str, Any]) -> Data:
    """The data with something else at each path."""
    for path, value in changes.items():
        *way, last = path.split(".")
        here: Any = data
        for part in way:
            here = inside(here, part)
        if isinstance(here, list):
            here[int(last)] = value
        else:
            here[last] = value
    return data


def name_of(item: Any) -> Iterator[str]:
    """What an item of a list is called."""
    if isinstance(item, dict):
        yield from [item[key] for key in NAMES if isinstance(item.get(key), str)][:1]


def in_words(place: Place, data: Any) -> str:
    """A place as a policy author reads it: items of a list by their name, or else by their number."""
    words = []
    here: Any = data
    for part in place:
        is_there = isinstance(here, list) or (isinstance(here, dict) and part in here)
        here = here[part] if is_there else None
        words.append(next(name_of(here), str(part)) if isinstance(part, int) else part)
    return ".".join(words)


def pointer(place: Place) -> str:
    """The same place as a JSON pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)
