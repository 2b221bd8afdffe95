"""What several letters have in common: who they are to, the amounts, how to ask again, who helps."""

from collections.abc import Iterable, Iterator
from datetime import date

from ras.component import AwardedComponent, Component, Delivery, Part, Recipient
from ras.dates import day_in_words
from ras.letter.told import About, Reader
from ras.letter.words import COMPONENTS, HEADINGS, HOW, PAID_EVERY, PAID_TO
from ras.statement import Section, Statement
from ras.working import Quantity, Unit


def letter(
    about: About, *, title: str, summary: Iterable[str], sections: Iterable[Section | None]
) -> Statement:
    """Put a letter together. A section of nothing is left out."""
    to = "the family" if about.reader is Reader.PARENT else "the young person"
    return Statement(
        title=title,
        opening=(
            f"To {to} with the reference {about.reference}",
            f"From {about.policy.authority.name}, {day_in_words(about.written_on)}",
        ),
        illustrative=about.policy.illustrative,
        summary=tuple(summary),
        sections=tuple(section for section in sections if section is not None),
    )


def section(heading: str, paragraphs: Iterable[str]) -> Section | None:
    """A section; None where there is nothing to say under its heading."""
    said = tuple(paragraphs)
    return Section(heading=HEADINGS[heading], paragraphs=said) if said else None


def reasons(about: About, heading: str = "reasons") -> Section | None:
    """The reasons in the words of whoever decided, a paragraph for each of theirs."""
    return section(heading, in_paragraphs(about.reasons))


def in_paragraphs(words: str) -> Iterator[str]:
    """What somebody wrote, by its lines; empty ones are left out."""
    yield from filter(None, map(str.strip, words.splitlines()))


def a_year(pence: int) -> Quantity:
    """An amount a year, as it is read."""
    return Quantity.of(pence, Unit.PENCE_A_YEAR)


def once(pence: int) -> Quantity:
    """An amount paid once, as it is read."""
    return Quantity.of(pence, Unit.PENCE)


def day(of: date) -> str:
    """A day, as it is read."""
    return day_in_words(of)


def months(count: int) -> str:
    """A length of notice, as it is read.

    >>> months(3), months(1)
    ('3 calendar months', '1 calendar month')
    """
    return f"{count} calendar month{'' if count == 1 else 's'}"


def capital(component: Component) -> str:
    """What a component is called, at the beginning of a sentence.

    >>> capital(Component.SEN_TOP_UP)
    'Special educational needs'
    """
    name = COMPONENTS[component]
    return name[0].upper() + name[1:]


def amounts(
    about: About, components: Iterable[AwardedComponent], renewing: tuple[Component, ...] = ()
) -> Iterator[str]:
    """What is agreed for each component: how it comes, what is bought once, and when it ends."""
    for each in components:
        named = {"Component": capital(each.component)}
        if len(each.parts) > 1:
            yield about.say("component", **named, amount=a_year(each.annual_pence))
        for part in each.parts:
            yield _part(about, each.component, part)
        if each.delivery_asked_for_on is not None:
            yield about.say("asked-for", **named, day=day(each.delivery_asked_for_on))
        for bought in each.one_offs:
            item = about.policy.items.get(bought.code)
            yield about.say(
                "one-off",
                item=item.title if item else bought.code,
                amount=once(bought.pence),
                day=day(bought.due_on),
                how=HOW[bought.delivery],
            )
        if each.agreed_end is not None:
            ends = {"day": day(each.agreed_end.ends_before), "because": each.agreed_end.because}
            yield about.say("agreed-end", **named, **ends)
        if each.component in renewing:
            yield about.say("end-does-not-count", **named)


def _part(about: About, component: Component, part: Part) -> str:
    told = {
        "Component": capital(component),
        "amount": a_year(part.annual_pence),
        "how": HOW[part.delivery] if part.recipient is None else _paid_to(about.reader, part.recipient),
    }
    if part.delivery is Delivery.DIRECT_PAYMENT and part.paid_every is not None:
        return about.say("part-paid", how_often=PAID_EVERY[part.paid_every], **told)
    return about.say("part", **told)


def _paid_to(reader: Reader, recipient: Recipient) -> str:
    return PAID_TO["nominee" if recipient is Recipient.NOMINEE else f"{reader}, {recipient}"]


def how_to_ask(about: About) -> Iterator[str]:
    """How a decision is looked at again, by whom, and by when."""
    rules = about.rules.reconsideration
    yield about.say("ask")
    yield about.say("ask-words")
    yield about.say("ask-who")
    if rules.ask_within_months is None:
        yield about.say("ask-any-time")
    else:
        yield about.say("ask-within", length=months(rules.ask_within_months))
    if rules.answer_within_days is not None:
        yield about.say("answer-within", days=rules.answer_within_days)


def complaint(about: About) -> str:
    """How to complain."""
    return about.rules.complaint


def who_helps(about: About) -> Section | None:
    """Who helps a family, free and apart from the council."""
    return section("helps", (about.say("helps"), *about.rules.who_helps, about.say("reads")))
