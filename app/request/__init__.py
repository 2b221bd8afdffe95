"""A family's request for a personal budget, and what was answered."""
