"""Letters say what was decided, noticed and answered, to whoever decides, and name nobody."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ras import as_text, read_policy
from ras.component import (
    AgreedEnd,
    AwardedComponent,
    Component,
    Delivery,
    OneOff,
    PaidEvery,
    Part,
    Recipient,
)
from ras.dates import WorkingDays
from ras.differences import Difference, DifferenceKind
from ras.eligibility import StopGround
from ras.ending import EndGround
from ras.letter import answer_letter, decision_letter, notice_letter
from ras.letter.told import (
    About,
    AnswerTold,
    AwardTold,
    EndTold,
    Figures,
    Lowered,
    NoticeTold,
    Reader,
    Standing,
    StopTold,
)
from ras.letter.words import HEADINGS, SENTENCES
from ras.notice import Method, Sent, notice_dates
from ras.reconsideration import Outcome
from ras.statement import Statement
from tests.ras.examples import changed, policy_data

DAY = date(2026, 11, 23)
SOCIAL, HEALTH, SEN = Component.SOCIAL_CARE, Component.HEALTH, Component.SEN_TOP_UP


def about(
    reader: Reader = Reader.PARENT, reasons: str = "Because.", rules: dict[str, Any] | None = None
) -> About:
    """What a letter is about, under the example policy with changes."""
    policy = read_policy(json.dumps(changed(policy_data(), rules or {})))
    assert policy.budget is not None
    return About("EX-0001", reader, policy, policy.budget, DAY, reasons)


def paid(pence: int, recipient: Recipient = Recipient.PARENT) -> Part:
    """A part that is paid to somebody."""
    return Part(
        delivery=Delivery.DIRECT_PAYMENT,
        annual_pence=pence,
        recipient=recipient,
        paid_every=PaidEvery.FOUR_WEEKS,
    )


def awarded(*parts: Part, component: Component = SOCIAL, **more: Any) -> AwardedComponent:
    """A component of an award."""
    total = sum(part.annual_pence for part in parts)
    return AwardedComponent(component=component, annual_pence=total, parts=parts, **more)


FIGURES = Figures(
    indicative_annual_pence=4_617_00,
    plan_cost_annual_pence=5_171_45,
    plan_cost_one_off_pence=245_00,
    distance_annual_pence=1_383_00,
    reason_codes=("plan-costs-more",),
)


def award(**more: Any) -> AwardTold:
    """An award as it is told."""
    told = AwardTold(date(2026, 12, 1), (awarded(paid(6_000_00)),), 6_000_00, FIGURES)
    return replace(told, **more)


def decided(told: AwardTold | EndTold | StopTold, of: About | None = None) -> Statement:
    """The letter of a decision of a team's manager."""
    return decision_letter(of or about(), told, role="team-manager")


def under(letter: Statement, heading: str) -> tuple[str, ...]:
    """What stands under a heading; nothing where it is not there."""
    found = [section for section in letter.sections if section.heading == HEADINGS[heading]]
    return found[0].paragraphs if found else ()


def lowered(component: Component = SOCIAL, old: int = 6_000_00, new: int = 5_400_00, **more: Any) -> Lowered:
    """What a notice lowers."""
    told = Lowered(component, old, (paid(old),), new, (paid(new),) if new else (), 3)
    return replace(told, **more)


def served(component: Component = SOCIAL, **more: Any) -> Lowered:
    """What a notice lowers that was posted on 31 December 2025."""
    sent = Sent(method=Method.POST, on=date(2025, 12, 31), in_time=True)
    days = WorkingDays(frozenset({date(2026, 1, 1)}), date(2028, 12, 31))
    dates = notice_dates(component, sent, about().rules.notice, days)
    return lowered(component, **{"dates": dates, "lower_from": dates.lower_from, **more})


def noticed(*what: Lowered, standing: Standing = Standing.SERVED, **more: Any) -> NoticeTold:
    """A notice as it is told."""
    return replace(NoticeTold(standing, date(2026, 2, 1), what, ()), **more)


def answered(outcome: Outcome, *what: Lowered, **more: Any) -> Statement:
    """The letter of an answer."""
    told = replace(AnswerTold(date(2026, 1, 2), date(2026, 2, 3), outcome, lowered=what), **more)
    return answer_letter(about(), told, starts_on=date(2026, 2, 1))


def test_a_letter_says_first_that_it_is_no_councils_and_to_whom_it_is() -> None:
    lines = as_text(decided(award())).split("\n")

    assert lines[0] == "Your child's personal budget: what was decided"
    assert lines[3:5] == [
        "To the family with the reference EX-0001",
        "From Exampleshire Council, 23 November 2026",
    ]
    assert lines[6].startswith("[ILLUSTRATIVE ONLY")


def test_an_award_keeps_the_three_figures_apart() -> None:
    letter = decided(award())

    assert letter.summary == (
        "We have agreed £6,000 a year for your child, from 1 December 2026.",
        "Nothing goes lower by this decision. If the amount should ever go lower, you get notice in "
        "writing first.",
        "This was decided by a team manager, on 23 November 2026. It was not decided by a computer.",
    )
    assert under(letter, "figures") == (
        "The indicative amount is £4,617 a year. It comes from the points. It is where we begin: it is not a "
        "promise and not a limit.",
        "The plan costs £5,171.45 a year. That is what the support in the plan costs to buy.",
        "What the plan buys once costs £245 in all. It is not in the yearly figures.",
        "The agreed amount is £6,000 a year. It is the only figure that is paid.",
        "The agreed amount for social care is £1,383 a year more than the indicative amount.",
        "The reason by the rules is: The agreed plan costs more.",
    )


@pytest.mark.parametrize(
    ("far", "sentence"),
    [
        (0, "The agreed amount for social care is the same as the indicative amount."),
        (-5_00, "The agreed amount for social care is £5 a year less than the indicative amount."),
    ],
)
def test_how_far_the_agreed_amount_is_from_the_indicative_one_is_told(far: int, sentence: str) -> None:
    letter = decided(award(figures=replace(FIGURES, distance_annual_pence=far)))

    assert sentence in under(letter, "figures")


def test_an_award_of_no_social_care_is_compared_with_nothing() -> None:
    letter = decided(award(figures=replace(FIGURES, distance_annual_pence=None, other_annual_pence=5_000_00)))

    assert not any("indicative amount." in said and "more" in said for said in under(letter, "figures"))
    assert any("That one came to £5,000 a year." in said for said in under(letter, "figures"))


def test_each_component_is_told_with_its_delivery_and_its_end() -> None:
    once = OneOff(code="equipment", delivery=Delivery.NOTIONAL, due_on=date(2026, 12, 5), pence=245_00)
    end = AgreedEnd(ends_before=date(2027, 9, 1), because="the summer club ends")
    held = Part(delivery=Delivery.THIRD_PARTY, annual_pence=1_000_00)
    letter = decided(
        award(
            components=(
                awarded(paid(5_000_00), held, one_offs=(once,), delivery_asked_for_on=date(2026, 11, 2)),
                awarded(held, component=SEN, agreed_end=end),
            ),
            renewing=(SEN,),
        )
    )

    assert under(letter, "agreed") == (
        "Social care: £6,000 a year in all.",
        "Social care: £5,000 a year is paid to you, every four weeks.",
        "Social care: £1,000 a year is held for you by an organisation.",
        "Social care: you asked for it to be so on 2 November 2026.",
        "Bought once: Equipment, on a written quote, for £245, from 5 December 2026. It is held by the "
        "council for you.",
        "Special educational needs: £1,000 a year is held for you by an organisation.",
        "Special educational needs: this has an end. From 1 September 2027 it is no longer payable, "
        "because the summer club ends. That is agreed, and we tell you now.",
        "Special educational needs: that end does not count, because this carries on an award that was to "
        "end. It goes on until a new decision changes it.",
        "Any part of the budget that this letter does not name stays as it is.",
    )


@pytest.mark.parametrize(
    ("reader", "recipient", "how"),
    [
        (Reader.PARENT, Recipient.YOUNG_PERSON, "paid to your child"),
        (Reader.PARENT, Recipient.NOMINEE, "paid to the person who was named to manage it"),
        (Reader.YOUNG_PERSON, Recipient.YOUNG_PERSON, "paid to you"),
        (Reader.YOUNG_PERSON, Recipient.PARENT, "paid to your parent or carer"),
        (Reader.YOUNG_PERSON, Recipient.NOMINEE, "paid to the person who was named to manage it"),
    ],
)
def test_who_is_paid_is_told_to_whoever_reads(reader: Reader, recipient: Recipient, how: str) -> None:
    letter = decided(award(components=(awarded(paid(6_000_00, recipient)),)), about(reader))

    assert f"Social care: £6,000 a year is {how}, every four weeks." in under(letter, "agreed")


def test_a_young_person_who_decides_is_written_to_themselves() -> None:
    text = as_text(decided(award(), about(Reader.YOUNG_PERSON)))

    assert text.startswith("Your personal budget: what was decided")
    assert "To the young person with the reference EX-0001" in text
    assert "We have agreed £6,000 a year for you, from 1 December 2026." in text
    assert "your child" not in text


def test_a_lower_award_says_that_nothing_goes_lower_before_a_notice() -> None:
    letter = decided(award(lowered=(SOCIAL,)))

    assert letter.summary[0] == (
        "We have agreed £6,000 a year for your child. The decision counts from 1 December 2026, but what is "
        "lower has to wait."
    )
    assert letter.summary[1].startswith("For social care, this takes away something that is payable now.")
    assert letter.summary[1].endswith("Until then nothing goes lower.")


def test_an_interim_award_says_that_it_is_for_now_and_shows_no_other_figures() -> None:
    letter = decided(award(figures=None, review_on=date(2027, 1, 15)))

    assert letter.summary[0] == "We have agreed £6,000 a year for your child for now, from 1 December 2026."
    assert letter.summary[1].endswith("We look at it again on 15 January 2027.")
    assert under(letter, "figures") == ()


@pytest.mark.parametrize("ground", list(EndGround))
def test_an_end_tells_its_ground_and_that_it_needs_no_notice(ground: EndGround) -> None:
    letter = decided(
        EndTold(ground, date(2026, 11, 20), date(2026, 12, 1), (SOCIAL,), recoverable_pence=120_50)
    )

    assert (
        "Your child's personal budget ends. From 1 December 2026 it is no longer payable." in letter.summary
    )
    first, rule, recoverable = under(letter, "ground")
    assert first == SENTENCES[ground].format(day="20 November 2026")
    assert rule == "On this ground a budget ends without notice."
    assert recoverable == "Money that was not spent has to be paid back: £120.50. The reasons say why."
    assert ("We are very sorry for your loss." in letter.summary) == (ground is EndGround.DEATH)


def test_an_end_of_a_part_says_what_goes_on() -> None:
    letter = decided(EndTold(EndGround.FAMILY_ASKS, DAY, date(2026, 12, 1), (SOCIAL,), goes_on=(SEN,)))

    assert letter.summary[:3] == (
        "A part of your child's personal budget ends. From 1 December 2026 it is no longer payable.",
        "What ends is the part for social care.",
        "The part for special educational needs goes on as it is.",
    )


@pytest.mark.parametrize("ground", list(StopGround))
def test_a_stop_tells_its_ground_its_rule_and_how_the_money_goes_on(ground: StopGround) -> None:
    rule = next(rule for rule in about().rules.direct_payment.stops if rule.ground is ground)
    stop = StopTold(ground, SOCIAL, date(2026, 12, 1), Delivery.NOTIONAL, 6_000_00, rule.needs_notice)
    letter = decided(stop)

    assert letter.summary[0].startswith("The direct payment for social care")
    assert (
        letter.summary[1] == "What it was worth, £6,000 a year, goes on. It is held by the council for you."
    )
    ground_said, rule_said = under(letter, "stop")
    assert ground_said == SENTENCES[ground].format(child="your child")
    assert rule_said.endswith(f"({rule.source}).")
    assert ("at once" in rule_said) != rule.needs_notice


def test_every_letter_says_how_to_ask_again_how_to_complain_and_who_helps() -> None:
    for letter in (decided(award()), notice_letter(about(), noticed(served()))):
        ask = under(letter, "ask")
        assert ask[0].startswith("You can ask us to look at this decision again.")
        assert "There is no last day to ask." in ask
        assert "We aim to answer within 28 days." in ask
        assert ask[-1] == about().rules.complaint
        assert about().rules.who_helps[0] in under(letter, "helps")
    last = answered(Outcome.UPHELD)
    assert under(last, "ask")[-1] == about().rules.complaint
    assert about().rules.who_helps[0] in under(last, "helps")


def test_a_policy_with_a_time_to_ask_says_it() -> None:
    rules = {"budget.reconsideration.ask_within_months": 2}

    said = under(decided(award(), about(rules=rules)), "ask")

    assert "Ask within 2 calendar months of the day this letter reaches you." in said


def test_the_reasons_are_in_the_deciders_words_line_by_line() -> None:
    letter = decided(award(), about(reasons="First this.\n\n  Then that.\r\nAnd {more}."))

    assert under(letter, "reasons") == ("First this.", "Then that.", "And {more}.")


def test_a_served_notice_says_from_what_to_what_and_from_which_day() -> None:
    letter = notice_letter(about(), noticed(served()))

    assert letter.title == "Notice: your child's personal budget goes lower"
    assert letter.summary == (
        "The amount for social care goes from £6,000 a year to £5,400 a year.",
        "For social care, this starts on 6 April 2026, and not before.",
    )
    assert "It runs to the end of 5 April 2026." in under(letter, "days")[1]
    assert under(letter, "stays") == (
        "Until the end of 5 April 2026, nothing changes for social care: £6,000 a year stays payable.",
    )


def test_a_notice_never_starts_before_the_day_that_the_decision_says() -> None:
    late = date(2026, 9, 1)
    letter = notice_letter(about(), noticed(served(lower_from=late), starts_on=late))

    assert letter.summary[1] == "For social care, this starts on 1 September 2026, and not before."


@pytest.mark.parametrize("standing", [Standing.DRAFT, Standing.ISSUED])
def test_a_notice_that_was_not_sent_says_that_its_days_depend_on_that(standing: Standing) -> None:
    letter = notice_letter(about(), noticed(lowered(), standing=standing))

    assert not any("this starts on" in said for said in letter.summary)
    assert ("This is a draft." in letter.summary[-1]) == (standing is Standing.DRAFT)
    assert under(letter, "days") == (
        "Notice for social care is 3 calendar months, counted from the day it reaches you.",
        "The change never starts before 1 February 2026, the day that the decision says.",
    )
    assert under(letter, "stays")[0].startswith("Until the notice has run, nothing changes")


def test_a_withdrawn_notice_says_so_and_why() -> None:
    letter = notice_letter(
        about(), noticed(lowered(), standing=Standing.WITHDRAWN, withdrawal_reasons="It was a mistake.")
    )

    assert letter.summary == (
        "This notice was taken back. By this notice nothing goes lower.",
        "The amount for social care was to go from £6,000 a year to £5,400 a year.",
    )
    assert under(letter, "withdrawal") == ("It was a mistake.",)
    assert under(letter, "days") == under(letter, "stays") == ()


def test_a_notice_of_another_way_of_delivery_says_that_the_amount_stays() -> None:
    held = (Part(delivery=Delivery.NOTIONAL, annual_pence=6_000_00),)
    letter = notice_letter(about(), noticed(served(new_annual_pence=6_000_00, new_parts=held)))

    assert letter.title == "Notice: your child's personal budget changes"
    assert letter.summary[:3] == (
        "The amount for social care stays £6,000 a year, but comes in another way.",
        "Now, for social care: £6,000 a year is paid as a direct payment.",
        "Then, for social care: £6,000 a year is held by the council for you.",
    )


def test_a_notice_of_more_in_all_and_less_of_a_part_claims_no_more_than_that() -> None:
    letter = notice_letter(about(), noticed(served(new_annual_pence=7_000_00)))

    assert letter.summary[0].endswith(
        "goes from £6,000 a year to £7,000 a year, but a part of it goes lower."
    )
    assert under(letter, "stays") == (
        "Until the end of 5 April 2026, no part of the amount for social care goes lower.",
    )


def test_a_notice_tells_what_changed_and_leaves_a_partners_amount_to_the_reasons() -> None:
    why = (Difference(kind=DifferenceKind.NEEDS, old=(), new=(), sentence="Less help is needed."),)
    both = notice_letter(about(), noticed(served(), served(HEALTH), why=why))
    health = notice_letter(about(), noticed(served(HEALTH), why=why))

    partner = (
        "The amount for health is agreed by the partner who pays for it. The written reasons say why it "
        "changes."
    )
    assert under(both, "why") == ("Less help is needed.", partner)
    assert under(health, "why") == (partner,)


def test_what_asking_does_is_told_by_the_policy() -> None:
    hold = under(notice_letter(about(), noticed(served())), "ask")
    unsent = under(notice_letter(about(), noticed(lowered(), standing=Standing.ISSUED)), "ask")
    run = under(
        notice_letter(about(rules={"budget.reconsideration.while_pending": "run"}), noticed(served())), "ask"
    )

    assert any(
        "if we get your request on or before 5 April 2026, nothing goes lower" in said for said in hold
    )
    assert any("before the notice has run, nothing goes lower" in said for said in unsent)
    assert any(said.startswith("Asking does not hold the change up.") for said in run)
    assert not any("nothing goes lower while we look" in said for said in run)


@pytest.mark.parametrize("outcome", [None, *Outcome])
def test_a_notice_says_what_asking_has_come_to(outcome: Outcome | None) -> None:
    starts = {Outcome.UPHELD: date(2026, 5, 21)}.get(outcome) if outcome else None
    letter = notice_letter(about(), noticed(served(lower_from=starts), looked_at_again=(outcome,)))

    since = under(letter, "since")
    if outcome is None:
        assert since == (SENTENCES["pending"],)
        assert letter.summary[1] == "Until you have our answer, nothing goes lower for social care."
    elif outcome is Outcome.OVERTURNED:
        assert letter.summary == (
            SENTENCES[outcome],
            "The amount for social care was to go from £6,000 a year to £5,400 a year.",
        )
        assert since == under(letter, "days") == under(letter, "stays") == ()
    else:
        assert since[0] == SENTENCES[outcome]
    assert ("For social care, the change now starts on 21 May 2026." in since) == (outcome is Outcome.UPHELD)


def test_an_answer_says_when_the_lower_amount_starts() -> None:
    letter = answered(Outcome.UPHELD, served())

    assert letter.summary == (
        "The decision stays as it was.",
        "You asked us to look at the decision of 2 January 2026 again. We got your request on 3 February "
        "2026. Somebody who did not make the decision looked at it again.",
    )
    assert under(letter, "lower") == (
        "For social care, £5,400 a year is payable from 6 April 2026, and not before.",
    )


def test_an_answer_that_was_not_served_says_that_the_change_waits_for_it() -> None:
    letter = answered(Outcome.UPHELD, served(lower_from=None))

    assert under(letter, "lower") == (
        "For social care, the change cannot start before 6 April 2026. It also cannot start before the day "
        "after this letter reaches you.",
    )


@pytest.mark.parametrize(
    ("letter", "said"),
    [
        (answered(Outcome.UPHELD, lowered()), "For social care, nothing goes lower before a notice has run."),
        (
            answered(Outcome.UPHELD, waits_for=(SOCIAL,)),
            "For social care, nothing goes lower before a notice has run.",
        ),
        (answered(Outcome.UPHELD), "Nothing goes lower by the decision."),
        (
            answered(Outcome.OVERTURNED, served()),
            "For social care, the amount does not go lower: £6,000 a year stays payable.",
        ),
    ],
)
def test_an_answer_says_where_nothing_goes_lower(letter: Statement, said: str) -> None:
    assert said in under(letter, "lower")


def test_a_variation_says_what_each_component_becomes_and_what_is_owed() -> None:
    letter = answered(Outcome.VARIED, components=(awarded(paid(5_800_00)),), arrears_pence=32_88)

    assert letter.summary[0] == "The decision is changed in your favour."
    assert letter.summary[2] == (
        "We owe you £32.88 for the days on which less was paid than it should have been."
    )
    assert under(letter, "agreed") == ("Social care: £5,800 a year is paid to you, every four weeks.",)


def test_success_without_arrears_says_that_there_are_none() -> None:
    assert under(answered(Outcome.OVERTURNED), "lower")[-1].startswith("There is nothing to pay back to you")
