"""People: a pseudonymous reference, a date of birth, a team. No names, no addresses."""
