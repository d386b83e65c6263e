"""Publishing: what a green build allows, and what anything less does not."""

import json
import os
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from savoir.publish import PublishRefused, publish


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "savoir.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("""
            create schema staging;
            create table staging.stg_calls as select 1 as call_id;
            create schema core;
            create table core.fct_calls as
                select * from (values ('a', 1.50::decimal(18, 2)), ('b', null))
                    as calls (call_id, cost_eur);
            create schema reference;
            create table reference.countries as select 'FR' as country_code;
            create schema kpis;
            create table kpis.dim_kpi as select null::varchar as changed_parameters;
            create view kpis.kpi_fcr as
                select call_id from savoir.core.fct_calls where cost_eur > 1;
        """)
    return path


@pytest.fixture
def write_results(tmp_path, database):
    def write(nodes=None, which="build", seconds=0, **args):
        """dbt's account of a build that ended `seconds` after the file was written."""
        ended = datetime.fromtimestamp(database.stat().st_mtime, UTC) + timedelta(
            seconds=seconds
        )
        path = tmp_path / "run_results.json"
        nodes = {"model.savoir.fct_calls": "success"} if nodes is None else nodes
        path.write_text(
            json.dumps(
                {
                    "metadata": {
                        "invocation_started_at": stamp(ended - timedelta(seconds=10)),
                        "generated_at": stamp(ended),
                    },
                    "args": {"which": which, "select": [], "exclude": [], **args},
                    "results": [
                        {"unique_id": node, "status": status}
                        for node, status in nodes.items()
                    ],
                }
            )
        )
        return path

    return write


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def run(database, results):
    return publish(
        database, database.parent / "published", results, show_progress=False
    )


def read(path, query):
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_tables_and_views_are_published_in_both_forms(database, write_results):
    result = run(database, write_results())

    published = database.parent / "published"
    assert result.database == published / "savoir.duckdb"
    assert result.rows == {
        "core.fct_calls": 2,
        "kpis.dim_kpi": 1,
        "kpis.kpi_fcr": 1,
        "reference.countries": 1,
    }
    rows = read(
        result.database,
        "select table_schema, table_name, table_type "
        "from information_schema.tables order by all",
    )
    assert rows == [
        ("core", "fct_calls", "BASE TABLE"),
        ("kpis", "dim_kpi", "BASE TABLE"),
        ("kpis", "kpi_fcr", "BASE TABLE"),
        ("reference", "countries", "BASE TABLE"),
    ]
    assert read(result.database, "from kpis.kpi_fcr") == [("a",)]
    assert duckdb.sql(
        f"select call_id, cost_eur::varchar from '{published}/core/fct_calls.parquet'"
    ).fetchall() == [("a", "1.50"), ("b", None)]
    assert sorted(path.name for path in published.iterdir()) == [
        "core",
        "kpis",
        "reference",
        "savoir.duckdb",
    ]


def test_the_published_file_stands_alone(database, write_results):
    result = run(database, write_results())
    database.unlink()

    assert read(result.database, "from kpis.kpi_fcr") == [("a",)]


def test_the_published_file_is_in_the_older_storage_format(database, write_results):
    result = run(database, write_results())

    with duckdb.connect(result.database, read_only=True) as connection:
        version = connection.execute("""
            select tags['storage_version'] from duckdb_databases()
            where database_name = 'savoir'
        """).fetchone()[0]
    # Bytes 12 to 19 of a DuckDB file are its version: 1.x clients read up to 68.
    header = result.database.read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") <= 68
    assert version.startswith("v1.5")


@pytest.mark.parametrize("status", ["error", "fail", "skipped", "runtime error"])
def test_a_node_that_is_not_good_refuses_and_is_named(database, write_results, status):
    nodes = {"model.savoir.a": "success", "test.savoir.sums_match.b": status}

    with pytest.raises(PublishRefused, match=rf"test.savoir.sums_match.b: {status}"):
        run(database, write_results(nodes))

    assert not (database.parent / "published").exists()


def test_warnings_and_no_ops_are_published(database, write_results):
    nodes = {
        "model.savoir.a": "success",
        "test.savoir.b": "pass",
        "test.savoir.c": "warn",
        "exposure.savoir.d": "no-op",
    }

    assert run(database, write_results(nodes)).rows


@pytest.mark.parametrize("which", ["run", "test", "compile", "generate"])
def test_another_command_than_build_refuses(database, write_results, which):
    with pytest.raises(PublishRefused, match=f"last dbt command was {which}"):
        run(database, write_results(which=which))


@pytest.mark.parametrize(
    "args",
    [
        {"select": ["fct_calls"]},
        {"exclude": ["tag:slow"]},
        {"resource_types": ["model"]},
        {"empty": True},
    ],
)
def test_a_build_of_a_part_refuses(database, write_results, args):
    with pytest.raises(PublishRefused, match=f"of a part .{next(iter(args))}"):
        run(database, write_results(**args))


def test_a_build_of_nothing_refuses(database, write_results):
    with pytest.raises(PublishRefused, match="no nodes"):
        run(database, write_results({}))


def test_a_database_changed_after_its_build_refuses(database, write_results):
    results = write_results()
    late = database.stat().st_mtime + 61
    os.utime(database, (late, late))

    with pytest.raises(PublishRefused, match="changed after its last build"):
        run(database, results)


def test_the_database_may_close_just_after_the_build(database, write_results):
    results = write_results(seconds=-2)

    assert run(database, results).rows


def test_results_of_a_build_of_another_database_refuse(database, write_results):
    results = write_results(seconds=3600)

    with pytest.raises(PublishRefused, match="did not write"):
        run(database, results)


def test_missing_or_broken_results_refuse(database, tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text('{"args": ')

    with pytest.raises(PublishRefused, match=r"not dbt's run_results\.json"):
        run(database, broken)
    with pytest.raises(PublishRefused, match="no build results"):
        run(database, tmp_path / "none.json")
    with pytest.raises(PublishRefused, match="no database"):
        run(tmp_path / "none.duckdb", broken)


def test_other_parameters_are_published_only_when_allowed(database, write_results):
    with duckdb.connect(database) as connection:
        connection.execute(
            "update kpis.dim_kpi set changed_parameters = 'fcr_window_days = 3'"
        )
    results = write_results()
    with pytest.raises(PublishRefused, match="fcr_window_days = 3"):
        run(database, results)
    assert not (database.parent / "published").exists()

    publish(
        database,
        database.parent / "published",
        results,
        allow_variant=True,
        show_progress=False,
    )

    said = f"{database.parent}/published/kpis/dim_kpi.parquet"
    assert duckdb.sql(f"from '{said}'").fetchall() == [("fcr_window_days = 3",)]


def test_a_reader_of_the_old_file_is_not_disturbed(database, write_results):
    old = run(database, write_results())
    reader = duckdb.connect(old.database, read_only=True)
    files = [old.database, database.parent / "published/core/fct_calls.parquet"]
    before = [file.read_bytes() for file in files]
    handles = [file.open("rb") for file in files]
    with duckdb.connect(database) as connection:
        connection.execute("insert into core.fct_calls values ('c', 9)")

    new = run(database, write_results())

    assert reader.execute("select count(*) from core.fct_calls").fetchone() == (2,)
    assert [handle.read() for handle in handles] == before
    assert [file.read_bytes() for file in files] != before
    reader.close()
    for handle in handles:
        handle.close()
    assert read(new.database, "select count(*) from core.fct_calls") == [(3,)]


def test_a_table_that_is_gone_is_unpublished(database, write_results):
    run(database, write_results())
    with duckdb.connect(database) as connection:
        connection.execute("drop table reference.countries")

    run(database, write_results())

    assert not (database.parent / "published/reference/countries.parquet").exists()
    assert (database.parent / "published/core/fct_calls.parquet").exists()


def test_a_stale_log_beside_the_published_file_is_removed(database, write_results):
    published = database.parent / "published"
    published.mkdir()
    (published / "savoir.duckdb.wal").write_bytes(b"of another file")

    run(database, write_results())

    assert not (published / "savoir.duckdb.wal").exists()


def test_a_publication_cut_short_leaves_the_old_one(database, write_results):
    old = run(database, write_results())
    with duckdb.connect(database) as connection:
        connection.execute("insert into core.fct_calls values ('c', 9)")
        # Read last, and impossible to read: kpis comes after core.
        connection.execute("create view kpis.z as select error('broken') as a")

    with pytest.raises(duckdb.Error, match="broken"):
        run(database, write_results())

    assert read(old.database, "select count(*) from core.fct_calls") == [(2,)]
    assert sorted(path.name for path in old.database.parent.iterdir()) == [
        "core",
        "kpis",
        "reference",
        "savoir.duckdb",
    ]
