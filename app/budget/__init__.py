"""What is payable on any day, derived from decisions and notices."""
