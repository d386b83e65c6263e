"""What the demo publishes: the marts, all of them, and nothing about a person."""

import gzip
import json
import re

import duckdb
import pytest

from savoir.publish import versions
from savoir.publish.common import SCHEMAS
from savoir.publish.contract import PUBLIC, read_contract
from savoir.publish.health import EVENTS

PERSON_OR_FREE_TEXT = (
    r"(^|_)(e?mail|phone|name|address|comment|subject|description|body|text|verbatim)"
    r"(s|_hash)?$"
)


@pytest.fixture(scope="module")
def published(demo):
    return demo.warehouse / "published"


@pytest.fixture(scope="module")
def copy(published):
    with duckdb.connect(published / "savoir.duckdb", read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def marts(demo):
    """The models of the public schemas by `schema.name`."""
    return {
        f"{node['schema']}.{node['alias']}": node
        for node in demo.manifest()["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] in PUBLIC
    }


def columns(copy, *schemas):
    return copy.execute(
        """
        select table_schema, table_name, column_name, data_type
        from information_schema.columns
        where list_contains(?, table_schema)
        order by table_schema, table_name, ordinal_position
        """,
        [list(schemas)],
    ).fetchall()


def test_every_mart_is_published_and_is_public(copy, marts):
    tables = {f"{schema}.{table}" for schema, table, *_ in columns(copy, *PUBLIC)}

    assert tables == {*marts, "kpis.rpt_build_health"}
    assert [name for name, node in marts.items() if node["access"] != "public"] == []


def test_every_mart_has_an_owner_the_catalogue_knows(demo, marts):
    manifest = demo.manifest()
    owners = {
        metric["config"]["meta"]["kpi"]["owner_team"]
        for metric in manifest["metrics"].values()
        if metric["config"]["meta"].get("kpi")
    }

    assert {node["group"] for node in marts.values()} == owners
    assert {group["name"] for group in manifest["groups"].values()} == owners


def test_no_published_column_holds_a_person_or_what_one_wrote(copy):
    everything = columns(copy, *SCHEMAS, "v1")

    assert len(everything) > 1500
    suspicious = {c[1:3] for c in everything if re.search(PERSON_OR_FREE_TEXT, c[2])}
    # what the health report speaks of: a feed, a layer, a kind of test
    assert suspicious == {("rpt_build_health", "name")}


def test_v1_promises_what_the_marts_contracts_say(copy, marts):
    """A new column is a new promise: `savoir publish --extend-v1` writes it down."""
    promised = {
        view.table: {column: type_ for column, (type_, _) in view.columns.items()}
        for view in read_contract()
    }
    served = {}
    for schema, table, column, type_ in columns(copy, *PUBLIC):
        served.setdefault(f"{schema}.{table}", {})[column] = type_
    contracts = {name: set(node["columns"]) for name, node in marts.items()}

    assert promised == served
    del promised["kpis.rpt_build_health"]
    assert {table: set(names) for table, names in promised.items()} == contracts


def test_v1_says_what_the_marts_say(copy):
    for view in read_contract():
        names = ", ".join(f'"{column}"' for column in view.columns)
        hashed = "select count(*), sum(hash(said)::hugeint) from"
        assert (
            copy.execute(f"{hashed} v1.{view.name} as said").fetchall()
            == copy.execute(
                f"{hashed} (select {names} from {view.table}) as said"
            ).fetchall()
        )


def test_the_copy_says_what_was_built(demo, copy, published):
    scorecard = "select count(*), sum(numerator) from kpis.rpt_kpi_scorecard"

    assert copy.execute(scorecard).fetchall() == demo.read(scorecard)
    parquet = published / "current" / "kpis" / "rpt_kpi_scorecard.parquet"
    assert duckdb.sql(
        f"select count(*), sum(numerator) from '{parquet}'"
    ).fetchall() == demo.read(scorecard)


def test_the_version_names_the_build_that_proved_it(demo, published):
    said = versions.manifest_of(published, versions.current(published))

    horizon = demo.read("select as_of from intermediate.int_data_horizon")[0][0]
    assert said["data_horizon"] == horizon.isoformat()
    assert said["definition_versions"] == dict(
        demo.read("select kpi_id, version from kpis.dim_kpi")
    )
    assert said["tests"]["tests_pass"] > 300
    assert said["tests"]["unit_tests_pass"] > 50
    assert said["tests"]["tests_warn"] == 0


def test_the_health_speaks_of_every_feed_system_and_layer(demo, copy, truth):
    health = copy.execute(
        "select aspect, name, status, value from kpis.rpt_build_health"
    ).fetchall()
    said = {(aspect, name): value for aspect, name, _, value in health}

    assert len(said) == len(health)
    facts = {(table, column) for _, table, column, _ in columns(copy, "core")}
    assert set(EVENTS.items()) <= facts
    feeds = {name for aspect, name in said if aspect == "freshness"}
    for fact in EVENTS:
        words = fact.removeprefix("fct_").replace("_", " ")
        systems = demo.read(f"select distinct source_system from core.{fact}")
        assert {f"{system} {words}" for (system,) in systems} <= feeds
    rejected = {}
    for file, rows in truth["files"].items():
        system = file.partition("/")[0]
        rejected[system] = rejected.get(system, 0) + rows["rows_rejected"]
    assert {
        name: value for (aspect, name), value in said.items() if aspect == "rejects"
    } == rejected
    for layer in ("staging", "intermediate", "core", "kpis", "tests", "build"):
        assert said["duration", layer] > 0


def test_a_version_carries_no_secret(published):
    """Compiled SQL would carry the salt of the customers' keys."""
    for path in (published / "current" / "artefacts").iterdir():
        said = json.loads(gzip.decompress(path.read_bytes()))
        nodes = said["results"] if "results" in said else said["nodes"]
        assert len(nodes) > 100
        assert not any("compiled_code" in node or "raw_code" in node for node in nodes)
