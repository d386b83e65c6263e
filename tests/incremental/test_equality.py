"""Exports that came day by day make the marts that the same exports make at once.

`SAVOIR_HISTORIES` says how many histories are tried: 50 in the full run, fewer here.
"""

import os
import shutil

import pytest

from savoir.landing import land
from tests.oracle.parameters import Parameters
from tests.oracle.warehouse import Landed, Project

from .histories import history

HISTORIES = int(os.environ.get("SAVOIR_HISTORIES", "4"))
MARTS = """
    select 'savoir.' || schema_name || '.' || table_name
    from duckdb_tables()
    where schema_name in ('core', 'kpis')
    order by all
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    return Project.compile(tmp_path_factory.mktemp("compiled"), Parameters())


def marts(project: Project, raw) -> dict[str, tuple]:
    """Build what was landed; return the number and the fingerprint of rows by mart."""
    connection = Landed(project, raw).connection
    names = [name for (name,) in connection.execute(MARTS).fetchall()]
    found = {
        name: connection.execute(
            f"select count(*), sum(hash(mart)) from {name} as mart"
        ).fetchone()
        for name in names
    }
    connection.close()
    return found


@pytest.mark.parametrize("seed", range(1000, 1000 + HISTORIES))
def test_days_make_the_marts_of_one_landing(project, seed, tmp_path):
    days, once = tmp_path / "days", tmp_path / "once"
    for deliver in history(seed):
        deliver(days)
    shutil.copytree(days / "landing", once / "landing")
    land(once / "landing", once / "raw", show_progress=False)
    day_by_day = marts(project, days / "warehouse" / "raw")
    at_once = marts(project, once / "raw")
    assert at_once["savoir.core.fct_contacts"][0] > 0
    assert day_by_day == at_once
