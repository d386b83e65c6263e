"""A world to measure with is the same however it is cut, and lands as it is written."""

from csv import DictReader

import duckdb
import pyarrow.parquet as pq
import pytest
import yaml
from typer.testing import CliRunner

from savoir import paths
from savoir.cli import app
from savoir.definitions import project_variables
from savoir.demo.scale import TEAMS, write_scale
from savoir.drift import Limits
from savoir.expectations import check
from savoir.landing import land
from savoir.landing.systems.generic import SYSTEM

CONTACTS = 4_000
PROVENANCE = "_file, _line, _landed_at, _file_hash"


def write(folder, **options):
    options = {"contacts": CONTACTS, "show_progress": False} | options
    return write_scale(folder, **options)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    return write(tmp_path_factory.mktemp("world"), chunk=1_500, workers=2)


def select(warehouse, sql):
    """Rows of a query over the landed entities."""
    with duckdb.connect() as connection:
        for entity in SYSTEM.entities:
            files = f"{warehouse}/raw/generic/{entity.name}/*.parquet"
            connection.execute(
                f"create view {entity.name} as select * from read_parquet('{files}')"
            )
        return connection.execute(sql).fetchall()


def contents(warehouse):
    """Rows of every entity and their hash, whatever their order and file."""
    return {
        entity.name: select(
            warehouse,
            "select count(*), sum(hash(landed)) from"
            f" (select * exclude ({PROVENANCE}) from {entity.name}) as landed",
        )[0]
        for entity in SYSTEM.entities
    }


def test_chunks_and_workers_change_nothing(warehouse, tmp_path):
    whole = write(tmp_path / "whole", workers=1)
    many = write(tmp_path / "many", chunk=777, workers=3)
    assert contents(whole) == contents(warehouse) == contents(many)


def test_another_seed_is_another_world(warehouse, tmp_path):
    here, there = contents(warehouse), contents(write(tmp_path, seed=2026))
    written = [entity for entity, (rows, _) in here.items() if rows]
    assert len(written) == 7
    assert all(here[entity] != there[entity] for entity in written)


def test_the_exports_land_as_the_landed_form_says(warehouse, tmp_path):
    write(tmp_path / "landing", landed=False, chunk=1_500)
    report = land(tmp_path / "landing", tmp_path / "raw", show_progress=False)
    assert {row.status for row in report.files} == {"landed"}
    assert not report.rejects
    assert contents(tmp_path) == contents(warehouse)


def test_the_landed_form_is_accounted_for(warehouse):
    rows = pq.read_table(warehouse / "raw/_landing/files.parquet").to_pylist()
    counted = {row["file"]: row["rows_landed"] for row in rows}
    for entity in SYSTEM.entities:
        files = (warehouse / "raw/generic" / entity.name).glob("*.parquet")
        schemas = [pq.read_schema(file) for file in files]
        # DuckDB also notes which columns hold no null, which says nothing of the type
        assert len({(*s.names, *map(str, s.types)) for s in schemas}) == 1
        found = select(
            warehouse, f"select _file, count(*) from {entity.name} group by all"
        )
        assert all(counted.pop(file) == rows for file, rows in found)
        assert select(
            warehouse,
            f"select count(*) = count(distinct (_file, _line)) from {entity.name}",
        ) == [(True,)]
    assert not counted


def test_the_landed_form_keeps_the_contract(warehouse, tmp_path):
    assert not check(
        warehouse / "raw", tmp_path, Limits.of(project_variables())
    ).failures


@pytest.mark.parametrize(
    ("entity", "counted", "low", "high"),
    [
        ("contact_events", "*", 5, 5.7),
        ("calls", "*", 0.37, 0.43),
        ("survey_responses", "*", 0.22, 0.28),
        ("orders", "*", 2.9, 3.2),
        ("contacts", "distinct contact_id", 1, 1),
        ("contacts", "distinct customer_id", 0.36, 0.4),
        ("contacts", "resolved_at", 0.91, 0.95),
        ("contacts", "exclusion_reason", 0.03, 0.05),
        ("contacts", "nullif(escalated, 'false')", 0.03, 0.05),
        ("contacts", "case when opened_at between '2023' and '2026' then 1 end", 1, 1),
    ],
)
def test_a_world_has_its_shape(warehouse, entity, counted, low, high):
    [(found,)] = select(warehouse, f"select count({counted}) from {entity}")
    assert low <= found / CONTACTS <= high


def test_nothing_happens_after_the_exports_end(warehouse):
    times = [
        f"select max({column.name}) as latest from {entity.name}"
        for entity in SYSTEM.entities
        for column in entity.columns
        if column.type == "timestamp"
    ]
    [(latest,)] = select(
        warehouse, f"select max(latest) from ({' union all '.join(times)})"
    )
    assert "2025-12-31" < latest < "2025-12-31T23:00:00Z"


def test_what_happens_to_a_contact_comes_in_order(warehouse):
    assert (
        select(
            warehouse,
            """
        select contact_id
        from contacts
        inner join contact_events using (contact_id)
        group by all
        having
            min(occurred_at) != min(opened_at)
            or max(occurred_at) filter (where event_type = 'solved')
            != max(resolved_at)
            or count(*) filter (where event_type = 'reopened')
            != max(reopened_count)::integer
            or max(occurred_at) filter (where event_type = 'closed')
            is distinct from max(closed_at)
        """,
        )
        == []
    )


def test_the_teams_said_to_be_seeded_are():
    with (paths.PROJECT / "seeds" / "teams.csv").open(encoding="utf-8") as file:
        rows = {
            (row["team"], int(row["tier"]), row["site"]) for row in DictReader(file)
        }
    assert {(t.name, t.tier, t.site) for t in TEAMS if t.is_seeded} <= rows
    assert not {t.name for t in TEAMS if not t.is_seeded} & {name for name, *_ in rows}


def run(*arguments):
    """Exit code and output of the command line."""
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    return result.exit_code, " ".join(result.output.split())


def test_a_landed_world_is_built_without_landing(tmp_path, monkeypatch):
    monkeypatch.setenv("SAVOIR_WAREHOUSE", str(tmp_path))
    code, output = run("demo", "--contacts", "1000", "--as", "landed")
    assert code == 0
    assert "1,000 contacts" in output
    own = yaml.safe_load((tmp_path / "profiles.yml").read_text())
    projects = yaml.safe_load((paths.PROJECT / "profiles.yml").read_text())
    del projects["savoir"]["outputs"]["dev"]["plugins"]
    assert own == projects
    code, output = run("demo", "--contacts", "1000", "--as", "landed")
    assert code == 1
    assert "is not empty" in output


def test_exports_are_what_contacts_are_written_as_by_default(tmp_path):
    assert run("demo", str(tmp_path / "landing"), "--contacts", "1000")[0] == 0
    assert (tmp_path / "landing" / "generic" / "contacts_000.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--contacts", "999"], "contacts must be from 1,000 to 10,000,000"),
        (["--as", "landed"], "needs --contacts"),
    ],
)
def test_a_mistake_is_told(tmp_path, arguments, says):
    code, output = run("demo", str(tmp_path / "here"), *arguments)
    assert code == 1
    assert says in output
