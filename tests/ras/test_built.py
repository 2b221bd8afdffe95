"""A record that code builds is the one that validation would have made, field by field."""

import copy
import pickle
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from pydantic import BaseModel, ValidationError

from ras import canonical
from ras import testing as some
from ras.errors import AmountTooLarge
from ras.records import built
from ras.testing import Case
from ras.working import Horizon, Input, Quantity, Step, Unit, step

LINE = step(
    "modifier.add",
    rule="modifiers.more",
    source="Section 4",
    arithmetic="amount + added",
    result=300,
    unit=Unit.PENCE,
    words={"title": "More"},
    numbers={"amount": (100, Unit.PENCE), "added": (200, Unit.PENCE)},
)


def validated_again(record: BaseModel) -> BaseModel:
    """The same record made by validation, of the same fields: a value of another kind is refused."""
    fields = {field: _again(getattr(record, field)) for field in record.model_fields_set}
    return type(record).model_validate(fields, strict=True)


def _again(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return validated_again(value)
    return tuple(_again(each) for each in value) if isinstance(value, tuple) else value


def parts(value: Any) -> Iterator[tuple[type, Any]]:
    """Everything in a record, with what kind of thing it is and which fields were given."""
    if isinstance(value, BaseModel):
        yield type(value), sorted(value.model_fields_set)
        for field in type(value).model_fields:
            yield from parts(getattr(value, field))
    elif isinstance(value, tuple):
        yield tuple, len(value)
        for each in value:
            yield from parts(each)
    else:
        yield type(value), value


@settings(max_examples=60)
@given(some.cases())
def test_an_assessment_is_the_record_that_validation_makes(case: Case) -> None:
    try:
        found = case.assess()
    except AmountTooLarge:
        assume(condition=False)
    again = validated_again(found)

    assert found == again
    assert list(parts(found)) == list(parts(again))
    assert canonical(found) == canonical(again)
    assert found.model_dump_json() == again.model_dump_json()
    for line in (*found.working, *found.plan_cost.working):
        assert set(vars(line)) == line.model_fields_set == set(Step.model_fields)
        assert hash(line) == hash(validated_again(line))


def test_what_was_built_is_frozen_copied_and_packed_like_any_record() -> None:
    with pytest.raises(ValidationError):
        LINE.arithmetic = "0"  # type: ignore[misc]  # that it cannot be set is what is asked
    for other in (copy.copy(LINE), copy.deepcopy(LINE), pickle.loads(pickle.dumps(LINE)), LINE.model_copy()):  # noqa: S301  our own bytes
        assert other == LINE
        assert other.model_fields_set == LINE.model_fields_set
    assert LINE.model_copy(update={"arithmetic": "0"}).arithmetic == "0"
    assert repr(LINE) == repr(validated_again(LINE))


def test_two_that_differ_in_one_field_are_not_the_same() -> None:
    given_ = {"value": "1", "unit": Unit.POINTS, "name": "points"}
    one = built(Input, **given_)

    assert one == Input(value="1", unit=Unit.POINTS, name="points")
    for field, value in (("value", "2"), ("unit", Unit.PENCE), ("name", "other")):
        assert built(Input, **{**given_, field: value}) != one
    assert built(Quantity, value="1", unit=Unit.POINTS) != one


def test_a_line_without_a_horizon_says_so_as_validation_does() -> None:
    fields = {field: getattr(LINE, field) for field in Step.model_fields}

    assert LINE.horizon is None
    assert Step(**fields) == LINE
    assert Step(**fields).model_fields_set == LINE.model_fields_set
    assert Step(**{**fields, "horizon": Horizon.LONG}) != LINE
