"""The fixed words of letters: short and plain. What stands in braces comes from a record or a working."""

from ras.component import Component, Delivery, PaidEvery
from ras.eligibility import StopGround
from ras.ending import EndGround
from ras.reconsideration import Outcome

SENTENCES = {
    # A decision.
    "decision": "{Childs} personal budget: what was decided",
    "decided-by": "This was decided by {who}, on {day}. It was not decided by a computer.",
    "awarded": "We have agreed {amount} for {child}, from {day}.",
    "awarded-lower": (
        "We have agreed {amount} for {child}. The decision counts from {day}, but what is lower has to wait."
    ),
    "interim": "We have agreed {amount} for {child} for now, from {day}.",
    "interim-review": "This is for now only, until the plan is costed. We look at it again on {day}.",
    "others-stay": "Any part of the budget that this letter does not name stays as it is.",
    "lowered": (
        "For {component}, this takes away something that is payable now. That cannot start yet. You get a "
        "notice in writing first, and the notice has to run. Until then nothing goes lower."
    ),
    "nothing-lower": "Nothing goes lower by this decision.",
    "never-lower": "If the amount should ever go lower, you get notice in writing first.",
    "indicative": (
        "The indicative amount is {amount}. It comes from the points. It is where we begin: it is not a "
        "promise and not a limit."
    ),
    "plan-cost": "The plan costs {amount}. That is what the support in the plan costs to buy.",
    "plan-cost-once": "What the plan buys once costs {amount} in all. It is not in the yearly figures.",
    "agreed": "The agreed amount is {amount}. It is the only figure that is paid.",
    "other-assessment": (
        "The amount for social care comes from another assessment. That one came to {amount}. The points "
        "were worked out as well, to compare."
    ),
    "same": "The agreed amount for social care is the same as the indicative amount.",
    "more": "The agreed amount for social care is {amount} more than the indicative amount.",
    "less": "The agreed amount for social care is {amount} less than the indicative amount.",
    "by-the-policy": "The reason by the rules is: {title}.",
    # What is agreed.
    "component": "{Component}: {amount} in all.",
    "part": "{Component}: {amount} is {how}.",
    "part-paid": "{Component}: {amount} is {how}, {how_often}.",
    "one-off": "Bought once: {item}, for {amount}, from {day}. It is {how}.",
    "asked-for": "{Component}: you asked for it to be so on {day}.",
    "agreed-end": (
        "{Component}: this has an end. From {day} it is no longer payable, because {because}. That is "
        "agreed, and we tell you now."
    ),
    "end-does-not-count": (
        "{Component}: that end does not count, because this carries on an award that was to end. It goes on "
        "until a new decision changes it."
    ),
    # An end.
    "ended": "{Childs} personal budget ends. From {day} it is no longer payable.",
    "ended-in-part": "A part of {childs} personal budget ends. From {day} it is no longer payable.",
    "ended-component": "What ends is the part for {component}.",
    "sorry": "We are very sorry for your loss.",
    "no-notice": "On this ground a budget ends without notice.",
    "goes-on": "The part for {component} goes on as it is.",
    EndGround.FAMILY_ASKS: "You asked for it to end, on {day}.",
    EndGround.DEATH: "It ends because of the death on {day}.",
    EndGround.MOVED_AWAY: "It ends because you moved away from this council's area on {day}.",
    EndGround.ADULT_DECISION: "It ends because the adult team made its own decision on {day}.",
    # A stop.
    "stopped": "The direct payment for {component} stops. From {day} it is not paid.",
    "stopped-after-notice": (
        "The direct payment for {component} will stop. It is paid until its notice has run, and at least "
        "until {day}."
    ),
    "stop-goes-on": "What it was worth, {amount}, goes on. It is {how}.",
    "stop-notice": "On this ground a direct payment stops only when its notice has run ({source}).",
    "stop-at-once": "On this ground a direct payment can be stopped at once ({source}).",
    StopGround.CONSENT_WITHDRAWN: "It stops because the consent to it was taken back.",
    StopGround.EXCLUDED: "It stops because the rules do not let a direct payment be made here.",
    StopGround.NOT_ABLE: "It stops because it was found that the money cannot be managed, even with help.",
    StopGround.SAFEGUARDING: "It stops to keep {child} safe.",
    StopGround.MISUSE: "It stops because the money was not used for what the plan says.",
    "recoverable": "Money that was not spent has to be paid back: {amount}. The reasons say why.",
    # A notice.
    "notice": "Notice: {childs} personal budget goes lower",
    "notice-moves": "Notice: {childs} personal budget changes",
    "goes-lower": "The amount for {component} goes from {old} to {new}.",
    "was-to-change": "The amount for {component} was to go from {old} to {new}.",
    "was-to-move": "The amount for {component}, {old}, was to come in another way.",
    "is-moved": "The amount for {component} stays {old}, but comes in another way.",
    "part-lower": "The amount for {component} goes from {old} to {new}, but a part of it goes lower.",
    "part-now": "Now, for {component}: {amount} is {how}.",
    "part-then": "Then, for {component}: {amount} is {how}.",
    "starts": "For {component}, this starts on {day}, and not before.",
    "draft": "This is a draft. It has not been sent, and nothing changes by it.",
    "not-sent": (
        "This notice has not been sent yet. The day the change starts depends on the day it reaches you."
    ),
    "length": "Notice for {component} is {length}, counted from the day it reaches you.",
    "not-before": "The change never starts before {day}, the day that the decision says.",
    "withdrawn": "This notice was taken back. By this notice nothing goes lower.",
    "until": "Until the end of {day}, nothing changes for {component}: {amount} stays payable.",
    "until-part": "Until the end of {day}, no part of the amount for {component} goes lower.",
    "until-part-run": "Until the notice has run, no part of the amount for {component} goes lower.",
    "until-run": "Until the notice has run, nothing changes for {component}: {amount} stays payable.",
    "partner": (
        "The amount for {component} is agreed by the partner who pays for it. The written reasons say why it "
        "changes."
    ),
    "pending": "You asked us to look at the decision again. We are looking at it.",
    "pending-holds": "Until you have our answer, nothing goes lower for {component}.",
    "starts-after-answer": "For {component}, the change now starts on {day}.",
    Outcome.UPHELD: "The decision was looked at again, and it stays as it was.",
    Outcome.VARIED: "The decision was looked at again, and it was changed. Our answer says to what.",
    Outcome.OVERTURNED: "The decision was looked at again, and it was set aside. Nothing goes lower by it.",
    # Asking again.
    "ask": "You can ask us to look at this decision again. Tell your worker, or write to the council.",
    "ask-words": "Tell us what you think is wrong, and what we should know. We have to take it into account.",
    "ask-who": (
        "Somebody who did not make the decision looks at it. They answer you in writing, with reasons."
    ),
    "ask-any-time": "There is no last day to ask.",
    "ask-within": "Ask within {length} of the day this letter reaches you.",
    "answer-within": "We aim to answer within {days} days.",
    "hold": (
        "For {component}: if we get your request on or before {day}, nothing goes lower while we look. If "
        "the decision stays, the change starts no earlier than the day after our answer reaches you."
    ),
    "hold-unsent": (
        "If we get your request before the notice has run, nothing goes lower while we look. If the decision "
        "stays, the change starts no earlier than the day after our answer reaches you."
    ),
    "hold-late": "If you ask later, the change is not held up. If you are right, we pay you what you lost.",
    "run": (
        "Asking does not hold the change up. If you are right, we pay you what you lost since it started."
    ),
    # The answer.
    "answer": "{Childs} personal budget: our answer to you",
    "asked-on": (
        "You asked us to look at the decision of {made_on} again. We got your request on {received_on}."
    ),
    "answer-upheld": "The decision stays as it was.",
    "answer-varied": "The decision is changed in your favour.",
    "answer-overturned": "The decision is set aside. It no longer counts.",
    "answered-by": "Somebody who did not make the decision looked at it again.",
    "arrears": "We owe you {amount} for the days on which less was paid than it should have been.",
    "no-arrears": "There is nothing to pay back to you for the days before.",
    "answer-starts": "For {component}, {new} is payable from {day}, and not before.",
    "answer-waits": (
        "For {component}, the change cannot start before {day}. It also cannot start before the day after "
        "this letter reaches you."
    ),
    "answer-no-notice": "For {component}, nothing goes lower before a notice has run.",
    "answer-not-lower": "For {component}, the amount does not go lower: {old} stays payable.",
    "answer-nothing-lower": "Nothing goes lower by the decision.",
    "ask-again": "If you are still not content, you can complain.",
    # Who helps.
    "helps": "These people help you, and it is free.",
    "reads": "Ask if you want this letter read to you, or in another language or in larger print.",
}
"""Each sentence by its name; grounds and outcomes by their own."""

HEADINGS = {
    "figures": "The three figures",
    "agreed": "What is agreed",
    "reasons": "The reasons",
    "why": "What has changed",
    "days": "When it starts",
    "stays": "What stays the same until then",
    "since": "What has happened since",
    "ask": "If you do not agree",
    "support": "What help there is to find other ways",
    "helps": "Who helps you",
    "ground": "Why it ends",
    "stop": "Why it stops",
    "lower": "What happens to the amount",
    "withdrawal": "Why it was taken back",
}
"""The headings of letters."""

COMPONENTS = {each: each.in_words for each in Component}
"""What letters call the parts of a budget."""

HOW = {
    Delivery.DIRECT_PAYMENT: "paid as a direct payment",
    Delivery.NOTIONAL: "held by the council for you",
    Delivery.THIRD_PARTY: "held for you by an organisation",
}
"""How money reaches the family."""

PAID_TO = {
    "parent, parent": "paid to you",
    "parent, young-person": "paid to your child",
    "young-person, parent": "paid to your parent or carer",
    "young-person, young-person": "paid to you",
    "nominee": "paid to the person who was named to manage it",
}
"""Who a direct payment is paid to, by who reads the letter."""

PAID_EVERY = {
    PaidEvery.WEEK: "every week",
    PaidEvery.FOUR_WEEKS: "every four weeks",
    PaidEvery.MONTH: "every month",
}
"""How often it is paid."""

ROLES = {"team-manager": "a team manager", "panel-chair": "the chair of the panel"}
"""Who decides: a role, never a name."""
