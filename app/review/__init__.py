"""Reviews: held, due, overdue; and calendars of them."""
