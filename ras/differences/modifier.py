"""What makes modifiers do another thing: one that now applies, one that no longer does, other numbers."""

from collections.abc import Iterator

from ras.differences.difference import Difference, Placed, Said, Sides, code_of, pairs, told

DOES = {
    "modifier.add": ("{added} was added", "{added} is added"),
    "modifier.add-for-each": ("{each} was added for each of {count}", "{each} is added for each of {count}"),
    "modifier.subtract": ("{less} was taken off", "{less} is taken off"),
    "modifier.multiply": ("the amount was multiplied by {factor}", "the amount is multiplied by {factor}"),
    "modifier.add-on-root-scale": (
        "{added} was added to the square root of the amount",
        "{added} is added to the square root of the amount",
    ),
    "modifier.staff-ratio": (
        "what pays for hours of staff was multiplied by {ratio}",
        "what pays for hours of staff is multiplied by {ratio}",
    ),
    "modifier.age-taper": (
        "the amount was multiplied by a number between {lower_factor} and {upper_factor}, as {passed} of "
        "{months} months had passed",
        "the amount is multiplied by a number between {lower_factor} and {upper_factor}, as {passed} of "
        "{months} months have passed",
    ),
}
"""What each modifier did and does."""
AT_ONE_AGE = ("the amount was multiplied by {lower_factor}", "the amount is multiplied by {lower_factor}")
"""What a taper did and does before its first age and after its last."""


def modifier_differences(sides: Sides) -> Iterator[Difference]:
    """The modifiers of each side, one by one."""
    for was, now in pairs(*sides.family("modifier"), by=code_of):
        yield from told(sides.why(was, now), was, now, _said)


def _said(placed: Placed) -> Said:
    is_at_one_age = placed.kind == "modifier.age-taper" and placed["months"].value == "0"
    did, does = AT_ONE_AGE if is_at_one_age else DOES[placed.kind]
    return Said(
        f"{{title}}: before, {did}.",
        f"Now, {does}.",
        new=f"{{title}}: this did not apply before. Now {does}, because {{because}}.",
        gone=f"{{title}}: before, {did}. Now this does not apply.",
    )
