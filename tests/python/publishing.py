"""Small builds to publish, and processes that publish and read them.

Every table of build n holds n in each of its rows, so a mixture of two builds shows.
"""

import json
import multiprocessing
import os
import re
import resource
import signal
import sys
import time
from datetime import UTC, datetime, timedelta

import duckdb

from savoir.publish import postgres, publish

# Forked from a server that has the libraries loaded: a real process in milliseconds.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["savoir.publish", "pytest"])

ROWS = 5000
TABLES = ("core.fct_contacts", "kpis.kpi_fcr", "reference.channels")


def write_results(path, database, nodes=None, *, which="build", seconds=0, **args):
    """dbt's account of a build that ended `seconds` after the file was written."""
    ended = datetime.fromtimestamp(database.stat().st_mtime, UTC) + timedelta(
        seconds=seconds
    )
    nodes = {"model.savoir.fct_contacts": "success"} if nodes is None else nodes
    results = {
        "metadata": {
            "invocation_id": "an-invocation",
            "dbt_version": "1.11.0",
            "invocation_started_at": stamp(ended - timedelta(seconds=10)),
            "generated_at": stamp(ended),
        },
        "args": {"which": which, "select": [], "exclude": [], "vars": {}, **args},
        "results": [
            {
                "unique_id": node,
                "status": status,
                "execution_time": 1.5,
                "relation_name": '"savoir"."core"."fct_contacts"',
                "compiled_code": "select 'a secret salt'",
            }
            for node, status in nodes.items()
        ],
    }
    path.write_text(json.dumps(results))
    return path


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def write_build(folder, number, status="pass"):
    """Build number `number`: a new database, and results in which one test ends so."""
    folder.mkdir(exist_ok=True)
    database = folder / "savoir.duckdb"
    database.unlink(missing_ok=True)
    with duckdb.connect(database) as connection:
        connection.execute(f"""
            create schema intermediate; create schema core;
            create schema kpis; create schema reference;
            create table intermediate.int_data_horizon as
                select timestamp '2026-06-30 22:00:00' as as_of;
            create table kpis.dim_kpi as
                select 'fcr' as kpi_id, 1 as version,
                    null::varchar as changed_parameters;
            create table core.fct_contacts as
                select {number} as build, 'zendesk' as source_system,
                    timestamp '2026-06-01' + interval (range) second as opened_at
                from range({ROWS});
            create table kpis.kpi_fcr as select {number} as build from range({ROWS});
            create table reference.channels as
                select {number} as build from range({ROWS});
        """)
    write_results(
        folder / "run_results.json",
        database,
        {"model.savoir.fct_contacts": "success", "test.savoir.a": status},
    )


def publish_build(folder):
    """Publish what stands in a folder, into its `published`."""
    contract = folder / "published_v1.yml"
    contract.write_text(
        "kpi_fcr: {from: kpis.kpi_fcr, columns: {build: INTEGER}}\n", encoding="utf-8"
    )
    return publish(
        folder / "savoir.duckdb",
        folder.parent / "published",
        folder / "run_results.json",
        contract=contract,
        keep=3,
        show_progress=False,
    )


def die_at(line, where, work, *arguments):
    """Work, and die by SIGKILL before the so-manieth line of the functions `where`.

    `where` is a pattern for `file:function`. Returns how many such lines were run.
    """
    left = line

    def count(frame, event, _):
        nonlocal left
        code = frame.f_code
        if not re.search(where, f"{code.co_filename}:{code.co_name}"):
            return None
        left -= event == "line"
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return count

    sys.settrace(count)
    work(*arguments)
    sys.settrace(None)
    return line - left


def publish_until(folder, line):
    """Publish to files, and die at a line of the swap; write how many it has."""
    swap = r"publish.versions\.py:(serve|_link|prune|new_version)"
    lines = die_at(line, swap, publish_build, folder)
    (folder / "lines").write_text(str(lines))


def serve_until(dsn, folder, line):
    """Publish to PostgreSQL, and die at a line of it."""
    die_at(line, r"postgres\.py:", postgres.serve, dsn, folder)


def publish_on_a_full_disk(folder, limit):
    """Publish where no file can grow beyond `limit` bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    publish_build(folder)


def builds_in(database):
    """The build that every table of a DuckDB file is of; fails unless it is one."""
    with duckdb.connect(database, read_only=True) as connection:
        return one_build(connection, TABLES)


def builds_in_parquet(published):
    """The build of the Parquet files served, through one look at what is served."""
    version = (published / "current").resolve()
    with duckdb.connect() as connection:
        files = [version / f"{table.replace('.', '/')}.parquet" for table in TABLES]
        return one_build(connection, [f"'{file}'" for file in files])


def one_build(connection, sources):
    said = connection.execute(
        " union all ".join(
            f"select count(*), min(build), max(build) from {source}"
            for source in sources
        )
    ).fetchall()
    (_, build, _) = said[0]
    assert said == [(ROWS, build, build)] * len(TABLES), said
    return build


def read_until(published, stop, answer):
    """Read both forms again and again; answer with the builds seen, in their order."""
    seen = []
    held = duckdb.connect(published / "savoir.duckdb", read_only=True)
    first = one_build(held, TABLES)
    while not stop.is_set():
        seen.append(builds_in(published / "savoir.duckdb"))
        seen.append(builds_in_parquet(published))
        time.sleep(0.1)
    assert one_build(held, TABLES) == first
    answer.send(seen)


def hold_open(database, sign):
    """Write to a database until killed; the file `sign` appears when it is open."""
    with duckdb.connect(database):
        sign.touch()
        time.sleep(60)
