"""Budgets on the wire."""

from typing import ClassVar
from uuid import UUID

from app.resources import Resource
from ras.budget import Why
from ras.component import Component, Delivery
from ras.eligibility import Controller
from ras.notice import NoticeDates
from ras.records import Code, Day, Flag, Pence, Record, SumPence, Told


class PartView(Record):
    """What one delivery is worth."""

    delivery: Delivery
    """How it reaches the family."""
    annual_pence: SumPence
    """Pence a year."""


class SpanView(Record):
    """A run of days with one rate."""

    first_day: Day
    """Its first day."""
    last_day: Day | None
    """Its last day; null for one that has no end."""
    annual_pence: SumPence
    """What is payable, in pence a year."""
    parts: tuple[PartView, ...]
    """By delivery; those that are nothing are left out."""
    why: Why
    """Why."""
    why_in_words: Told
    """Why, in a sentence."""
    set_by_decision_id: UUID | None
    """The decision that set the rate."""
    waiting_for_decision_id: UUID | None
    """The decision that would lower it, and may not yet."""


class OneOffView(Record):
    """Something bought once."""

    code: Code
    """What for."""
    delivery: Delivery
    """How it reaches the family."""
    due_on: Day
    """The day it is payable."""
    pence: Pence
    """Pence, once."""
    decision_id: UUID
    """The decision that agreed it."""


class ComponentView(Record):
    """One component's timeline."""

    component: Component
    """Which."""
    spans: tuple[SpanView, ...]
    """What is payable, from the first day that anything is decided for; one span follows another."""
    one_offs: tuple[OneOffView, ...]
    """What is bought once."""


class NoticeRunning(Record):
    """A notice that was served: when it ends, and when the lower rate may start."""

    notice_id: UUID
    """The notice."""
    decision_id: UUID
    """The decision it is of."""
    dates: tuple[NoticeDates, ...]
    """For each component it lowers."""
    lower_from: Day | None
    """The first day on which anything is lowered; null while a reconsideration holds it."""


class BudgetView(Resource):
    """What is payable on every day, derived from decisions and notices. Nothing sets it."""

    collection: ClassVar = "/v1/budgets"

    person_id: UUID
    """The child or young person."""
    components: tuple[ComponentView, ...]
    """Each component's timeline; one on which nothing was decided is left out."""
    notices: tuple[NoticeRunning, ...]
    """The notices that count."""


class PayableQuery(Record):
    """On which day."""

    on: Day | None = None
    """The day; left out, today."""


class PayableComponent(Record):
    """What is payable of one component on a day."""

    component: Component
    """Which."""
    annual_pence: SumPence
    """The rate, in pence a year."""
    parts: tuple[PartView, ...]
    """By delivery."""
    one_off_pence: SumPence
    """What is bought once and payable on that day, in pence."""
    why: Why | None
    """Why the rate is what it is; null for finance, which works with amounts and days."""


class Payable(Record):
    """What is payable on a day."""

    person_id: UUID
    """The child or young person."""
    on: Day
    """The day."""
    annual_pence: SumPence
    """The rate of all components together, in pence a year."""
    components: tuple[PayableComponent, ...]
    """Each component on which anything was decided; they add up to the whole."""


class HandOver(Record):
    """What the adult team needs to take a case over. Nothing ends because of a birthday."""

    person_id: UUID
    """The young person."""
    reference: str
    """The pseudonymous reference."""
    born_on: Day
    """Date of birth."""
    adult_on: Day
    """The day the adults' system takes over."""
    last_school_day: Day
    """The last day of compulsory school age: to its end the parent decides."""
    decides: Controller
    """Who decides about the budget today."""
    adult_decision_recorded: Flag
    """Whether an adult decision is recorded. Until it is, every payment goes on."""
    payable: Payable
    """What is payable today."""
    goes_on_after_18: tuple[Component, ...]
    """What the adult decision does not end."""
    latest_assessment_id: UUID | None
    """The latest assessment, with its working."""
    latest_plan_id: UUID | None
    """The latest plan."""
    source: str
    """The rule of the policy."""
