"""The README says what the warehouse does."""

import re

from savoir.paths import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_every_mart_and_seed_it_names_exists(demo):
    tables = {
        name
        for (name,) in demo.read("select table_name from information_schema.tables")
    }
    named = set(re.findall(r"`(?:core\.|kpis\.)?((?:fct|dim|kpi|rpt)_\w+)`", README))
    assert len(named) > 10
    assert named <= tables
    seeds = README.split("Then tell the seeds")[1].split(";")[0]
    assert set(re.findall(r"`(\w+)`", seeds)) <= tables


def test_it_stays_short():
    assert len(README.splitlines()) < 120
