"""Dated findings: consent, agreement, account, ability, capacity, nomination, exclusions."""
