"""What differs between two policies is told in whole sentences, and nothing that differs is left out."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given

from ras.canonical import as_written, canonical
from ras.policy.change_words import KEYS
from ras.policy.changes import PolicyChange, PolicyChangeKind, changes, in_short
from ras.policy.configuration import PolicyConfiguration
from ras.policy.document import policy_of
from ras.reading import Location, UnreadableText, problem_at, validated
from ras.testing import policy_documents
from tests.ras.examples import NAMES, ROOT, Data, changed, name_of, policy_data
from tests.ras.test_plain_english import HARDEST, measured, too_long, written

Edit = dict[str, Any]
ONLY_REMOTE = "only where “Where the family lives” is “Far from either”"
LEVEL = {"code": "often", "title": "Often", "descriptor": "Needs a hand most days.", "points": "12"}
CHOICES = [
    *("week", "up", "refused", "allowed", "health", "sen-top-up", "run", "cpr-6-26", "panel-chair"),
    *("team-manager", "conditional", "hard", "misuse", "safeguarding", "short", "medium"),
]
"""Some of the values that fields with a choice can have."""
PRICES = {
    "variant": "price-per-point",
    "source": "schedule B",
    "prices": [
        {"title": "Under five", "when": {"age": {"before_age": 5}}, "price_pence": "30000"},
        {"title": "Every child", "price_pence": "25000"},
    ],
}


def found(new: Data, old: Data | None = None) -> tuple[PolicyChange, ...]:
    """What changed from the example policy, or from another, to a new one."""
    return changes(policy_of(old or policy_data()), policy_of(new))


def only(edit: Edit) -> PolicyChange:
    """The one change that an edit of the example policy makes."""
    (change,) = found(changed(policy_data(), edit))
    return change


def item(code: str, title: str) -> Data:
    """An area like the first one of the example policy."""
    return {**policy_data()["domains"][0], "code": code, "title": title}


def test_points_are_told_by_the_titles_of_their_area_and_level() -> None:
    assert only({"domains.independence.levels.frequent.points": "18"}) == PolicyChange(
        path="domains.independence.levels.frequent.points",
        kind=PolicyChangeKind.CHANGED,
        changes_amounts=True,
        old="16",
        new="18",
        sentence="Independence skills, level “Most of the day”: points went from 16 to 18.",
    )


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        ({"domains.independence.weight": "0.5"}, "Independence skills: the weight went from 1 to 0.5."),
        (
            {"domains.independence.applies_if": {"age": {"from_age": 5, "before_age": 16}}},
            "Independence skills: when it is asked was always. Now it is only where the child is 5 or over "
            "and under 16.",
        ),
        (
            {"horizons.short.months": 3},
            "Part of the plan “first six months”: the length in months went from 6 to 3.",
        ),
        ({"eligibility.before_age": 25}, "Ages: the first age that is too old went from 18 to 25."),
        (
            {"resources_present.contributions.some.points": "4"},
            "What is already there, answer “some of it”: points went from 3 to 4.",
        ),
        (
            {"allocation.knots.2.amount_pence": 3_000_00},
            "How points become money, entry at 25 points: the amount went from £2,850 a year to £3,000 a "
            "year.",
        ),
        (
            {"modifiers.remote-area.factor": "1.1"},
            "Living far from services: the factor went from 1.08 to 1.1.",
        ),
        (
            {"modifiers.disabled-siblings.when": None},
            "Disabled brothers and sisters: when it applies was only where “Disabled brothers and sisters” "
            "is 1 or more. Now it is always.",
        ),
        (
            {"bounds.hard_cap_pence": 30_000_00},
            "Lowest and highest amounts: the highest amount was not set. Now it is £30,000 a year.",
        ),
        (
            {"rounding.mode": "up"},
            "Rounding: the way of rounding was to the nearest (a half goes up). Now it is up.",
        ),
        ({"rounding.step_pence": 500}, "Rounding: the step went from £1 to £5."),
        (
            {"rate_card.items.activity-club.prices.0.price_pence": 19_50},
            "Activity club with support, price from 1 April 2026: the price went from £18 to £19.50.",
        ),
        (
            {"rate_card.items.equipment.prices.0.price_pence": 90_00},
            "Equipment, on a written quote, price from 1 April 2026: the price was by written quote. Now it "
            "is £90.",
        ),
        (
            {"rate_card.items.personal-assistant.prices.0.on_costs.holiday.percent": "10"},
            "Personal assistant employed by the family, price from 1 April 2026, cost on top “paid "
            "holiday”: the per cent went from 12.07 to 10.",
        ),
        (
            {"scope.purposes.school-place.effect": "needs-reason"},
            "A school place: buying it was refused. Now it is allowed with a reason.",
        ),
        ({"valid_from": "2027-04-01"}, "The first day was 1 April 2026. Now it is 1 April 2027."),
        (
            {"budget.decision.limits.0.up_to_annual_pence": 8_000_00},
            "Budgets, decision, limit for team manager: the most they may agree went from £7,500 a year to "
            "£8,000 a year.",
        ),
        (
            {"budget.notice.streams.0.months": 6},
            "Budgets, notice, rule for social care: the length in months went from 3 to 6.",
        ),
        (
            {"budget.direct_payment.exclusions.child-in-care.streams": ["health"]},
            "Budgets, direct payment, exclusion “The child is in the council's care”: the streams were "
            "social care, special educational needs. Now they are health.",
        ),
        (
            {"budget.review.every_months": 4},
            "Budgets, review: “every months” went from 6 to 4.",
        ),
    ],
)
def test_what_can_change_amounts_is_told(edit: Edit, sentence: str) -> None:
    change = only(edit)

    assert change.sentence == sentence
    assert change.changes_amounts


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (
            {"domains.independence.title": "Doing things alone"},
            "Doing things alone: the title was “Independence skills”. Now it is “Doing things alone”.",
        ),
        (
            {"domains.education.levels.regular.examples": ["Packing the bag", "Settling after school"]},
            "Success in education, level “Every week”: the examples were none. Now they are “Packing the "
            "bag”, “Settling after school”.",
        ),
        (
            {"domains.independence.levels.regular.descriptor": "Needs a hand. " * 20},
            "Independence skills, level “Every day”: the description changed.",
        ),
        ({"version": "2027.1"}, "The version was “2026.1”. Now it is “2027.1”."),
        (
            {"bounds.source": "section 3.6"},
            "Lowest and highest amounts: the source was “Exampleshire illustrative policy, section 3.5”. "
            "Now it is “section 3.6”.",
        ),
        (
            {"consultation": None},
            "The consultation was “Exampleshire parent carer forum (fictional), consultation of autumn "
            "2025”. Now it is not set.",
        ),
        (
            {"scoring.scale": "1.00"},
            "The score: the scale is written in another way. It means the same.",
        ),
        (
            {"domains.behaviour.applies_if": {}},
            "Behaviour management: when it is asked is written in another way. It means the same.",
        ),
    ],
)
def test_mere_wording_is_told_apart(edit: Edit, sentence: str) -> None:
    change = only(edit)

    assert change.sentence == sentence
    assert not change.changes_amounts


def test_a_new_area_is_one_sentence() -> None:
    new = policy_data()
    new["domains"].append(item("friends", "Friends"))

    (came,), (went,) = found(new), found(policy_data(), old=new)

    assert came.sentence == "A new area is asked about: “Friends”."
    assert (came.kind, came.path, came.old, came.new) == ("added", "domains.friends", None, "“Friends”")
    assert went.sentence == "The area “Friends” is no longer asked about."
    assert (went.kind, went.path, went.old, went.new) == ("removed", "domains.friends", "“Friends”", None)


def test_a_new_question_is_one_sentence() -> None:
    new = policy_data()
    new["circumstances"].append({**new["circumstances"][1], "code": "pets", "title": "Pets"})

    assert [each.sentence for each in found(new)] == ["A new question is asked: “Pets”."]
    assert [each.sentence for each in found(policy_data(), old=new)] == [
        "The question “Pets” is no longer asked."
    ]


def test_a_new_item_is_told_with_what_it_says() -> None:
    new = policy_data()
    new["domains"][0]["levels"].insert(3, LEVEL)
    new["allocation"]["knots"].insert(3, {"points": "30", "amount_pence": 3_500_00})
    new["rate_card"]["items"][3]["prices"][0]["valid_before"] = "2027-04-01"
    new["rate_card"]["items"][3]["prices"].append(
        {"valid_from": "2027-04-01", "price_pence": 19_00, "source": "C"}
    )

    assert [each.sentence for each in found(new)] == [
        "Independence skills: there is a new level “Often” (points: 12).",
        "How points become money: there is a new entry at 30 points (amount: £3,500 a year).",
        "Activity club with support, price from 1 April 2026: the first day after its end was not set. Now "
        "it is 1 April 2027.",
        "Activity club with support: there is a new price from 1 April 2027 (price: £19).",
    ]
    assert [
        each.sentence for each in found(policy_data(), old=new) if each.kind is PolicyChangeKind.REMOVED
    ] == [
        "Independence skills: the level “Often” is no longer there.",
        "How points become money: the entry at 30 points is no longer there.",
        "Activity club with support, price from 1 April 2026: the first day after its end was 1 April 2027. "
        "Now it is not set.",
        "Activity club with support: the price from 1 April 2027 is no longer there.",
    ]


def test_an_area_weighs_as_much_whatever_its_code() -> None:
    new = policy_data()
    new["domains"].append(item("source", "Where it begins"))

    assert [each.changes_amounts for each in found(new)] == [True]


def test_a_code_that_several_things_have_is_not_told_by_the_title_of_one() -> None:
    old = changed(policy_data(), {"modifiers.disabled-siblings.title": "More than one to care for"})
    new = changed(deepcopy(old), {"modifiers.disabled-siblings.when.circumstances.0.at_least": 2})

    assert [each.sentence for each in found(new, old=old)] == [
        "More than one to care for: when it applies was only where disabled siblings is 1 or more. Now it is "
        "only where disabled siblings is 2 or more."
    ]


def test_the_examples_that_travel_with_a_policy_change_no_amount() -> None:
    needs = [{"domain": "education", "levels": {"short": "constant"}}]
    plan = {"born_on": "2015-06-14", "starts_on": "2026-09-01", "needs": needs}
    example = {"name": "Help at school only", "why": "schedule A4", "plan": plan, "expect": {"points": "20"}}
    old = {**policy_data(), "examples": [example]}
    new = changed(deepcopy(old), {"examples.0.expect.points": "21"})

    (change,) = found(new, old=old)

    assert change.sentence == "Example “Help at school only”, expect: points went from 20 to 21."
    assert not change.changes_amounts


def test_levels_in_another_order_are_told_once() -> None:
    new = policy_data()
    levels = new["domains"][0]["levels"]
    levels[0]["points"] = levels[1]["points"] = levels[2]["points"] = "0"
    old = deepcopy(new)
    levels[0], levels[2] = levels[2], levels[0]

    (change,) = found(new, old=old)

    assert change.sentence == (
        "Independence skills: the levels are in another order. It is now: “Every day”, “Now and then”, "
        "“Manages like other children of this age”, “Most of the day”, “All the time, day and night”."
    )
    assert (change.kind, change.path, change.changes_amounts) == (
        "moved",
        "domains.independence.levels",
        True,
    )


def test_an_item_that_only_makes_room_for_another_has_not_moved() -> None:
    new = policy_data()
    new["domains"] = [item("friends", "Friends"), *new["domains"][1:]]

    assert {each.kind for each in found(new)} == {PolicyChangeKind.ADDED, PolicyChangeKind.REMOVED}


def test_another_way_from_points_to_money_is_one_sentence() -> None:
    change = only({"allocation": PRICES})

    assert change.sentence == (
        "How points become money: before, straight lines between scores. Now, a price for each point."
    )
    assert (change.path, change.kind) == ("allocation", "changed")


def test_another_way_with_what_is_there_is_one_sentence() -> None:
    change = only(
        {"resources_present": {"mode": "none", "source": "s", "contributions": [{"code": "a", "title": "b"}]}}
    )

    assert change.sentence == (
        "What is already there: before, points taken off. Now, written down and not counted."
    )


def test_another_sort_of_adjustment_is_told_with_what_both_say() -> None:
    add = {"kind": "add", "code": "remote-area", "title": "Living far from services", "because": "it is far"}
    change = only({"modifiers.0": {**add, "amount_pence": 300_00, "source": "s"}})

    assert change.sentence == (
        f"Living far from services: before, a factor (when it applies: {ONLY_REMOTE}, factor: 1.08). Now, a "
        "sum added (amount: £300 a year)."
    )


def test_another_period_of_money_says_that_the_same_figure_is_another_amount() -> None:
    first, second = found(
        changed(
            policy_data(), {"money.period": "four-weeks", "modifiers.disabled-siblings.amount_pence": 31_00}
        )
    )

    assert first.sentence == (
        "Money: the amounts were for a year. Now they are for four weeks. A figure that stays the same is "
        "now another amount."
    )
    assert second.sentence == (
        "Disabled brothers and sisters: the amount went from £400 a year to £31 every four weeks."
    )


def test_a_whole_part_comes_and_goes_in_one_sentence() -> None:
    without = policy_data()
    del without["bounds"], without["budget"]

    assert [each.sentence for each in found(without)] == [
        "Lowest and highest amounts: this part is no longer there.",
        "Budgets: this part is no longer there.",
    ]
    assert [each.sentence for each in found(policy_data(), old=without)] == [
        "Lowest and highest amounts: this part is new (amount above which the panel looks: £20,000 a year).",
        "Budgets: this part is new.",
    ]


def test_groups_of_prices_are_the_same_by_their_title_wherever_they_stand() -> None:
    old = changed(policy_data(), {"allocation": deepcopy(PRICES)})
    new = deepcopy(old)
    group = {"title": "Under two", "when": {"age": {"before_age": 2}}, "price_pence": "40000"}
    new["allocation"]["prices"] = [
        group,
        new["allocation"]["prices"][0],
        {"title": "Every child", "price_pence": "2600.5"},
    ]

    assert [(each.path, each.sentence) for each in found(new, old=old)] == [
        (
            "allocation.prices.0",
            "How points become money: there is a new price “Under two” (when it applies: only where the "
            "child is under 2, price: £400 a year).",
        ),
        (
            "allocation.prices.2.price_pence",
            "How points become money, price “Every child”: the price went from £250 a year to £26.005 a "
            "year.",
        ),
    ]


def test_what_can_change_amounts_comes_first_each_in_document_order() -> None:
    told = found(
        changed(
            policy_data(),
            {
                "title": "The RAS",
                "domains.behaviour.question": "How much help?",
                "domains.behaviour.weight": "2",
                "rounding.mode": "down",
                "rounding.source": "section 9",
            },
        )
    )

    assert [each.path for each in told] == [
        "domains.behaviour.weight",
        "rounding.mode",
        "title",
        "domains.behaviour.question",
        "rounding.source",
    ]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ({}, "The two policies say the same."),
        ({"title": "The RAS", "version": "2"}, "Only words and sources differ. No amount can change."),
        ({"rounding.mode": "up"}, "There is 1 change. It can change amounts."),
        ({"rounding.mode": "up", "title": "The RAS"}, "There are 2 changes. 1 of them can change amounts."),
    ],
)
def test_how_much_differs_is_said_in_short(edit: Edit, words: str) -> None:
    assert in_short(found(changed(policy_data(), edit))) == words


@given(policy_documents())
def test_a_policy_does_not_differ_from_itself_nor_from_its_defaults_written_down(document: Data) -> None:
    policy = policy_of(document)

    assert changes(policy, policy) == ()
    assert changes(policy, policy_of(everything(policy))) == ()


@given(policy_documents(), policy_documents())
def test_all_that_differs_is_told_and_nothing_else(one: Data, other: Data) -> None:
    old, new = policy_of(one), policy_of(other)
    told = changes(old, new)

    places = list(differing(everything(old), everything(new)))
    assert bool(told) == (canonical(everything(old)) != canonical(everything(new)))
    assert [place for place in places if not any(meet(place, each.path) for each in told)] == []
    assert [each for each in told if not any(meet(place, each.path) for place in places)] == []


def test_every_value_of_the_example_policy_is_told_when_it_alone_changes() -> None:
    old = policy_data()
    before = validated(PolicyConfiguration, old)
    tried = 0
    for location in leaves(old):
        for new in others(old, location):
            told = changes(before, new)
            path = problem_at(location, as_written(new), code="", message="").path
            is_key = location[-1] in KEYS and len(told) == 2
            assert [each.kind for each in told] == (["added", "removed"] if is_key else [told[0].kind])
            assert all(is_key or each.path == path or path.startswith(f"{each.path}.") for each in told), path
            assert not any(set("_{}[]") & set(each.sentence) for each in told), told
            tried += 1

    assert tried > 370


def test_the_sentences_are_read_at_thirteen() -> None:
    fixed = list(written((ROOT / "ras/policy/changes.py").read_text("utf-8")))

    assert len(fixed) > 10
    assert measured(fixed).grade <= HARDEST
    assert too_long(fixed) == []


def everything(policy: PolicyConfiguration) -> Data:
    """A policy as plain data, its defaults written down."""
    return policy.model_dump(mode="json")


def name(thing: Any) -> str | None:
    """What an item of a list is called in a path."""
    names = (thing.get(key) for key in NAMES) if isinstance(thing, dict) else ()
    return next((each for each in names if isinstance(each, str)), None)


def by_name(things: Any) -> Any:
    """The items of a list by name, where each has one of its own; anything else as it is."""
    named = {name(each): each for each in things} if isinstance(things, list) else {}
    return named if isinstance(things, list) and None not in named and len(named) == len(things) else things


def differing(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every place at which two documents differ; in a list without names, every item that was not in it."""
    before, after = by_name(old), by_name(new)
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            if key in before and key in after:
                yield from differing(before[key], after[key], (*path, key))
            else:
                yield ".".join((*path, key))
        if isinstance(new, list) and [k for k in before if k in after] != [k for k in after if k in before]:
            yield ".".join(path)
    elif old != new:
        yield ".".join(path)
        if isinstance(old, list) and isinstance(new, list):
            there = ((n, each) for n, each in enumerate(new) if each not in old)
            yield from (".".join((*path, next(name_of(each), str(n)))) for n, each in there)


def meet(one: str, other: str) -> bool:
    """Whether one of two paths leads to the other."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def leaves(data: Any, location: Location = ()) -> Iterator[Location]:
    """Every place in plain data at which there is a single value."""
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(value, (*location, key))
    else:
        yield location


def others(data: Data, location: Location) -> Iterator[PolicyConfiguration]:
    """The policy with another value at one place: the first that has the right shape there, if any has."""
    new = deepcopy(data)
    *way, last = location
    here: Any = new
    for part in way:
        here = here[part]
    value = here[last]
    texts = [f"{value} (new)", f"{value}-new", "2028-04-01", "7", "8", *CHOICES]
    for other in [not value] if isinstance(value, bool) else [value + 1] if isinstance(value, int) else texts:
        here[last] = other
        if other != value:
            try:
                made = validated(PolicyConfiguration, new)
            except UnreadableText:
                continue
            yield made
            return
