"""What whoever runs the service asks it: is it alive, ready, which version; and its description."""
