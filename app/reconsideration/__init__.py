"""A second look at a decision, by someone who did not make it."""
