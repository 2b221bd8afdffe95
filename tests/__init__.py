"""Everything that shows the engine and the service keep their promises."""
