"""What differs between two policies, in sentences: first what can change amounts, then mere wording.

Nothing here knows a section of a policy. Records are walked field by field, items of lists are matched by
what they are called, and small tables give the plain words. A field that a later release adds is compared
and told under its own name. A field left out and its default written down are the same.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cache
from inspect import get_annotations
from itertools import zip_longest
from typing import Any, get_args

from ras.conditions import Condition
from ras.dates import day_in_words
from ras.policy.change_words import (
    CAME,
    FIELDS,
    FOR_ONE,
    IN_PERIOD,
    KEYS,
    KNOWN_BY_TITLE,
    MAX_QUOTED,
    NOT_SET,
    NOUNS,
    PERIOD,
    SECTIONS,
    SORTS,
    TESTS,
    UNSET,
    VALUES,
    WENT,
    WORDING,
)
from ras.policy.configuration import PolicyConfiguration
from ras.records import Code, DecimalText, Flag, PositiveText, Record, Told, exact
from ras.uprating import year_in_words
from ras.working import Quantity, Unit, decimal

_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_CHOICE = re.compile(r"[a-z]+[a-z0-9]*(-[a-z0-9]+)*", re.ASCII)


class PolicyChangeKind(StrEnum):
    """What happened to a place in a policy."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    """The same items stand in another order."""


class PolicyChange(Record):
    """One thing that differs between two policies."""

    path: Told
    """Where, as a problem says it: in the new document, or in the old one for what was removed."""
    kind: PolicyChangeKind
    """What happened."""
    changes_amounts: Flag
    """Whether it can change an amount. Words and sources do not, nor the same number written another way."""
    old: Told | None = None
    """What was there, in words."""
    new: Told | None = None
    """What is there now, in words."""
    sentence: Told
    """What people read."""


def changes(old: PolicyConfiguration, new: PolicyConfiguration) -> tuple[PolicyChange, ...]:
    """Everything that differs: first what can change amounts, then the rest, each in document order."""
    found = _Comparison(_Side(old), _Side(new)).records(_Place(), old, new)
    return tuple(sorted(found, key=lambda each: not each.changes_amounts))


def in_short(found: Sequence[PolicyChange]) -> str:
    """How much differs, in a sentence or two.

    >>> in_short(())
    'The two policies say the same.'
    """
    weighty = sum(each.changes_amounts for each in found)
    if not found:
        return "The two policies say the same."
    if not weighty:
        return "Only words and sources differ. No amount can change."
    if len(found) == 1:
        return "There is 1 change. It can change amounts."
    return f"There are {len(found)} changes. {weighty} of them can change amounts."


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk is: for programs, and for people."""

    path: tuple[str, ...] = ()
    where: tuple[str, ...] = ()

    def field(self, name: str) -> "_Place":
        return _Place((*self.path, name), self.where)

    def part(self, name: str) -> "_Place":
        label = SECTIONS.get(name, name.replace("_", " "))
        return _Place((*self.path, name), self.where if label in self.where else (*self.where, label))

    def item(self, item: Record, number: int, name: str) -> "_Place":
        path = (*self.path, _code(item, number))
        if self.path[-1] in KNOWN_BY_TITLE:
            return _Place(path, (getattr(item, "title", name),))
        return _Place(path, (*self.where, f"{_noun(self.path[-1])} {name}"))


class _Side:
    """One of the two policies, and what stands in it in words."""

    def __init__(self, policy: PolicyConfiguration) -> None:
        self.unit = policy.money_unit
        self.titles: dict[str, str | None] = {}  # None for a code that several things have
        for code, title in _titles(policy):
            self.titles[code] = title if self.titles.get(code, title) == title else None

    def words(self, at: _Place, owner: type[Record], value: Any) -> str | None:
        """The value of a field, as a sentence holds it."""
        match value:
            case None:
                return UNSET.get(at.path[-1])
            case Record():
                holds = self.test(at, value)
                return f"only where {holds}" if holds and isinstance(value, Condition) else holds or "always"
            case tuple() if _has_records(value):
                return ", ".join(self.name(at, each, number) for number, each in enumerate(value))
            case tuple():
                return ", ".join(self.one(at, owner, each) for each in value) or "none"
            case _:
                return self.one(at, owner, value)

    def one(self, at: _Place, owner: type[Record], value: Any) -> str:
        """A single number, sum, day, choice or text in words."""
        name = at.path[-1]
        match value:
            case bool():
                return "yes" if value else "no"
            case date():
                return day_in_words(value)
            case int() | str() if name.endswith("_pence"):
                return str(Quantity.of(exact(str(value)), self.money(at)))
            case int():
                return year_in_words(value) if name == "year" else decimal(value)
            case str() if name != "code" and Code in _kinds(owner, name):
                title = self.titles.get(value)
                return f"“{title}”" if title else value.replace("-", " ")
            case _:
                return _text(name, str(value))

    def money(self, at: _Place) -> Unit:
        """What a sum at a place is for: the policy's period, a year, or nothing that has a length."""
        if at.path[0] in IN_PERIOD and at.path[-1] not in FOR_ONE:
            return self.unit
        return Unit.PENCE_A_YEAR if "_annual_" in at.path[-1] else Unit.PENCE

    def test(self, at: _Place, record: Record) -> str:
        """A condition, or a part of one: what it looks at, and all that has to hold."""
        looks_at: list[str] = []
        holds: list[str] = []
        for name, value in _given(record):
            several = value if isinstance(value, tuple) else (value,)
            told = [self.words(at.field(name), type(record), each) or "" for each in several]
            words = TESTS.get(name, "{}").format((" and " if _has_records(several) else " or ").join(told))
            (looks_at if _kinds(type(record), name)[0] == Code else holds).append(words)
        return " is ".join(filter(None, [*looks_at, " and ".join(holds)]))

    def name(self, at: _Place, item: Any, number: int) -> str:
        """What an item of a list is called: by its title, else its key, else its place."""
        title, key = getattr(item, "title", None), _key(item)
        if title or key is None:
            return f"“{title}”" if title else f"number {number + 1}"
        return KEYS[key].format(self.words(at.field(key), type(item), getattr(item, key)))

    def details(self, at: _Place, item: Record) -> str:
        """What a record says besides its name, in brackets."""
        told = [
            f"{_called(name).removeprefix('the ')}: {self.words(at.field(name), type(item), value)}"
            for name, value in _given(item)
            if name not in {*WORDING, *SORTS, _key(item)} and not _is_part(value) and not _has_records(value)
        ]
        return f" ({', '.join(told)})" if told else ""

    def sort(self, at: _Place, item: Record) -> str:
        """Which of several records is written, with its details."""
        sort = next((str(getattr(item, name)) for name in SORTS if hasattr(item, name)), "there")
        return f"{VALUES.get(sort, sort.replace('-', ' '))}{self.details(at, item)}"


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A walk through both policies at once."""

    old: _Side
    new: _Side

    def records(self, at: _Place, was: Record, now: Record) -> Iterator[PolicyChange]:
        """Two records of one sort, field by field."""
        for name in type(now).model_fields:
            old, new = getattr(was, name), getattr(now, name)
            if old == new:
                continue
            if isinstance(old, tuple) and isinstance(new, tuple) and _has_records((*old, *new)):
                yield from self.items(at.field(name), old, new)
            elif _is_part(old) or _is_part(new):
                yield from self.parts(at.part(name), old, new)
            else:
                yield self.values(at.field(name), type(now), old, new)

    def parts(self, at: _Place, old: Record | None, new: Record | None) -> Iterator[PolicyChange]:
        """A record that may have come, gone, or become one of another sort."""
        if old is not None and new is not None and type(old) is type(new):
            yield from self.records(at, old, new)
            return
        was = None if old is None else self.old.sort(at, old)
        now = None if new is None else self.new.sort(at, new)
        if new is None:
            yield _change(at, "this part is no longer there.", was, now)
        elif old is None:
            yield _change(at, f"this part is new{self.new.details(at, new)}.", was, now)
        else:
            yield _change(at, f"before, {was}. Now, {now}.", was, now)

    def items(self, at: _Place, old: tuple[Record, ...], new: tuple[Record, ...]) -> Iterator[PolicyChange]:
        """The items of a list, each beside the one it was."""
        pairs = _pairs(old, new)
        stayed = [n for n, m in pairs if n is not None and m is not None]
        if stayed != sorted(stayed):
            was, now = self.old.words(at, Record, old), self.new.words(at, Record, new)
            quoted = f" It is now: {now}." if len(f"{now}") <= MAX_QUOTED else ""
            sentence = f"{_called(at.path[-1])} are in another order.{quoted}"
            yield _change(at, sentence, was, now, kind=PolicyChangeKind.MOVED)
        for n, m in pairs:
            if n is not None and m is not None:
                yield from self.parts(at.item(new[m], m, self.new.name(at, new[m], m)), old[n], new[m])
            elif m is not None:
                yield self.came(at, new[m], m)
            elif n is not None:
                yield self.went(at, old[n], n)

    def came(self, at: _Place, item: Record, number: int) -> PolicyChange:
        """An item that was not in the list."""
        name, details = self.new.name(at, item, number), self.new.details(at, item)
        usual = f"there is a new {_noun(at.path[-1])} {name}{details}."
        sentence = CAME[at.path].format(name) if at.path in CAME else usual
        return _change(at.field(_code(item, number)), sentence, None, name + details)

    def went(self, at: _Place, item: Record, number: int) -> PolicyChange:
        """An item that is no longer in the list."""
        name, details = self.old.name(at, item, number), self.old.details(at, item)
        usual = f"the {_noun(at.path[-1])} {name} is no longer there."
        sentence = WENT[at.path].format(name) if at.path in WENT else usual
        return _change(at.field(_code(item, number)), sentence, name + details, None)

    def values(self, at: _Place, owner: type[Record], old: Any, new: Any) -> PolicyChange:
        """A field that holds another value."""
        name = at.path[-1]
        was, now = self.old.words(at, owner, old), self.new.words(at, owner, new)
        means_the_same = _meaning(owner, name, old) == _meaning(owner, name, new)
        called = _called(name)
        if means_the_same:
            sentence = f"{called} is written in another way. It means the same."
        elif name == "period":
            sentence = PERIOD.format(was, now)
        elif was == now or len(f"{was}{now}") > MAX_QUOTED:
            sentence = f"{called} changed."
        elif _is_number(name, old) and _is_number(name, new):
            sentence = f"{called} went from {was} to {now}."
        elif isinstance(new if old is None else old, tuple) or called == "points":
            sentence = f"{called} were {was or NOT_SET}. Now they are {now or NOT_SET}."
        else:
            sentence = f"{called} was {was or NOT_SET}. Now it is {now or NOT_SET}."
        is_weighty = name not in WORDING and not means_the_same
        return _change(at, sentence, was, now, changes_amounts=is_weighty)


def _change(
    at: _Place,
    sentence: str,
    old: str | None,
    new: str | None,
    *,
    kind: PolicyChangeKind | None = None,
    changes_amounts: bool = True,
) -> PolicyChange:
    told = f"{', '.join(at.where)}: {sentence}" if at.where else sentence
    return PolicyChange(
        path=".".join(at.path),
        kind=kind
        or (
            PolicyChangeKind.ADDED
            if old is None
            else PolicyChangeKind.REMOVED
            if new is None
            else PolicyChangeKind.CHANGED
        ),
        changes_amounts=changes_amounts and at.path[0] not in WORDING,
        old=old,
        new=new,
        sentence=told[0].upper() + told[1:],
    )


def _pairs(old: Sequence[Record], new: Sequence[Record]) -> list[tuple[int | None, int | None]]:
    """The places of items that belong together.

    By the first key that all of them have and that tells them apart. Where there is none, what is the same
    stays together, and the rest goes by its place.
    """
    for key in KEYS:
        was, now = ([_meaning(type(i), key, getattr(i, key, None)) for i in items] for items in (old, new))
        if None not in (*was, *now) and len(set(was)) == len(was) and len(set(now)) == len(now):
            places = {value: n for n, value in enumerate(was)}
            gone = [(n, None) for value, n in places.items() if value not in now]
            return [*((places.get(value), m) for m, value in enumerate(now)), *gone]
    runs = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [pair for _, a, b, c, d in runs for pair in zip_longest(range(a, b), range(c, d))]


def _code(item: Record, number: int) -> str:
    """What a path calls an item of a list, as `ras.reading.problem_at` does."""
    codes = (getattr(item, key, None) for key in ("code", "domain", "horizon"))
    return next((str(code) for code in codes if code is not None), str(number))


def _key(item: Record) -> str | None:
    return next((key for key in KEYS if getattr(item, key, None) is not None), None)


def _titles(value: Any) -> Iterator[tuple[str, str]]:
    """Every code and its title."""
    if isinstance(value, Record):
        if isinstance(code := getattr(value, "code", None), str) and hasattr(value, "title"):
            yield code, value.title
        value = tuple(getattr(value, name) for name in type(value).model_fields)
    if isinstance(value, tuple):
        for each in value:
            yield from _titles(each)


def _given(record: Record) -> Iterator[tuple[str, Any]]:
    """The fields that say something: not those left out, nor those at their default."""
    for name, field in type(record).model_fields.items():
        value = getattr(record, name)
        if value not in (None, (), field.default):
            yield name, value


def _meaning(owner: type[Record], name: str, value: Any) -> Any:
    """What a value comes to, however it is written."""
    if isinstance(value, Condition):
        return value if any(_given(value)) else None
    kinds = _kinds(owner, name) if isinstance(value, str) else ()
    return exact(value) if PositiveText in kinds or DecimalText in kinds else value


@cache
def _kinds(owner: type[Record], name: str) -> tuple[Any, ...]:
    """What a field may hold: its type, and all the types that is made of."""
    return tuple(_parts(next(n[name] for base in owner.__mro__ if name in (n := get_annotations(base)))))


def _parts(kind: Any) -> Iterator[Any]:
    yield kind
    for part in get_args(kind):
        yield from _parts(part)


def _is_part(value: Any) -> bool:
    """Whether a value is walked through. A condition is told as a whole."""
    return isinstance(value, Record) and not isinstance(value, Condition)


def _has_records(value: Any) -> bool:
    return isinstance(value, tuple) and any(isinstance(each, Record) for each in value)


def _is_number(name: str, value: Any) -> bool:
    if isinstance(value, str):
        return name not in WORDING and _NUMBER.fullmatch(value) is not None
    return isinstance(value, int) and not isinstance(value, bool)


def _text(name: str, value: str) -> str:
    """Words as a sentence quotes them; a number or a choice stands without quotation marks."""
    is_quoted = name in WORDING or name == "code"
    if not is_quoted and (value in VALUES or _CHOICE.fullmatch(value)):
        return VALUES.get(value, value.replace("-", " "))
    return value if _NUMBER.fullmatch(value) and not is_quoted else f"“{' '.join(value.split())}”"


def _noun(field: str) -> str:
    return NOUNS.get(field, field.removesuffix("s").replace("_", " "))


def _called(field: str) -> str:
    words = field.removesuffix("_pence").replace("_", " ")
    return FIELDS.get(field, f"“{words}”" if " " in words else f"the {words}")
