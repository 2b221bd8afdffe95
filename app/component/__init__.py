"""A partner's own component: entered and agreed by the partner whose money it is."""
