"""Publishing: what a green build allows, and what anything less does not."""

import gzip
import json
import os
import time
from functools import partial

import duckdb
import publishing
import pytest

from savoir.publish import PublishRefused, marts, publish, rollback, versions
from savoir.publish.contract import extend_contract

CONTRACT = """
fct_calls:
  from: core.fct_calls
  columns:
    call_id: VARCHAR
    cost_eur: DECIMAL(18,2)
"""


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "savoir.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("""
            create schema staging;
            create table staging.stg_calls as select 1 as call_id;
            create schema intermediate;
            create table intermediate.int_data_horizon as
                select timestamp '2026-06-30 22:00:00' as as_of;
            create schema core;
            create table core.fct_calls as
                select * from (values
                    ('a', 1.50::decimal(18, 2), timestamp '2026-06-28 22:00:00'),
                    ('b', null, timestamp '2026-06-29 22:00:00')
                ) as calls (call_id, cost_eur, started_at);
            alter table core.fct_calls add source_system varchar default 'asterisk';
            comment on column core.fct_calls.call_id is 'The call''s own id.';
            create schema reference;
            create table reference.countries as select 'FR' as country_code;
            create schema kpis;
            create table kpis.dim_kpi as select
                'fcr' as kpi_id, 2 as version, null::varchar as changed_parameters;
            create view kpis.kpi_fcr as
                select call_id from savoir.core.fct_calls where cost_eur > 1;
        """)
    return path


@pytest.fixture
def write_results(tmp_path, database):
    return partial(publishing.write_results, tmp_path / "run_results.json", database)


@pytest.fixture
def contract(tmp_path):
    path = tmp_path / "published_v1.yml"
    path.write_text(CONTRACT)
    return path


@pytest.fixture
def run(database, contract):
    """Publish into the folder beside the database."""
    return partial(
        publish,
        database,
        database.parent / "published",
        contract=contract,
        show_progress=False,
    )


def read(path, query):
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_tables_and_views_are_published_in_both_forms(database, write_results, run):
    result = run(write_results())

    published = database.parent / "published"
    assert result.version == 1
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
        ("kpis", "rpt_build_health", "BASE TABLE"),
        ("reference", "countries", "BASE TABLE"),
        ("v1", "fct_calls", "VIEW"),
    ]
    assert read(result.database, "from kpis.kpi_fcr") == [("a",)]
    assert duckdb.sql(
        "select call_id, cost_eur::varchar "
        f"from '{published}/current/core/fct_calls.parquet'"
    ).fetchall() == [("a", "1.50"), ("b", None)]
    assert sorted(path.name for path in (published / "current").iterdir()) == [
        "artefacts",
        "core",
        "kpis",
        "manifest.json",
        "published_v1.yml",
        "reference",
        "savoir.duckdb",
    ]


def test_descriptions_go_with_the_copy(write_results, run):
    result = run(write_results())

    assert read(
        result.database,
        "select comment from duckdb_columns() "
        "where schema_name = 'core' and column_name = 'call_id'",
    ) == [("The call's own id.",)]


def test_the_published_file_stands_alone(database, write_results, run):
    result = run(write_results())
    database.unlink()

    assert read(result.database, "from kpis.kpi_fcr") == [("a",)]


def test_a_reader_may_attach_the_file_under_any_name(write_results, run):
    result = run(write_results())

    with duckdb.connect() as connection:
        connection.execute(f"attach '{result.database}' as sav (read_only)")
        rows = connection.execute("select call_id from sav.v1.fct_calls").fetchall()
    assert rows == [("a",), ("b",)]


def test_any_client_since_duckdb_1_2_reads_the_file(write_results, run):
    result = run(write_results())

    # Bytes 12 to 19 of a DuckDB file are its version: 1.2 clients read 64 and 65.
    header = result.database.read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") in (64, 65)


@pytest.mark.parametrize("status", ["error", "fail", "skipped", "runtime error"])
def test_a_node_that_is_not_good_refuses_and_is_named(
    database, write_results, run, status
):
    nodes = {"model.savoir.a": "success", "test.savoir.sums_match.b": status}

    with pytest.raises(PublishRefused, match=rf"test.savoir.sums_match.b: {status}"):
        run(write_results(nodes))

    assert not (database.parent / "published").exists()


def test_warnings_and_no_ops_are_published(write_results, run):
    nodes = {
        "model.savoir.a": "success",
        "test.savoir.b": "pass",
        "test.savoir.c": "warn",
        "exposure.savoir.d": "no-op",
    }

    assert run(write_results(nodes)).rows


@pytest.mark.parametrize("which", ["run", "test", "compile", "generate"])
def test_another_command_than_build_refuses(write_results, run, which):
    with pytest.raises(PublishRefused, match=f"last dbt command was {which}"):
        run(write_results(which=which))


@pytest.mark.parametrize(
    "args",
    [
        {"select": ["fct_calls"]},
        {"exclude": ["tag:slow"]},
        {"resource_types": ["model"]},
        {"empty": True},
    ],
)
def test_a_build_of_a_part_refuses(write_results, run, args):
    with pytest.raises(PublishRefused, match=f"of a part .{next(iter(args))}"):
        run(write_results(**args))


def test_a_build_of_nothing_refuses(write_results, run):
    with pytest.raises(PublishRefused, match="no nodes"):
        run(write_results({}))


def test_a_database_changed_after_its_build_refuses(database, write_results, run):
    results = write_results()
    late = database.stat().st_mtime + 61
    os.utime(database, (late, late))

    with pytest.raises(PublishRefused, match="changed after its last build"):
        run(results)


def test_the_database_may_close_just_after_the_build(write_results, run):
    assert run(write_results(seconds=-2)).rows


def test_results_of_a_build_of_another_database_refuse(write_results, run):
    with pytest.raises(PublishRefused, match="did not write"):
        run(write_results(seconds=3600))


def test_missing_or_broken_results_refuse(database, tmp_path, run):
    broken = tmp_path / "broken.json"
    broken.write_text('{"args": ')

    with pytest.raises(PublishRefused, match=r"not dbt's run_results\.json"):
        run(broken)
    with pytest.raises(PublishRefused, match="no build results"):
        run(tmp_path / "none.json")
    database.unlink()
    with pytest.raises(PublishRefused, match="no database"):
        run(broken)


def test_a_database_that_is_being_built_refuses(database, write_results, run):
    """Another process that writes to it, as dbt does."""
    results, held = write_results(), database.parent / "held"
    writer = publishing.PROCESSES.Process(
        target=publishing.hold_open, args=(database, held)
    )
    writer.start()
    while not held.exists():
        assert writer.is_alive()
        time.sleep(0.01)
    with pytest.raises(PublishRefused, match="cannot read"):
        run(results)
    writer.kill()
    writer.join()


def test_other_parameters_are_published_only_when_allowed(database, write_results, run):
    with duckdb.connect(database) as connection:
        connection.execute(
            "update kpis.dim_kpi set changed_parameters = 'fcr_window_days = 3'"
        )
    results = write_results(vars={"fcr_window_days": 3})
    with pytest.raises(PublishRefused, match="fcr_window_days = 3"):
        run(results)
    assert not (database.parent / "published").exists()

    result = run(results, allow_variant=True)

    assert read(result.database, "select changed_parameters from kpis.dim_kpi") == [
        ("fcr_window_days = 3",)
    ]
    said = versions.manifest_of(database.parent / "published", 1)
    assert said["parameters"]["fcr_window_days"] == 3
    assert said["parameters"]["repurchase_days"] == 30
    assert said["changed_parameters"] == "fcr_window_days = 3"


def test_a_variant_is_served_again_only_when_allowed(database, write_results, run):
    published = database.parent / "published"
    set_to = "update kpis.dim_kpi set changed_parameters ="
    for value in ("'fcr_window_days = 3'", "null"):
        with duckdb.connect(database) as connection:
            connection.execute(f"{set_to} {value}")
        run(write_results(), allow_variant=True)
    with pytest.raises(PublishRefused, match="fcr_window_days = 3"):
        rollback(published, 1)
    assert versions.current(published) == 2

    rollback(published, 1, allow_variant=True)
    assert versions.current(published) == 1
    rollback(published, 2)
    assert versions.current(published) == 2


def test_a_project_edited_since_its_build_began_refuses(
    database, write_results, run, tmp_path, monkeypatch
):
    """Its version would say parameters that nothing was built with."""
    results, project = write_results(), tmp_path / "dbt_project.yml"
    project.write_text("vars: {fcr_window_days: 3}")
    monkeypatch.setattr("savoir.publish.PROJECT", tmp_path)
    with pytest.raises(PublishRefused, match="run dbt build"):
        run(results, allow_variant=True)
    long_ago = database.stat().st_mtime - 3600
    os.utime(project, (long_ago, long_ago))
    run(results)


def test_a_reader_of_the_old_version_is_not_disturbed(database, write_results, run):
    old = run(write_results())
    parquet = database.parent / "published/current/core/fct_calls.parquet"
    reader = duckdb.connect(old.database, read_only=True)
    handle = parquet.open("rb")
    before = parquet.read_bytes()
    with duckdb.connect(database) as connection:
        connection.execute("insert into core.fct_calls values ('c', 9, null, null)")

    new = run(write_results())

    assert reader.execute("select count(*) from core.fct_calls").fetchone() == (2,)
    assert handle.read() == before
    assert parquet.read_bytes() != before
    reader.close()
    handle.close()
    assert read(new.database, "select count(*) from core.fct_calls") == [(3,)]


def test_the_folder_of_an_older_layout_gives_way(database, write_results, run):
    published = database.parent / "published"
    (published / "core").mkdir(parents=True)
    for file in ("savoir.duckdb", "savoir.duckdb.wal", "core/fct_calls.parquet"):
        (published / file).write_bytes(b"old")

    run(write_results())

    assert sorted(path.name for path in published.iterdir()) == [
        ".lock",
        "current",
        "history.jsonl",
        "savoir.duckdb",
        "versions",
    ]
    assert read(published / "savoir.duckdb", "from kpis.kpi_fcr") == [("a",)]


def test_a_publication_cut_short_leaves_the_old_one(database, write_results, run):
    old = run(write_results())
    with duckdb.connect(database) as connection:
        connection.execute("insert into core.fct_calls values ('c', 9, null, null)")
        # Read last, and impossible to read: kpis comes after core.
        connection.execute("create view kpis.z as select error('broken') as a")

    with pytest.raises(duckdb.Error, match="broken"):
        run(write_results())

    assert read(old.database, "select count(*) from core.fct_calls") == [(2,)]
    folder = database.parent / "published" / "versions"
    assert [path.name for path in folder.iterdir()] == ["1"]


def test_a_copy_that_is_not_what_was_built_is_never_served(
    write_results, run, monkeypatch
):
    run(write_results())
    write = marts.write_parquet

    def lose_a_row(connection, source, path):
        write(connection, f"(from {source} limit 1)", path)

    monkeypatch.setattr(marts, "write_parquet", lose_a_row)
    with pytest.raises(PublishRefused, match=r"copy of core\.fct_calls is not what"):
        run(write_results())


def test_a_value_changed_on_the_way_is_noticed(write_results, run, monkeypatch):
    write = marts.write_parquet

    def change_a_value(connection, source, path):
        columns = "* replace ('FR ' as country_code)"
        if "countries" in str(path):
            source = f"(select {columns} from {source})"
        write(connection, source, path)

    monkeypatch.setattr(marts, "write_parquet", change_a_value)
    with pytest.raises(PublishRefused, match=r"copy of reference\.countries"):
        run(write_results())


def test_a_file_that_does_not_open_is_never_served(
    database, write_results, run, monkeypatch
):
    monkeypatch.setattr(
        "savoir.publish.create_views",
        lambda connection, copy, views: connection.execute(
            f"create schema {copy}.v1; use {copy}; create table core.t as select 1 as a"
            "; create view v1.t as select a from core.t; drop table core.t"
        ),
    )

    with pytest.raises(PublishRefused, match="the file written cannot be read"):
        run(write_results())

    assert versions.numbers(database.parent / "published") == []


def test_a_version_says_what_it_is(database, write_results, run):
    run(write_results({"model.savoir.a": "success", "test.savoir.b": "pass"}))

    said = versions.manifest_of(database.parent / "published", 1)
    assert said["version"] == 1
    assert said["data_horizon"] == "2026-06-30T22:00:00"
    assert said["definition_versions"] == {"fcr": 2}
    assert said["build"]["invocation_id"] == "an-invocation"
    assert said["tests"] == {
        "tests_pass": 1,
        "tests_warn": 0,
        "unit_tests_pass": 0,
        "unit_tests_warn": 0,
    }
    assert said["rows"]["core.fct_calls"] == 2
    assert len(said["git_commit"]) == 40
    # everything in the folder but the manifest, with its checksum
    assert len(said["files"]) == 1 + 5 + 1 + 1
    assert all(len(facts["sha256"]) == 64 for facts in said["files"].values())


def test_dbts_account_is_kept_without_its_sql(database, tmp_path, write_results, run):
    (tmp_path / "manifest.json").write_text(
        json.dumps(
            {
                "metadata": {"invocation_id": "an-invocation"},
                "nodes": {
                    "a": {"unique_id": "model.a", "compiled_code": "a secret salt"}
                },
                "sources": {},
            }
        )
    )
    run(write_results())

    kept = {
        path.name: gzip.decompress(path.read_bytes()).decode()
        for path in (database.parent / "published/current/artefacts").iterdir()
    }
    assert sorted(kept) == ["manifest.json.gz", "run_results.json.gz"]
    assert "model.a" in kept["manifest.json.gz"]
    assert "execution_time" in kept["run_results.json.gz"]
    assert "salt" not in "".join(kept.values())


def test_the_manifest_of_another_run_is_not_kept(
    database, tmp_path, write_results, run
):
    (tmp_path / "manifest.json").write_text('{"metadata": {"invocation_id": "other"}}')
    run(write_results())

    kept = (database.parent / "published/current/artefacts").iterdir()
    assert [path.name for path in kept] == ["run_results.json.gz"]


def test_a_version_kept_is_served_again(database, write_results, run):
    published = database.parent / "published"
    run(write_results())
    with duckdb.connect(database) as connection:
        connection.execute("delete from core.fct_calls where call_id = 'b'")
    run(write_results())
    rows = "select count(*) from core.fct_calls"
    assert read(published / "savoir.duckdb", rows) == [(1,)]

    rollback(published, 1)

    assert read(published / "savoir.duckdb", rows) == [(2,)]
    history = (published / "history.jsonl").read_text().splitlines()
    assert [
        (line["action"], line["version"], line["instead_of"])
        for line in map(json.loads, history)
    ] == [("publish", 1, None), ("publish", 2, 1), ("rollback", 1, 2)]
    assert run(write_results()).version == 3


def test_what_is_not_there_or_damaged_is_not_served(database, write_results, run):
    published = database.parent / "published"
    run(write_results())
    run(write_results())
    with pytest.raises(PublishRefused, match="version 7 is not kept; there are 1, 2"):
        rollback(published, 7)

    damaged = published / "versions/1/core/fct_calls.parquet"
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(PublishRefused, match=r"1 is damaged: core/fct_calls\.parquet"):
        rollback(published, 1)
    assert versions.current(published) == 2


def test_the_newest_versions_and_the_one_served_are_kept(database, write_results, run):
    published = database.parent / "published"
    for _ in range(4):
        run(write_results(), keep=3)
    assert versions.numbers(published) == [2, 3, 4]

    rollback(published, 2)
    versions.prune(published, 1)

    assert versions.numbers(published) == [2, 4]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("alter table core.fct_calls drop call_id", "v1.fct_calls.call_id: Binder"),
        (
            "alter table core.fct_calls alter cost_eur type double",
            r"v1.fct_calls.cost_eur: DOUBLE, not DECIMAL\(18,2\)",
        ),
        ("drop table core.fct_calls", "v1.fct_calls.call_id: Catalog Error"),
    ],
)
def test_a_promise_that_cannot_be_kept_refuses(
    database, write_results, run, change, says
):
    run(write_results())
    with duckdb.connect(database) as connection:
        connection.execute("drop view kpis.kpi_fcr")
        connection.execute(change)

    with pytest.raises(PublishRefused, match=says):
        run(write_results())

    assert versions.current(database.parent / "published") == 1


def test_a_promise_may_be_kept_by_an_expression(database, write_results, run, contract):
    with duckdb.connect(database) as connection:
        connection.execute("drop view kpis.kpi_fcr")
        connection.execute("alter table core.fct_calls rename call_id to id")
    contract.write_text(
        CONTRACT.replace("call_id: VARCHAR", "call_id: {type: VARCHAR, as: lower(id)}")
    )

    result = run(write_results())

    assert read(result.database, "select call_id from v1.fct_calls") == [("a",), ("b",)]


def test_a_contract_grows_and_takes_nothing_back(write_results, run, contract):
    result = run(write_results())

    added = extend_contract(result.database, contract)

    # two more of the calls, three of dim_kpi, one of kpi_fcr, six of the health
    assert added == 12
    text = contract.read_text()
    assert text.startswith(CONTRACT.strip())
    assert "rpt_build_health:" in text
    assert "countries" not in text
    assert extend_contract(result.database, contract) == 0


def test_the_build_health_is_worked_out(database, write_results, run):
    """Calls on 28 and 29 June, 24 hours apart, exports until the 30th: as ever."""
    nodes = {
        "model.savoir.fct_calls": "success",
        "test.savoir.a": "pass",
        "test.savoir.b": "warn",
        "unit_test.savoir.c": "pass",
    }
    files = database.parent / "raw" / "_landing" / "files.parquet"
    files.parent.mkdir(parents=True)
    duckdb.sql("""
        select * from (values
            ('asterisk', 'q1', 'landed', 10, 3, timestamp '2026-07-01 08:00:00'),
            ('asterisk', 'q2', 'unreadable', 0, 0, timestamp '2026-07-01 09:00:00'),
            ('zendesk', 't', 'landed', 5, 1, timestamp '2026-07-01 09:00:00')
        ) as files (system, file, status, rows_read, rows_rejected, landed_at)
    """).write_parquet(str(files))

    result = run(write_results(nodes))

    health = read(
        result.database,
        "select aspect, name, status, value, unit, detail "
        "from kpis.rpt_build_health where aspect != 'build'",
    )
    assert health == [
        ("tests", "data tests passed", "ok", 1, "tests", None),
        ("tests", "data tests that warn", "warning", 1, "tests", None),
        ("tests", "unit tests passed", "ok", 1, "tests", None),
        ("tests", "unit tests that warn", "ok", 0, "tests", None),
        (
            "freshness",
            "asterisk calls",
            "ok",
            1,
            "days",
            "latest event 2026-06-29T22:00:00, "
            "longest silence of its last year 1.0 days",
        ),
        (
            "rejects",
            "asterisk",
            "warning",
            3,
            "rows",
            "of 10 rows in 2 files, landed 2026-07-01T09:00:00, unreadable: q2",
        ),
        (
            "rejects",
            "zendesk",
            "ok",
            1,
            "rows",
            "of 5 rows in 1 files, landed 2026-07-01T09:00:00",
        ),
        ("duration", "core", "ok", 1.5, "seconds", None),
        ("duration", "tests", "ok", 3, "seconds", None),
        ("duration", "unit tests", "ok", 1.5, "seconds", None),
        ("duration", "build", "ok", 10, "seconds", None),
    ]


def test_a_feed_silent_for_longer_than_ever_is_late(database, write_results, run):
    with duckdb.connect(database) as connection:
        connection.execute(
            "update core.fct_calls set started_at = timestamp '2026-06-29 20:00:00' "
            "where call_id = 'b'"
        )

    result = run(write_results())

    assert read(
        result.database,
        "select status, value from kpis.rpt_build_health where aspect = 'freshness'",
    ) == [("warning", 1.1)]
