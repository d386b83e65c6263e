"""The models' compiled text, which the oracle's project has anyway."""

import pytest


@pytest.fixture(scope="session")
def texts(project) -> dict[str, str]:
    """Return the text of every model, by name."""
    return {step.name: step.sql for step in project.steps}
