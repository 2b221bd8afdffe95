"""The plain words in which changes of a policy are told: of its parts, its fields and its choices."""

from ras.component import Component
from ras.money import MODE_IN_WORDS

KEYS = {
    "code": "{}",
    "domain": "{}",
    "horizon": "{}",
    "component": "for {}",
    "ground": "“{}”",
    "role": "for {}",
    "from_points": "from {} points",
    "percentile": "at {}%",
    "year": "for {}",
    "age": "at age {}",
    "level": "for {}",
    "points": "at {} points",
    "valid_from": "from {}",
    "title": "{}",
    "name": "{}",
}
"""What items of a list are matched by, and how one that has no title is called."""

SECTIONS = {
    "eligibility": "ages",
    "scoring": "the score",
    "resources_present": "what is already there",
    "allocation": "how points become money",
    "bounds": "lowest and highest amounts",
    "rate_card": "support prices",
    "budget": "budgets",
    "deflator": "what is kept back",
    "calibration": "the range beside an amount",
}
"""What the parts of a policy are called, where not by the field's name."""

NOUNS = {
    "horizons": "part of the plan",
    "circumstances": "question",
    "domains": "area",
    "contributions": "answer",
    "knots": "entry",
    "items": "kind of support",
    "modifiers": "adjustment",
    "one_offs": "sum paid once",
    "on_costs": "cost on top",
    "streams": "rule",
    "quantities": "quantity",
}
"""What an item of a list is, where not the field's name without its s."""

KNOWN_BY_TITLE = frozenset({"domains", "modifiers", "items", "purposes"})
"""Lists whose items need no more than their title to be known."""

CAME = {
    ("domains",): "A new area is asked about: {}.",
    ("circumstances",): "A new question is asked: {}.",
}
WENT = {
    ("domains",): "The area {} is no longer asked about.",
    ("circumstances",): "The question {} is no longer asked.",
}
"""How items of these lists come and go."""

FIELDS = {
    "circumstances": "the questions",
    "domains": "the areas",
    "contributions": "the answers",
    "points": "points",
    "months": "the length in months",
    "percent": "the per cent",
    "fraction": "the part taken off",
    "deductible_pence": "the sum taken off",
    "floor_pence": "the lowest amount",
    "soft_cap_pence": "the amount above which the panel looks",
    "hard_cap_pence": "the highest amount",
    "up_to_annual_pence": "the most they may agree",
    "mode": "the way of rounding",
    "effect": "buying it",
    "unit": "what is counted",
    "when": "when it applies",
    "applies_if": "when it is asked",
    "because": "the reason given",
    "why_asked": "why it is asked",
    "descriptor": "the description",
    "from_age": "the youngest age",
    "before_age": "the first age that is too old",
    "from_points": "the lowest score",
    "before_points": "the first score above it",
    "valid_from": "the first day",
    "valid_before": "the first day after its end",
    "illustrative": "the note that it is an example",
}
"""What a field is called in a sentence, where not by its own name."""

UNSET = {
    "when": "always",
    "applies_if": "always",
    "price_pence": "by written quote",
    "up_to_annual_pence": "no limit",
}
"""What it means that a field is left out, where there are words for it."""

VALUES = {
    **{mode.value: words for mode, words in MODE_IN_WORDS.items()},
    **{component.value: component.in_words for component in Component},
    "week": "a week",
    "four-weeks": "four weeks",
    "year": "a year",
    "needs-reason": "allowed with a reason",
    "none": "written down and not counted",
    "in-descriptors": "part of the descriptions",
    "points": "points taken off",
    "fraction": "a part taken off",
    "add": "a sum added",
    "subtract": "a sum taken off",
    "multiply": "a factor",
    "price-per-point": "a price for each point",
    "banded": "one amount for each band of points",
    "piecewise-linear": "straight lines between scores",
}
"""Choices in words, where not by their own name."""

TESTS = {
    "age": "the child is {}",
    "from_age": "{} or over",
    "before_age": "under {}",
    "key_stages": "the child is in {}",
    "score": "the score is {}",
    "level": "the number of answers at {} or above",
    "domains": "counted in {}",
    "at_least": "{} or more",
    "at_most": "{} or less",
    "below": "below {}",
}
"""Parts of a condition in words, where the value alone does not say it."""

WORDING = frozenset(
    {"title", "name", "question", "why_asked", "descriptor", "examples", "because", "illustrative", "source"}
    | {"consultation", "equality_analysis", "equality_reference", "version", "shorter_because", "lifted_by"}
    | {"who_helps", "support_offered", "complaint"}
)
"""Fields that say something and change no amount."""

NOT_SET = "not set"
PERIOD = "the amounts were for {}. Now they are for {}. A figure that stays the same is now another amount."
IN_PERIOD = frozenset({"resources_present", "allocation", "modifiers", "uprating", "bounds"})
"""The parts of a policy whose money is for its period."""
FOR_ONE = frozenset({"rate_pence"})
"""Sums among these that are for one of something, and for no period."""
SORTS = ("variant", "mode", "kind")
"""The fields that say which of several records is written."""
MAX_QUOTED = 160
"""Longer words are not said in a sentence again; they stand beside it."""
