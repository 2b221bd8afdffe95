"""Support plans: added version by version, with families' and workers' words kept apart."""
