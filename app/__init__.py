"""The service: it keeps what was asked and what was answered. It has no arithmetic on money."""
