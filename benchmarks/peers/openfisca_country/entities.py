"""Whom the policy is about."""
# What OpenFisca defines has no types here: it is installed in an environment of its own.
# mypy: disable-error-code="import-not-found"

from openfisca_core.entities import build_entity

Child = build_entity(key="child", plural="children", label="A child with a plan", is_person=True)
