"""The project compiled once, and one warehouse that takes every world."""

from pathlib import Path

import pytest

from tests.oracle.parameters import Parameters
from tests.oracle.warehouse import Project, Warehouse


@pytest.fixture(scope="session")
def parameters() -> Parameters:
    """The defaults, but so few observations suffice that small worlds have them."""
    return Parameters(min_sample=3)


@pytest.fixture(scope="session")
def project(tmp_path_factory, parameters) -> Project:
    return Project.compile(tmp_path_factory.mktemp("oracle"), parameters)


@pytest.fixture(scope="session")
def warehouse(project) -> Warehouse:
    return Warehouse(project)


@pytest.fixture(scope="session")
def seeds() -> Path:
    return Path(__file__).parents[2] / "seeds"
