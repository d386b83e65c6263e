"""Statistics that SQL does not reach: pure functions for the models in Python."""
