"""The project compiled once, and one warehouse that takes every world."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.oracle.oracle import Opinion, judge
from tests.oracle.parameters import Parameters
from tests.oracle.warehouse import Project, Warehouse
from tests.oracle.world import Exports
from tests.oracle.worlds import crowds, merged

# What every run takes is short and the same; the full run takes 1000.
WORLDS = int(os.environ.get("SAVOIR_ORACLE_WORLDS", 60))


@pytest.fixture(scope="session")
def parameters() -> Parameters:
    """The defaults, but so few observations suffice that small worlds have them."""
    return Parameters(min_sample=3)


@pytest.fixture(scope="session")
def project(tmp_path_factory, parameters) -> Project:
    return Project.compile(tmp_path_factory.mktemp("oracle"), parameters)


@pytest.fixture(scope="session")
def warehouse(project) -> Iterator[Warehouse]:
    warehouse = Warehouse(project)
    yield warehouse
    warehouse.connection.close()


@pytest.fixture(scope="session")
def seeds() -> Path:
    return Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="session")
def judged(parameters, seeds) -> list[tuple[Exports, Opinion]]:
    """The crowds, and what the oracle says of each: several tests hold it to that."""
    together = map(merged, crowds(WORLDS))
    return [(exports, judge(exports, seeds, parameters)) for exports in together]
