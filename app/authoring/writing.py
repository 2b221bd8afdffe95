"""Words, money and tables as YAML that a person can read and the policy reader gives back unchanged."""

import re
from collections.abc import Mapping
from typing import Any

from ras.money import pounds

_NEEDS_NO_MARKS = re.compile(r"[A-Za-z][A-Za-z0-9()/' -]*[A-Za-z0-9)]", re.ASCII)
_MEANS_SOMETHING = frozenset({"yes", "no", "on", "off", "true", "false", "null"})
"""Words that one or another reader of YAML takes for something else."""


def words(text: str) -> str:
    r"""Text as a YAML scalar, in quotation marks unless it is plain words.

    >>> words("Being with friends"), words("no"), words('"Ready": 1')
    ('Being with friends', '"no"', '"\\"Ready\\": 1"')
    """
    if _NEEDS_NO_MARKS.fullmatch(text) and text.lower() not in _MEANS_SOMETHING:
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else f"\\U{ord(letter):08X}"


def note(text: str) -> str:
    """Text that is safe inside a comment, which ends where the line does."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def pence(amount_pence: int) -> str:
    """Whole pence, with marks between the thousands of pounds and before the pence.

    >>> pence(125000), pence(7)
    ('1_250_00', '7')
    """
    whole, part = divmod(amount_pence, 100)
    return f"{whole:_}_{part:02}" if whole else str(part)


def allocation_part(allocation: Mapping[str, Any]) -> str:
    """The `allocation` part of a policy document, a line for each row of its table.

    Args:
        allocation: The plain data of the part, as `app.authoring.table.Table.allocation` gives it.
    """
    lines = ["allocation:"]
    for name, value in allocation.items():
        if not isinstance(value, list):
            lines.append(f"  {name}: {words(value)}")
            continue
        lines.append(f"  {name}:")
        for row in value:
            shown = ", ".join(f"{key}: {_number(field)}" for key, field in row.items())
            lines.append(f"    - {{{shown}}}  # {pounds(row['amount_pence'])}")
    return "\n".join(lines) + "\n"


def _number(field: str | int) -> str:
    """Pence as they are, and points in quotation marks, so that a fraction stays exact."""
    return pence(field) if isinstance(field, int) else f'"{field}"'
