"""What is held about a person: showing all of it, holding it for a court, and erasing it in its time."""
