"""Statistics that SQL does not reach: pure functions that models under `value/` call."""
