"""The tree of errors is as its page says, and each leaf has a code of its own."""

from collections.abc import Iterator

import pytest

from ras import errors
from ras.errors import RasError


def tree(error: type[RasError]) -> Iterator[type[RasError]]:
    """An error and everything under it, in the engine."""
    yield error
    for kind in error.__subclasses__():
        if kind.__module__ == errors.__name__:
            yield from tree(kind)


KINDS = list(dict.fromkeys(tree(RasError)))
LEAVES = [kind for kind in KINDS if not set(KINDS).intersection(kind.__subclasses__())]


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.__name__)
def test_every_leaf_has_a_code_a_sentence_and_its_place_in_the_tree(leaf: type[RasError]) -> None:
    assert leaf.code == leaf.code.lower().replace("_", "-")
    assert (leaf.__doc__ or "").partition("\n")[0].strip()
    assert leaf.__name__ in (errors.__doc__ or "")


def test_no_two_leaves_have_one_code() -> None:
    assert len({leaf.code for leaf in LEAVES}) == len(LEAVES)
