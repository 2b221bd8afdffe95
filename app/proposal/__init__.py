"""What a worker proposes to whoever decides."""
