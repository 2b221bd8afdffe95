"""What is asked: the level and what is already there in each area, where the family lives, siblings."""
# What OpenFisca defines has no types here: it is installed in an environment of its own.
# mypy: disable-error-code="import-not-found, misc"

from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

from benchmarks.peers.openfisca_country.entities import Child


class Area(Enum):
    """Where the family lives."""

    town = "In a town"
    village = "In or near a village"
    remote = "Far from either"


class area(Variable):  # noqa: N801  OpenFisca names a variable by its class
    """Where the family lives."""

    value_type = Enum
    possible_values = Area
    default_value = Area.town
    entity = Child
    definition_period = DateUnit.YEAR
    label = "Where the family lives"


class siblings(Variable):  # noqa: N801  OpenFisca names a variable by its class
    """How many brothers and sisters at home are disabled as well."""

    value_type = int
    entity = Child
    definition_period = DateUnit.YEAR
    label = "Disabled brothers and sisters"


def variables(domains: list[str]) -> list[type[Variable]]:
    """The variables that a plan fills in.

    Levels and contributions are their places (0 is the least, or nothing): looking a place up in a
    parameter is faster than OpenFisca's look-up by the members of an enumeration.
    """
    asked = {
        name: label
        for code in domains
        for name, label in (
            (f"{code}_level", f"{code}: the place of the level"),
            (f"{code}_present", f"{code}: the place of the contribution of what is already there"),
        )
    }
    return [area, siblings, *(_whole_number(name, label) for name, label in asked.items())]


def _whole_number(name: str, label: str) -> type[Variable]:
    attributes = {
        "value_type": int,
        "entity": Child,
        "definition_period": DateUnit.YEAR,
        "label": label,
    }
    return type(name, (Variable,), attributes)
