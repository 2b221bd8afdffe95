"""What is committed, month by month, for finance."""
