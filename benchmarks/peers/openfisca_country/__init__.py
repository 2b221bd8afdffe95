"""The policy as a country package of OpenFisca, with the same formulas and numbers."""
# What OpenFisca defines has no types here: it is installed in an environment of its own.
# mypy: disable-error-code="import-not-found, misc"

from importlib.metadata import version
from pathlib import Path

from openfisca_core.taxbenefitsystems import TaxBenefitSystem

from benchmarks.peers.openfisca_country import amount, answers, points
from benchmarks.peers.openfisca_country.entities import Child

_HERE = Path(__file__).parent


class CountryTaxBenefitSystem(TaxBenefitSystem):
    """The policy: its parameters, and a variable for every answer and every step of the working."""

    def __init__(self) -> None:
        super().__init__([Child])
        self.load_parameters(str(_HERE / "parameters"))
        domains = list(self.parameters.domains.children)
        self.add_variables(*answers.variables(domains), *points.variables(domains), *amount.VARIABLES)

    def get_package_metadata(self) -> dict[str, str]:
        """What the Web API says of the package: it is a folder, and no distribution that could be asked."""
        return {
            "name": "twelve-areas",
            "version": version("openfisca-core"),
            "repository_url": "",
            "location": str(_HERE),
        }
