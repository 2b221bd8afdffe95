"""The service keeps its promises."""
