"""From points to money: one file a variant.

To add a variant, add a file here that defines a subclass of `Variant`; nothing else changes. The
files are found when this package is imported, and the JSON Schema, the reader, the sentences and
the generic tests follow.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated, TypeAlias, Union

from pydantic import Discriminator

from ras.allocation.variant import Variant
from ras.records import Record

_MODULES = [import_module(f"{__name__}.{name}") for name in sorted(m.name for m in iter_modules(__path__))]

VARIANTS: tuple[type[Variant], ...] = tuple(Variant.__subclasses__())
"""Every variant there is, by the name of its file."""

if TYPE_CHECKING:
    Allocation: TypeAlias = Variant
else:
    # A union that type checkers cannot know, since files add to it.
    Allocation = Annotated[Union[VARIANTS], Discriminator("variant")]  # noqa: UP007  a tuple takes no bars

# A variant that is made of others names `Allocation`, which is known only now.
for _module in _MODULES:
    vars(_module)["Allocation"] = Allocation
    for _record in list(vars(_module).values()):
        if isinstance(_record, type) and issubclass(_record, Record):
            _record.model_rebuild()

__all__ = ["VARIANTS", "Allocation", "Variant"]
